#include "cmd/audit/time/deadlines.hpp"

#include "cmd/audit/lives/order_rules.hpp"
#include "cmd/audit/time/waiting.hpp"

#include <algorithm>
#include <cctype>
#include <concepts>
#include <string_view>
#include <variant>

namespace dispatch::audit {

namespace {

/// Those that change no deadline, named one by one.
template <class Event, class... Named>
concept one_of = (std::same_as<Event, Named> || ...);

std::string seconds_text(duration span) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(span).count()) + " s";
}

} // namespace

void deadline_book::stand_still(std::optional<deadline>& of, timestamp since, timestamp until) {
  if (of) {
    of->due += std::max(duration{0}, until - std::max(since, of->set_at));
  }
}

/// Makes an event true of an order's deadlines.
struct deadline_book::order_applier {
  deadline_book& book;
  const record& r;
  const event& e;
  const dispatch::policy* policy;
  order_times& life;

  void violated(check which, const std::string& what) const {
    book.violated(which, r, e.entity, what);
  }

  void check_time(const std::optional<deadline>& of, std::string_view event) const {
    if (of && e.at < of->due) {
      violated(check::deadline_early,
               std::string{event} + " " + seconds_text(of->due - e.at) + " before it is due.");
    }
  }

  void search_until(timestamp until) const {
    if (policy != nullptr) {
      const auto begins =
          std::max(e.at, search_begin(life.details.ready_at, life.details.promised_from, *policy));
      if (const auto least = begins + policy->max_wait; until < least) {
        violated(check::search_end, "is given up " + seconds_text(least - until) +
                                        " before the zone has searched as long as it waits.");
      }
    }
    life.search = {until, e.at};
  }

  void check_arrival(const std::optional<timestamp>& pick_up_by) const {
    if (policy == nullptr || !pick_up_by) {
      return;
    }
    if (const auto least = life.details.ready_at + policy->late_after; *pick_up_by < least) {
      violated(check::rider_late, "has a rider who counts as late " +
                                      seconds_text(least - *pick_up_by) + " too early.");
    }
  }

  /// As it is after what stood still has been added.
  void check_moved(const std::optional<deadline>& of, const std::optional<timestamp>& to,
                   const std::string& what) const {
    if (of && to && *to != of->due) {
      violated(*to < of->due ? check::deadline_early : check::deadline_late,
               what + " " + seconds_text(std::chrono::abs(*to - of->due)) +
                   " off from when it would be after the pause or the hold.");
    }
  }

  void wait() const {
    life.status = order_status::waiting;
    life.arrival.reset();
    life.asked.clear();
  }
  void finish(order_status status) const {
    life = {};
    life.status = status;
  }

  void operator()(const order_placed& b) const {
    life.status = order_status::unpaid;
    life.details = b.order;
    if (b.pay_by) {
      life.search = {*b.pay_by, e.at};
      if (policy != nullptr && *b.pay_by < b.at + policy->payment_timeout) {
        violated(check::deadline_early, "has less time to be paid than the policy gives.");
      }
    }
  }
  void operator()(const order_paid& b) const {
    wait();
    search_until(b.search_until);
  }
  void operator()(const order_ready& b) const {
    life.details.ready_at = std::min(life.details.ready_at, b.at);
  }
  void operator()(const order_offered& b) const {
    life.status = order_status::offered;
    life.asked.insert(b.offer);
    check_arrival(b.pick_up_by);
  }
  void operator()(const order_offer_lapsed& b) const {
    life.asked.erase(b.offer);
    if (life.asked.empty() && life.status == order_status::offered) {
      wait();
    }
  }
  void operator()(const order_swap_offered& b) const { check_arrival(b.pick_up_by); }
  void operator()(const order_assigned& b) const {
    if (life.status == order_status::waiting) {
      check_arrival(b.pick_up_by);
    }
    wait();
    life.status = order_status::assigned;
    if (b.pick_up_by) {
      life.arrival = {*b.pick_up_by, e.at};
    }
  }
  void operator()(const order_reached&) const { life.arrival.reset(); }
  void operator()(const order_unassigned& b) const {
    if (b.reason == unassign_reason::late) {
      check_time(life.arrival, "is taken from its rider as late");
    }
    wait();
    if (b.search_until) {
      search_until(*b.search_until);
    }
  }
  void operator()(const order_stranded& b) const {
    wait();
    life.details.ready_at = b.time;
    search_until(b.search_until);
  }
  void operator()(const order_picked_up&) const {
    life.status = order_status::picked_up;
    life.arrival.reset();
    life.held = false;
  }
  void operator()(const order_cancelled& b) const {
    if (e.command_id.empty() && life.status == order_status::unpaid &&
        b.reason == "payment_timeout") {
      check_time(life.search, "is cancelled as unpaid");
    }
    finish(order_status::cancelled);
  }
  void operator()(const order_undeliverable& b) const {
    if (b.reason == search_end::max_wait) {
      check_time(life.search, "is given up");
    }
    finish(order_status::undeliverable);
  }
  void operator()(const order_delivered&) const { finish(order_status::delivered); }
  void operator()(const order_returning&) const { life.status = order_status::returning; }
  void operator()(const order_returned&) const { finish(order_status::returned); }
  void operator()(const order_written_off&) const { finish(order_status::written_off); }
  void operator()(const actor_paused& b) const { life.paused_since = b.at; }
  void operator()(const actor_resumed& b) const {
    if (life.paused_since) {
      stand_still(life.arrival, *life.paused_since, b.at);
    }
    life.paused_since.reset();
  }
  void operator()(const order_held&) const { life.held = true; }
  void operator()(const order_hold_released&) const { life.held = false; }
  void operator()(const order_deadlines_moved& b) const {
    if (life.status == order_status::assigned) {
      check_moved(life.arrival, b.pick_up_by, "is late");
    } else {
      check_moved(life.search, b.waits_until, "is given up");
    }
  }
  void operator()(const leaves_times auto&) const {}
};

/// The same for a rider.
struct deadline_book::rider_applier {
  rider_times& life;

  void operator()(const offer_received& b) const { life.offer_ends = b.offer.expires_at; }
  void operator()(const offer_accepted&) const { life.offer_ends.reset(); }
  void operator()(const offer_declined&) const { life.offer_ends.reset(); }
  void operator()(const offer_expired&) const { life.offer_ends.reset(); }
  void operator()(const offer_withdrawn&) const { life.offer_ends.reset(); }
  void operator()(const shift_started& b) const { life.shift_ends = b.ends_at; }
  void operator()(const shift_ended&) const { life.shift_ends.reset(); }
  void operator()(const rider_received& b) const { life.shift_ends = b.ends_at; }
  void operator()(const transfer_started&) const {
    life.ends_if_refused = std::exchange(life.shift_ends, std::nullopt);
  }
  void operator()(const transfer_ended& b) const {
    if (!b.received) {
      life.shift_ends = life.ends_if_refused;
    }
  }
  void operator()(
      const one_of<position_recorded, route_extended, stops_released, stop_ready, rider_arrived,
                   order_collected, order_handed_over, actor_paused, actor_resumed, delivery_failed,
                   return_started, waybill_received, break_started, break_ended, broke_down,
                   route_handed_back, transfer_answered, order_yielded, order_kept,
                   wrong_code_given> auto&) const {}
};

/// The same for a station.
struct deadline_book::station_applier {
  deadline_book& book;
  const record& r;
  const event& e;
  station_times& life;

  void operator()(const stock_reserved& b) const { life.held_until[b.order] = b.until; }
  void operator()(const stock_consumed& b) const { life.held_until.erase(b.order); }
  void operator()(const stock_released& b) const {
    const auto held = life.held_until.find(b.order);
    if (held == life.held_until.end()) {
      return;
    }
    if (b.reason == stock_loss::expired && e.at < held->second) {
      book.violated(check::deadline_early, r, e.entity,
                    "gives up goods for order " + b.order + " " +
                        seconds_text(held->second - e.at) + " before their time.");
    }
    life.held_until.erase(held);
  }
  void operator()(const hand_over_began& b) const { life.held_until.erase(b.order); }
  void operator()(const hand_over_ended& b) const { life.held_until[b.order] = b.until; }
  void operator()(const stock_reported& b) const { life.silent_from = b.silent_from; }
  void operator()(const sensor_silent&) const {
    if (e.at < life.silent_from) {
      book.violated(check::deadline_early, r, e.entity, "calls its sensor silent too early.");
    }
  }
  void operator()(const one_of<station_opened, station_closed, actor_paused, actor_resumed,
                               stock_returned, stock_low> auto&) const {}
};

bool deadline_book::order_times::search_stands_still() const {
  const auto is_held = held && status != order_status::unpaid;
  return paused_since.has_value() || is_held;
}

std::optional<timestamp> deadline_book::due_of(const order_times& of) {
  const auto time = [](const std::optional<deadline>& d) {
    return d ? std::optional{d->due} : std::nullopt;
  };
  if (of.status == order_status::assigned) {
    return of.paused_since ? std::nullopt : time(of.arrival);
  }
  const auto searches = of.status == order_status::unpaid || of.status == order_status::waiting;
  return searches && !of.search_stands_still() ? time(of.search) : std::nullopt;
}

std::optional<timestamp> deadline_book::due_of(const rider_times& of) {
  if (of.offer_ends && of.shift_ends) {
    return std::min(*of.offer_ends, *of.shift_ends);
  }
  return of.offer_ends ? of.offer_ends : of.shift_ends;
}

std::optional<timestamp> deadline_book::due_of(const station_times& of) {
  std::optional<timestamp> due;
  for (const auto& [order, until] : of.held_until) {
    due = due ? std::min(*due, until) : until;
  }
  return due;
}

void deadline_book::begin_record(const record& r) {
  if (r.kind == record_kind::open) {
    owned_since_ = r.now;
  }
  while (late_by_max_ && !earliest_first_.empty()) {
    const auto [due, who] = *earliest_first_.begin();
    if (std::max(due, owned_since_) + *late_by_max_ >= r.now) {
      return;
    }
    violated(check::deadline_late, r, who,
             "has a deadline that passed " + seconds_text(r.now - due) +
                 " ago, and nothing had come of it.");
    expect(who, std::nullopt);
  }
}

void deadline_book::apply(const record& r, const event& e, const policy* policy) {
  if (const auto* of_order = std::get_if<order_event>(&e.body)) {
    auto& life = orders_[e.entity.id];
    const auto stood_still = life.search_stands_still();
    std::visit(order_applier{*this, r, e, policy, life}, *of_order);
    if (!stood_still && life.search_stands_still()) {
      life.still_since = e.at;
    } else if (stood_still && !life.search_stands_still()) {
      stand_still(life.search, life.still_since, e.at);
    }
    expect(e.entity, due_of(life));
  } else if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
    auto& life = riders_[e.entity.id];
    std::visit(rider_applier{life}, *of_rider);
    expect(e.entity, due_of(life));
  } else if (const auto* of_station = std::get_if<station_event>(&e.body)) {
    auto& life = stations_[e.entity.id];
    std::visit(station_applier{*this, r, e, life}, *of_station);
    expect(e.entity, due_of(life));
  }
}

void deadline_book::expect(const entity_ref& entity, std::optional<timestamp> due) {
  if (const auto known = due_.find(entity); known != due_.end()) {
    earliest_first_.erase({known->second, entity});
    due_.erase(known);
  }
  if (due) {
    due_.emplace(entity, *due);
    earliest_first_.emplace(*due, entity);
  }
}

void deadline_book::finish_record(const record& r) {
  for (const auto& letter : r.dead_letters) {
    const auto dot = letter.subject.find('.');
    entity_kind kind{};
    if (letter.sequence == 0 && parse(std::string_view{letter.subject}.substr(0, dot), kind)) {
      expect({kind, letter.subject.substr(dot + 1)}, std::nullopt); // It is not tried again.
    }
  }
}

void deadline_book::violated(check which, const record& r, const entity_ref& entity,
                             const std::string& what) {
  auto name = std::string{to_string(entity.kind)};
  name.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(name.front())));
  found_.add(which, r.number, name + " " + entity.id + " " + what);
}

} // namespace dispatch::audit
