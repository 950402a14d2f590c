#include "cmd/audit/lives/riders.hpp"

#include "cmd/audit/lives/rider_rules.hpp"

#include <algorithm>
#include <string_view>

namespace dispatch::audit {

namespace {

bool is_stop(const stop& s, stop_kind kind, const std::string& order) {
  return s.kind == kind && s.order == order;
}

std::set<std::string> orders_of(const std::vector<stop>& route) {
  std::set<std::string> orders;
  for (const auto& s : route) {
    orders.insert(s.order);
  }
  return orders;
}

} // namespace

/// Makes an event true of a rider, and checks what the table cannot say.
struct rider_lives::applier {
  rider_lives& lives;
  const std::uint64_t number;
  const event& e;
  rider_life& life;

  const std::string& id() const { return e.entity.id; }
  void add(check which, const std::string& what) const {
    lives.found_.add(which, number, "Rider " + id() + " " + what);
  }

  /// Own bookkeeping: what is on board, and what each stop adds or takes by the order's own load.
  std::int64_t peak_of(const std::vector<stop>& route) const {
    std::int64_t load = 0;
    for (const auto& order : life.on_board) {
      load += lives.orders_.touch(order).load;
    }
    auto peak = load;
    for (const auto& s : route) {
      const std::int64_t units = lives.orders_.touch(s.order).load;
      load += s.kind == stop_kind::pick_up ? units : -units;
      peak = std::max(peak, load);
    }
    return peak;
  }

  void check_capacity(const std::vector<stop>& route, std::string_view when) const {
    if (const auto peak = peak_of(route); peak > life.capacity) {
      add(check::rider_capacity, "has a capacity of " + std::to_string(life.capacity) +
                                     " and carries up to " + std::to_string(peak) + " " +
                                     std::string{when} + ".");
    }
  }

  /// An order that is on board has a drop-off; another one a pick-up and then a drop-off.
  void check_route(const std::vector<stop>& route, const std::set<std::string>& wanted) const {
    if (orders_of(route) != wanted) {
      add(check::rider_route, "gets a route that does not serve exactly the orders it had and "
                              "those that were added.");
    }
    auto collected = life.on_board;
    auto left = collected;
    for (const auto& s : route) {
      const auto fits = s.kind == stop_kind::pick_up ? collected.insert(s.order).second
                                                     : collected.contains(s.order);
      if (s.kind == stop_kind::pick_up) {
        left.insert(s.order);
      }
      if (!fits || (s.kind == stop_kind::drop_off && left.erase(s.order) == 0)) {
        add(check::rider_route,
            "gets a route whose stops for order " + s.order + " do not follow each other.");
      }
    }
    if (!left.empty()) {
      add(check::rider_route, "gets a route without a drop-off for order " + *left.begin() + ".");
    }
    if (!life.route.empty() && (route.empty() || !is_stop(route.front(), life.route.front().kind,
                                                          life.route.front().order))) {
      add(check::rider_route, "is on the way to the stop for order " + life.route.front().order +
                                  " and gets a route that begins elsewhere.");
    }
  }

  void take_route(const std::vector<stop>& route, const std::vector<std::string>& added) const {
    auto wanted = orders_of(life.route);
    wanted.insert(added.begin(), added.end());
    check_route(route, wanted);
    for (const auto& order : orders_of(route)) {
      lives.orders_.touch(order).holders.insert(id());
    }
    life.route = route;
    check_capacity(life.route, "on its new route");
  }

  void use_offer(const std::string& offer, bool ended) const {
    if (!lives.offers_.try_emplace(offer, ended).second) {
      add(check::offer_life, "gets offer " + offer + ", an id that was used before.");
    }
  }

  void end_offer(const std::string& offer, std::string_view how) const {
    const auto known = lives.offers_.find(offer);
    const auto ended_before = known != lives.offers_.end() && known->second;
    if (!life.open || life.open->id != offer || ended_before) {
      add(check::offer_life,
          "sees offer " + offer + " " + std::string{how} +
              (ended_before ? ", which had ended before." : ", which is not the open one."));
    }
    lives.offers_.insert_or_assign(offer, true);
    if (life.open && life.open->id == offer) {
      for (const auto& order : life.open->orders) {
        leave_offer(order);
      }
      life.open.reset();
    }
  }

  void leave_offer(const std::string& order) const {
    lives.orders_.touch(order).considering.erase(id());
  }

  void leave_route(const std::string& order) const {
    auto& known = lives.orders_.touch(order);
    known.holders.erase(id());
    known.carriers.erase(id());
  }

  /// Free of orders that are not on board.
  void give_up(const std::vector<std::string>& orders) const {
    for (const auto& order : orders) {
      if (life.on_board.contains(order) || !orders_of(life.route).contains(order)) {
        add(check::rider_route, "gives up order " + order + ", which it is not to collect.");
      }
      drop_stops(order);
      leave_route(order);
    }
  }

  void drop_stops(const std::string& order) const {
    if (!life.route.empty() && life.route.front().order == order) {
      life.arrived = false;
    }
    std::erase_if(life.route, [&](const stop& s) { return s.order == order; });
  }

  /// The first stop is done; false when it is another one.
  void finish_stop(stop_kind kind, const std::string& order) const {
    if (life.route.empty() || !is_stop(life.route.front(), kind, order)) {
      add(check::rider_route, "serves order " + order + ", which is not at its first stop.");
    }
    const auto done =
        std::ranges::find_if(life.route, [&](const stop& s) { return is_stop(s, kind, order); });
    if (done != life.route.end()) {
      life.route.erase(done);
    }
    life.arrived = false;
  }

  void operator()(const shift_started& b) const {
    check_leaving(false, "begins a shift");
    life.known = true;
    life.on_shift = true;
    life.capacity = b.shift.capacity;
    life.ends_at = b.ends_at;
    check_capacity(life.route, "when the shift starts");
  }
  void operator()(const shift_ended& b) const {
    const auto by_itself =
        b.reason == shift_end::planned_end || b.reason == shift_end::maximum_hours;
    if (by_itself && (!life.ends_at || e.at < *life.ends_at)) {
      add(check::rider_transition, "sees the shift end before its time.");
    }
    life.on_shift = false;
    life.on_break = false;
  }
  void check_leaving(bool wanted, std::string_view what) const {
    if (life.leaving != wanted) {
      add(check::rider_transition, std::string{what} + (wanted ? " without" : " while") +
                                       " being on the way to another zone.");
    }
  }
  void operator()(const transfer_started&) const {
    if (!life.route.empty()) {
      add(check::rider_route, "leaves for another zone with work in hand.");
    }
    life.on_shift = false;
    life.on_break = false;
    life.leaving = true;
  }
  void operator()(const transfer_ended& b) const {
    check_leaving(true, "ends a transfer");
    life.leaving = false;
    life.on_shift = !b.received;
  }
  void operator()(const rider_received& b) const {
    check_leaving(false, "is received");
    (*this)(shift_started{b.rider.shift, e.at, b.ends_at, b.ends_as});
  }
  void operator()(const transfer_answered&) const {}
  void operator()(const break_started&) const { life.on_break = true; }
  void operator()(const break_ended&) const { life.on_break = false; }
  void operator()(const position_recorded&) const {}
  void operator()(const stop_ready&) const {}
  void operator()(const waybill_received&) const {}
  void operator()(const actor_paused&) const { life.paused = true; }
  void operator()(const actor_resumed&) const { life.paused = false; }

  void operator()(const offer_received& b) const {
    use_offer(b.offer.id, false);
    for (const auto& order : b.offer.orders) {
      lives.orders_.touch(order).considering.insert_or_assign(id(), b.offer.id);
    }
    auto wanted = orders_of(life.route);
    wanted.insert(b.offer.orders.begin(), b.offer.orders.end());
    check_route(b.offer.route, wanted);
    check_capacity(b.offer.route, "if it accepts offer " + b.offer.id);
    life.open = b.offer;
  }

  void operator()(const offer_accepted& b) const {
    if (life.open && life.open->id == b.offer) {
      if (e.at >= life.open->expires_at) {
        add(check::offer_expiry, "accepts offer " + b.offer + " after it expired.");
      }
      if (life.open->orders != b.orders) {
        add(check::offer_life, "accepts other orders than offer " + b.offer + " has.");
      }
    }
    end_offer(b.offer, "accepted");
    take_route(b.route, b.orders);
  }
  void operator()(const route_extended& b) const {
    use_offer(b.offer, true);
    take_route(b.route, b.orders);
  }
  void operator()(const offer_declined& b) const { end_offer(b.offer, "declined"); }
  void operator()(const offer_expired& b) const {
    if (life.open && life.open->id == b.offer && e.at < life.open->expires_at) {
      add(check::offer_expiry, "sees offer " + b.offer + " expire before its time.");
    }
    end_offer(b.offer, "expired");
  }
  void operator()(const offer_withdrawn& b) const { end_offer(b.offer, "withdrawn"); }

  void operator()(const stops_released& b) const {
    // A rider may collect an order in the very turn in which it is taken away.
    const auto& known = lives.orders_.touch(b.order);
    if (known.status == order_status::picked_up && known.rider == id()) {
      add(check::rider_transition, "is released from order " + b.order + ", which is on board.");
    }
    life.on_board.erase(b.order);
    life.returning.erase(b.order);
    const auto of_order = [&](const stop& s) { return s.order == b.order; };
    if (life.open) {
      std::erase(life.open->orders, b.order);
      std::erase_if(life.open->route, of_order);
    }
    drop_stops(b.order);
    leave_offer(b.order);
    leave_route(b.order);
  }

  void operator()(const route_handed_back& b) const { give_up(b.orders); }
  bool can_yield(const std::string& order) const {
    const auto pick_up = std::ranges::find_if(
        life.route, [&](const stop& s) { return is_stop(s, stop_kind::pick_up, order); });
    return pick_up != life.route.end() && !(life.arrived && pick_up == life.route.begin());
  }
  void operator()(const order_yielded& b) const {
    if (!can_yield(b.order)) {
      add(check::rider_route, "yields order " + b.order + " at its pick-up or behind it.");
    }
    give_up({b.order});
  }
  void operator()(const order_kept& b) const {
    if (can_yield(b.order)) {
      add(check::rider_route, "keeps order " + b.order + ", which it could yield.");
    }
  }
  void operator()(const broke_down& b) const {
    give_up(b.orders);
    for (const auto& order : b.on_board) {
      if (life.on_board.erase(order) == 0) {
        add(check::rider_route, "leaves order " + order + " behind, which is not on board.");
      }
      drop_stops(order);
      leave_route(order);
    }
    for (const auto& order : orders_of(life.route)) {
      if (!life.returning.contains(order)) {
        add(check::rider_route, "breaks down and keeps order " + order + ".");
      }
    }
  }

  void operator()(const rider_arrived& b) const {
    if (life.route.empty() || !is_stop(life.route.front(), b.kind, b.order)) {
      add(check::rider_route, "arrives for order " + b.order + ", which is not its first stop.");
    }
    life.arrived = true;
  }
  void operator()(const order_collected& b) const {
    finish_stop(stop_kind::pick_up, b.order);
    life.on_board.insert(b.order);
    auto& known = lives.orders_.touch(b.order);
    if (known.holders.contains(id())) {
      known.carriers.insert(id());
    }
    check_capacity(life.route, "with order " + b.order);
  }
  /// The drop-off goes behind the others, or as far as the capacity allows.
  void turn_back(const std::string& order) const {
    const auto drop_off = std::ranges::find_if(
        life.route, [&](const stop& s) { return is_stop(s, stop_kind::drop_off, order); });
    if (drop_off == life.route.end() || !life.on_board.contains(order)) {
      add(check::rider_route, "brings back order " + order + ", which is not on board.");
      return;
    }
    life.returning.insert(order);
    const auto was_first = drop_off == life.route.begin();
    const auto moved = *drop_off;
    const auto least = drop_off - life.route.begin();
    life.route.erase(drop_off);
    auto at = std::ssize(life.route);
    const auto fits = [&] {
      auto route = life.route;
      route.insert(route.begin() + at, moved);
      return peak_of(route) <= life.capacity;
    };
    while (at > least && !fits()) {
      --at;
    }
    life.route.insert(life.route.begin() + at, moved);
    life.arrived = life.arrived && !was_first;
  }

  void operator()(const wrong_code_given& b) const {
    if (!life.on_board.contains(b.order) || life.returning.contains(b.order)) {
      add(check::rider_route, "gives a code for order " + b.order + ", which is not delivered.");
    }
  }
  void operator()(const delivery_failed& b) const { turn_back(b.order); }
  void operator()(const return_started& b) const { turn_back(b.order); }
  void operator()(const order_handed_over& b) const {
    finish_stop(stop_kind::drop_off, b.order);
    life.returning.erase(b.order);
    if (life.on_board.erase(b.order) == 0) {
      add(check::order_delivery, "hands over order " + b.order + ", which is not on board.");
    }
    leave_route(b.order);
    lives.orders_.touch(b.order).handed_over = true;
  }
};

void rider_lives::apply(std::uint64_t number, const event& e, const rider_event& body) {
  auto& life = riders_[e.entity.id];
  const auto rule =
      std::visit([]<class Event>(const Event&) { return rider_rule_of<Event>(); }, body);
  const auto is_start = std::holds_alternative<shift_started>(body) ||
                        std::holds_alternative<rider_received>(body) ||
                        std::holds_alternative<transfer_answered>(body);
  if (!(is_start || life.known) || !holds(rule.on_shift, life.on_shift) ||
      !holds(rule.offer, life.open.has_value()) || !holds(rule.arrived, life.arrived) ||
      !holds(rule.paused, life.paused) || !holds(rule.on_break, life.on_break)) {
    found_.add(check::rider_transition, number,
               "Rider " + e.entity.id + " has the event " +
                   std::string{event_name(event_body{body})} + " while it is " +
                   (life.on_shift ? "on" : "off") + " shift, with" + (life.open ? "" : "out") +
                   " an open offer, has " + (life.arrived ? "" : "not ") + "arrived, is " +
                   (life.paused ? "" : "not ") + "paused and " + (life.on_break ? "" : "not ") +
                   "on a break.");
  }
  std::visit(applier{*this, number, e, life}, body);
}

void rider_lives::count(audit_report& report) const {
  report.offers = offers_.size();
  report.open_offers = static_cast<std::uint64_t>(
      std::ranges::count_if(offers_, [](const auto& offer) { return !offer.second; }));
}

} // namespace dispatch::audit
