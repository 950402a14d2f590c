#include "actors/turn/turn.hpp"

#include "actors/domain/machine.hpp"
#include "actors/turn/reactions.hpp"
#include "messages/limits.hpp"
#include "messages/records/record_budget.hpp"
#include "messages/wire/codec.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace dispatch {

namespace {

/// The input index of what no command caused: the dispatcher's doing.
constexpr std::uint32_t no_input = UINT32_MAX;

/// What a proposal says to one of its orders.
command_body to_order_of(const domain::proposal& p, const domain::order_terms& terms) {
  if (p.confirmed) {
    return order_command{confirm_order{p.offer.id, p.rider, false, terms.from, terms.pick_up_by}};
  }
  if (!p.instead_of.empty()) {
    return order_command{swap_order{p.offer.id, p.rider, p.instead_of, terms.pick_up_by}};
  }
  offer_order made{p.offer.id, p.rider, terms.from, terms.pick_up_by};
  for (const auto& other : p.also) {
    made.also.push_back({other.offer.id, other.rider, other.pick_up_by});
  }
  return order_command{std::move(made)};
}

/// For people. It follows from what is recorded alone.
std::string detail_of(refusal at_intake) {
  switch (at_intake) {
  case refusal::too_many:
    return "the sender has sent more than its rate allows; it may come again later";
  case refusal::unknown_rider:
    return "the zone has never heard of this rider; nothing has changed";
  default:
    return "the zone is behind and takes no new orders; it may come again later";
  }
}

std::string verb_name(const command& c) { return std::string{wire::verb_of(c.body)}; }

} // namespace

turn::turn(timestamp now, std::vector<command> commands, std::vector<dead_letter> dead_letters,
           const applied_ids& applied, const order_traces* traces)
    : now_(now), earlier_traces_(traces), commands_(std::move(commands)),
      dead_letters_(std::move(dead_letters)) {
  take_commands(applied);
}

void turn::take_commands(const applied_ids& applied) {
  std::vector<work_item> items;
  items.reserve(commands_.size());
  std::unordered_map<command_key, std::uint64_t> in_this_turn;
  for (std::uint32_t i = 0; i < commands_.size(); ++i) {
    const auto& c = commands_[i];
    if (c.refused_at_intake != refusal::none) {
      answer_at_once(i, command_refused{c.refused_at_intake, verb_name(c),
                                        detail_of(c.refused_at_intake), c.retry_after_ms});
      continue;
    }
    if (c.source == command_source::input && !c.numbered) {
      const command_key key{c.id, c.target};
      const auto* before = applied.find(key);
      const auto [same, is_new] = in_this_turn.try_emplace(key, c.body_hash);
      if (before != nullptr || !is_new) {
        const auto hash = before != nullptr ? before->body_hash : same->second;
        if (hash != c.body_hash) {
          answer_at_once(i, command_refused{refusal::id_reused, verb_name(c),
                                            "the command id was used for a different command"});
        } else {
          answer_at_once(i, before != nullptr
                                ? command_repeated{before->first_event, before->record}
                                : command_repeated{"in_this_record", 0});
        }
        continue;
      }
    }
    items.push_back({i, c.target, c.body});
  }
  split_into_segments(std::move(items));
}

void turn::answer_at_once(std::uint32_t input, event_body body) {
  add_event(input, commands_[input].target, std::move(body));
}

std::vector<turn::batch> turn::next_round() {
  while (next_.empty() && !segments_.empty()) {
    next_ = std::move(segments_.front());
    segments_.pop_front();
    rounds_ = 0;
  }
  if (next_.empty()) {
    return {};
  }
  if (++rounds_ > limits::rounds_max) {
    throw std::runtime_error("a command keeps causing others after " +
                             std::to_string(limits::rounds_max) + " rounds");
  }
  return group(std::exchange(next_, {}));
}

std::vector<turn::batch> turn::group(std::vector<work_item> items) {
  current_.clear();
  answers_.clear();
  std::vector<batch> batches;
  std::unordered_map<entity_ref, std::size_t> batch_of;
  for (auto& item : items) {
    const auto [known, is_new] = batch_of.try_emplace(item.target, batches.size());
    if (is_new) {
      batches.push_back({item.target, {}});
    }
    auto& deliveries = batches[known->second].items;
    const auto caused = item.input != no_input;
    deliveries.push_back({item.input, std::move(item.command),
                          caused ? commands_[item.input].at : now_,
                          caused ? commands_[item.input].by : std::string{}});
    current_.push_back(
        {item.input, std::move(item.target), deliveries.size() - 1, std::move(item.order)});
  }
  outstanding_ = batches.size();
  return batches;
}

void turn::take(answer said) {
  --outstanding_;
  if (!said.thrown.empty()) {
    thrown_ = std::string{to_string(said.who.kind)} + " " + said.who.id + ": " + said.thrown;
  }
  auto who = said.who;
  answers_.insert_or_assign(std::move(who), std::move(said));
}

void turn::note(const entity_ref& who, const answer& said) {
  auto [known, is_new] = touched_.try_emplace(who);
  auto& entity = known->second;
  if (is_new) {
    entity.part_before = said.part_before;
  }
  if (said.part_after != said.part_before) {
    entity.changed = true;
    changes_.insert_or_assign(who, said.state);
  }
  entity.state = said.state;
  entity.encoded = said.encoded;
  entity.part_after = said.part_after;
}

void turn::finish_round() {
  for (const auto& [who, said] : answers_) {
    note(who, said);
  }
  for (const auto& item : current_) {
    auto& said = answers_.at(item.target).replies.at(item.index_in_batch);
    const auto is_own_command = item.input != no_input && rounds_ == 1;
    if (said.refused != refusal::none && is_own_command &&
        commands_[item.input].source == command_source::input) {
      add_event(
          item.input, item.target,
          command_refused{said.refused, verb_name(commands_[item.input]), std::move(said.detail)});
    }
    add_events(item, said); // Behind the answer, which is the first that is told of the command.
  }
}

/// The events of a reply that became true, and what they cause to others.
void turn::add_events(const placed_item& placed, reply& said) {
  for (auto& body : said.events) {
    add_event(placed.input, placed.target, std::move(body), placed.order);
    for (auto& caused : domain::reactions(events_.back())) {
      next_.push_back(
          {placed.input, std::move(caused.target), std::move(caused.command), placed.order});
    }
  }
}

std::string turn::trace_of(const std::string& order) const {
  const auto* known = traces_.find(order);
  if (known == nullptr && earlier_traces_ != nullptr) {
    known = earlier_traces_->find(order);
  }
  return known != nullptr ? *known : std::string{};
}

void turn::add_event(std::uint32_t input, const entity_ref& entity, event_body body,
                     const std::string& order) {
  event e;
  e.entity = entity;
  e.at = now_;
  if (input != no_input) {
    const auto& cause = commands_[input];
    e.at = cause.at;
    e.command_id = cause.id;
    e.trace = cause.trace;
  } else {
    e.trace = trace_of(order);
  }
  e.body = std::move(body);
  traces_.note(e);
  event_bytes_ += record_budget::reserve(e);
  events_.push_back(std::move(e));
}

std::vector<turn::batch> turn::propose(domain::plan plan) {
  plan_ = std::move(plan);
  proposed_.clear();
  std::vector<work_item> items;
  for (std::size_t p = 0; p < plan_.proposals.size(); ++p) {
    const auto& proposal = plan_.proposals[p];
    const auto add = [&](std::size_t order, entity_ref target, command_body command) {
      items.push_back(
          {no_input, std::move(target), std::move(command), proposal.orders.at(order).order});
      proposed_.push_back({p, order});
    };
    add(0, {entity_kind::rider, proposal.rider},
        rider_command{propose_offer{proposal.offer, proposal.confirmed}});
    for (const auto& other : proposal.also) {
      add(0, {entity_kind::rider, other.rider}, rider_command{propose_offer{other.offer}});
    }
    for (std::size_t i = 0; i < proposal.orders.size(); ++i) {
      const auto& terms = proposal.orders[i];
      add(i, {entity_kind::order, terms.order}, to_order_of(proposal, terms));
      if (const auto& wants = terms.wants) {
        add(i, {entity_kind::station, wants->station},
            station_command{reserve_stock{terms.order, wants->items, wants->until}});
      }
    }
  }
  if (items.empty()) {
    decisions_ = std::move(plan_.decisions);
  }
  for (const auto& refused : plan_.refused) {
    add_refusal(refused);
  }
  return group(std::move(items));
}

/// An operator's wish that came to nothing.
void turn::add_refusal(const domain::refused_assignment& refused) {
  next_.push_back({no_input,
                   {entity_kind::order, refused.order},
                   order_command{refuse_assignment{refused.rider, refused.reason}},
                   refused.order});
}

const reply& turn::reply_to(const placed_item& placed) const {
  return answers_.at(placed.target).replies.at(placed.index_in_batch);
}

bool turn::accepted(const placed_item& placed) const {
  return reply_to(placed).refused == refusal::none;
}

std::vector<entity_ref> turn::finish_proposals() {
  std::vector<bool> complete(plan_.proposals.size(), true);
  for (std::size_t i = 0; i < current_.size(); ++i) {
    if (const auto p = proposed_[i].proposal; complete[p] && !accepted(current_[i])) {
      complete[p] = false;
      if (const auto& wish = plan_.proposals[p]; wish.confirmed) {
        add_refusal({wish.offer.orders.front(), wish.rider,
                     std::string{to_string(reply_to(current_[i]).refused)}});
      }
    }
  }
  std::vector<entity_ref> adopted;
  for (std::size_t i = 0; i < current_.size(); ++i) {
    if (complete[proposed_[i].proposal]) {
      adopted.push_back(current_[i].target);
    }
  }
  for (std::size_t i = 0; i < current_.size(); ++i) {
    const auto& item = current_[i];
    if (!complete[proposed_[i].proposal]) {
      // A station answers several proposals with one state. What it holds for one that is not made
      // is given back.
      const auto shared = std::ranges::find(adopted, item.target) != adopted.end();
      if (!shared || !accepted(item)) {
        continue;
      }
      const auto& [proposal, order] = proposed_[i];
      next_.push_back(
          {no_input, item.target,
           station_command{release_stock{plan_.proposals[proposal].orders[order].order}},
           item.order});
    }
    auto& said = answers_.at(item.target);
    note(item.target, said);
    add_events(item, said.replies.at(item.index_in_batch));
  }
  for (auto& d : plan_.decisions) {
    auto is_made = true;
    for (std::size_t p = 0; p < plan_.proposals.size(); ++p) {
      if (!complete[p] && d.offer == plan_.proposals[p].offer.id) {
        d.rider.clear();
        d.offer.clear();
        d.also.clear();
        d.waiting = waiting_reason::not_looked_at;
        is_made = false;
      }
    }
    if (is_made || !d.swap_from) { // An order that keeps its rider waits for nothing.
      decisions_.push_back(std::move(d));
    }
  }
  proposed_.clear();
  return adopted;
}

std::vector<observed_entity> turn::take_changes() {
  std::vector<observed_entity> list{changes_.begin(), changes_.end()};
  changes_.clear();
  return list;
}

std::size_t turn::estimated_bytes() const {
  auto bytes = record_budget::record_bytes + event_bytes_;
  for (const auto& c : commands_) {
    bytes += record_budget::reserve(c);
  }
  for (const auto& letter : dead_letters_) {
    bytes += record_budget::reserve(letter);
  }
  return bytes;
}

void turn::move_into(record& r) {
  r.now = now_;
  r.commands = std::move(commands_);
  r.events = std::move(events_);
  r.decisions = std::move(decisions_);
  r.dead_letters = std::move(dead_letters_);
}

} // namespace dispatch
