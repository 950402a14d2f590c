#include "actors/whole_zone/whole_zone.hpp"

#include "actors/domain/machine.hpp"
#include "actors/domain/machines/order.hpp"
#include "actors/domain/machines/rider.hpp"
#include "actors/domain/machines/station.hpp"
#include "actors/turn/snapshot.hpp"
#include "messages/limits.hpp"
#include "messages/records/record_budget.hpp"

#include <algorithm>
#include <utility>

namespace dispatch {

namespace {

/// Calls `visit` with the kind, the id and the deadline of each entity that has one.
template <class Visit> void for_each_deadline(const whole_zone& zone, const Visit& visit) {
  const auto look_at = [&](entity_kind kind, const auto& book) {
    for (const auto& [id, state] : book) {
      if (const auto due = domain::deadline(*state)) {
        visit(entity_ref{kind, id}, *due);
      }
    }
  };
  look_at(entity_kind::order, zone.orders);
  look_at(entity_kind::rider, zone.riders);
  look_at(entity_kind::station, zone.stations);
}

/// What the match has spent of its budget.
std::size_t reserved_for(const domain::plan& planned) {
  std::size_t bytes = 0;
  for (const auto& d : planned.decisions) {
    bytes += record_budget::reserve(d);
  }
  for (const auto& p : planned.proposals) {
    for (std::size_t i = 0; i < p.orders.size(); ++i) {
      bytes += p.confirmed ? record_budget::reserve_assignment()
                           : record_budget::reserve_offer(p.offer.route.size());
    }
    for (const auto& other : p.also) {
      bytes += record_budget::reserve_further_offer(other.offer.route.size());
    }
  }
  return bytes;
}

} // namespace

whole_zone::whole_zone(dispatch::policy how)
    : policy(std::move(how)), entities_{[](const entity_ref& who) {
                                          return initial_state(who.kind);
                                        },
                                        std::make_shared<dispatch::policy>(policy)},
      desk_(policy) {}

void whole_zone::run_rounds(turn& current) {
  for (auto batches = current.next_round(); !batches.empty(); batches = current.next_round()) {
    entities_.answer(current, std::move(batches), number_, false);
    current.finish_round();
  }
}

void whole_zone::observe(turn& current) {
  for (const auto& [who, state] : current.take_changes()) {
    desk_.observe(who, state);
    std::visit(domain::overloaded{
                   [&](const std::shared_ptr<const order>& s) { orders[who.id] = s; },
                   [&](const std::shared_ptr<const rider>& s) { riders[who.id] = s; },
                   [&](const std::shared_ptr<const station>& s) { stations[who.id] = s; },
                   [&](const std::shared_ptr<const zone>& s) { paused = s->paused; },
               },
               state);
  }
}

void whole_zone::add_deadlines(std::vector<command>& commands, timestamp now) const {
  for_each_deadline(*this, [&](const entity_ref& who, timestamp due) {
    if (due > now) {
      return;
    }
    command c;
    c.source = command_source::deadline;
    c.target = who;
    c.at = now;
    c.body = who.kind == entity_kind::order   ? command_body{order_command{pass_deadline{}}}
             : who.kind == entity_kind::rider ? command_body{rider_command{pass_deadline{}}}
                                              : command_body{station_command{pass_deadline{}}};
    commands.push_back(std::move(c));
  });
}

std::optional<timestamp> whole_zone::next_due() const {
  auto next = desk_.next_due();
  for_each_deadline(
      *this, [&](const entity_ref&, timestamp due) { next = next ? std::min(*next, due) : due; });
  return next;
}

whole_zone::outcome whole_zone::take_turn(timestamp now, arrivals arrived,
                                          std::chrono::seconds local_offset) {
  std::vector<command> all;
  add_deadlines(all, now);
  std::ranges::move(arrived.commands, std::back_inserter(all));
  const auto match_due = desk_.next_due();
  outcome result;
  result.with_input = !all.empty() || !arrived.travel.empty();
  if (!result.with_input && (!match_due || *match_due > now)) {
    return result;
  }
  result.happened = true;
  ++number_;
  const applied_ids none;
  turn current{now, std::move(all), {}, none};
  run_rounds(current);
  observe(current);
  auto planned =
      desk_.match({now, "f" + std::to_string(number_), limits::record_bytes_max, local_offset});
  auto reserved = current.estimated_bytes() + reserved_for(planned);
  if (auto batches = current.propose(std::move(planned)); !batches.empty()) {
    entities_.answer(current, std::move(batches), number_, true);
    for (const auto& who : current.finish_proposals()) {
      entities_.at(who).adopt();
    }
  }
  run_rounds(current);
  observe(current);
  desk_.learn(arrived.travel);
  result.wanted = desk_.commit();
  record r;
  current.move_into(r);
  if (on_record) {
    r.travel = std::move(arrived.travel);
    for (const auto& told : r.travel) {
      reserved += record_budget::reserve(told);
    }
    on_record(reserved, r);
  }
  result.events = std::move(r.events);
  result.decisions = std::move(r.decisions);
  return result;
}

} // namespace dispatch
