#include "cmd/audit/lives/orders.hpp"

#include "cmd/audit/lives/order_rules.hpp"

#include <algorithm>
#include <string_view>

namespace dispatch::audit {

namespace {

using enum order_status;

std::string name(order_status status) { return std::string{to_string(status)}; }

std::string listed(const std::set<std::string>& riders) {
  std::string text;
  for (const auto& rider : riders) {
    text += (text.empty() ? "" : ", ") + rider;
  }
  return text;
}

std::string listed(const std::map<std::string, std::string>& offers) {
  std::string text;
  for (const auto& [rider, offer] : offers) {
    text.append(text.empty() ? "" : ", ").append(rider).append(" with ").append(offer);
  }
  return text.empty() ? "nobody" : text;
}

/// Whether the event was caused by a payment for this order.
bool caused_by_payment(const record& r, const event& e) {
  return std::ranges::any_of(r.commands, [&](const command& c) {
    const auto* body = std::get_if<order_command>(&c.body);
    return c.id == e.command_id && c.target == e.entity && body != nullptr &&
           std::holds_alternative<pay_order>(*body);
  });
}

} // namespace

/// Makes an event true of an order, and checks what the table cannot say.
struct order_lives::applier {
  findings& found;
  const record& r;
  const event& e;
  order_life& life;

  void add(check which, const std::string& what) const {
    found.add(which, r.number, "Order " + e.entity.id + " " + what);
  }
  void check_rider(const std::string& rider, std::string_view what) const {
    if (life.rider != rider) {
      add(check::order_one_rider, std::string{what} + " by rider " + rider +
                                      " while it is bound to \"" + life.rider + "\".");
    }
  }
  void leave_rider() const {
    life.rider.clear();
    life.asked.clear();
    life.wanted_by.clear();
  }

  void operator()(const order_placed& b) const {
    life.load = b.order.load;
    life.ready_at = b.order.ready_at;
    life.items = b.order.items;
  }
  void operator()(const order_paid&) const { life.paid = true; }
  void operator()(const order_ready& b) const { life.ready_at = std::min(life.ready_at, b.at); }
  void operator()(const order_offered& b) const {
    if (!life.asked.empty() && life.asked_in != r.number) {
      add(check::order_transition, "asks rider " + b.rider + " while others consider it.");
    }
    if (!life.asked.emplace(b.rider, b.offer).second) {
      add(check::order_one_rider, "asks rider " + b.rider + " twice.");
    }
    life.asked_in = r.number;
  }
  void operator()(const order_offer_lapsed& b) const {
    const auto known = life.asked.find(b.rider);
    if (known == life.asked.end() || known->second != b.offer) {
      add(check::order_transition, "lapses from offer " + b.offer + ", which is not its own.");
      return;
    }
    life.asked.erase(known);
    if (life.asked.empty() && life.status == offered) {
      life.status = waiting;
    }
    life.wanted_by.clear();
  }
  void operator()(const order_assignment_requested& b) const { life.requested = b.rider; }
  void operator()(const order_assignment_refused&) const { life.requested.clear(); }
  void operator()(const order_assigned& b) const {
    if (life.status == assigned || life.status == picked_up) {
      add(check::order_one_rider,
          "is assigned to rider " + b.rider + " while rider " + life.rider + " has it.");
    }
    const auto asked = life.asked.find(b.rider);
    const auto as_offered = asked != life.asked.end() && asked->second == b.offer;
    if (as_offered && life.asked.size() > 1) {
      add(check::order_one_rider, "is assigned to rider " + b.rider + " while others consider it.");
    }
    if ((life.status == offered && !as_offered) ||
        (life.status == waiting && life.requested != b.rider &&
         (life.yielded_to != b.rider || b.offer != life.yielded_with))) {
      add(check::order_transition,
          "is assigned to rider " + b.rider + ", who was neither asked nor named for it.");
    }
    life.rider = b.rider;
    life.asked.clear();
    life.requested.clear();
    life.yielded_to.clear();
  }
  void operator()(const order_unassigned& b) const {
    // Who is named before the pause gets it all the same.
    const auto by_an_operator =
        (b.reason == unassign_reason::reassigned && life.requested.empty()) ||
        b.reason == unassign_reason::by_operator;
    if (life.paused && by_an_operator) {
      add(check::order_transition, "is taken from its rider while it is paused.");
    }
    check_rider(b.rider, "is given up");
    if (b.reason == unassign_reason::better_rider) {
      if (life.wanted_by.empty()) {
        add(check::order_transition, "is given up for a better rider, and nobody wants it.");
      } else {
        life.yielded_to = life.wanted_by;
        life.yielded_with = life.asked[life.wanted_by];
      }
    } else if (!life.asked.empty()) {
      add(check::order_transition, "is given up while another rider considers it.");
    }
    leave_rider();
  }
  void operator()(const order_swap_offered& b) const {
    if (!life.asked.empty() || b.rider == life.rider) {
      add(check::order_one_rider, "is offered to rider " + b.rider +
                                      " as well, while another one considers it, or has it.");
    }
    life.asked.insert_or_assign(b.rider, b.offer);
  }
  void operator()(const order_yield_asked& b) const {
    check_rider(b.rider, "is asked to be yielded");
    const auto asked = life.asked.find(b.to);
    if (asked == life.asked.end() || asked->second != b.offer) {
      add(check::order_transition, "is wanted by rider " + b.to + ", who was not asked.");
    }
    life.wanted_by = b.to;
  }
  void operator()(const order_stranded& b) const {
    check_rider(b.rider, "is stranded");
    life.ready_at = b.time;
    life.stranded = true;
    leave_rider();
  }
  void operator()(const order_picked_up& b) const {
    check_rider(b.rider, "is picked up");
    if (b.at < life.ready_at) {
      add(check::order_pick_up, "is picked up before it is ready.");
    }
    const auto from = life.stranded ? std::string{} : life.source; // Else it was consumed before.
    life.stranded = false;
    if (b.station != from) {
      add(check::stock_reservation, "is picked up from the stock of \"" + b.station +
                                        "\" while \"" + from + "\" holds its goods.");
    }
    life.picked_up_at = b.at;
  }
  void operator()(const order_delivered& b) const {
    check_rider(b.rider, "is delivered");
    if (life.status != picked_up || b.at < life.picked_up_at) {
      add(check::order_delivery, "is delivered before it is picked up.");
    }
    life.paused = false;
  }
  void operator()(const order_sourced& b) const {
    if (life.items.empty() || !life.source.empty()) {
      add(check::stock_reservation,
          "gets goods from " + b.station + ", but it needs none, or has them elsewhere.");
    }
    life.source = b.station;
  }
  void operator()(const order_unsourced& b) const {
    if (life.source != b.station) {
      add(check::stock_reservation, "gives up goods at " + b.station + ", which it had not.");
    }
    life.source.clear();
  }
  void operator()(const order_reached& b) const { check_rider(b.rider, "is reached"); }
  void operator()(const order_returning& b) const { check_rider(b.rider, "is brought back"); }
  void operator()(const order_returned& b) const {
    check_rider(b.rider, "is returned");
    if (b.station != life.source || (!b.station.empty() && b.items != life.items)) {
      add(check::stock_reservation, "returns goods that it did not have.");
    }
    life.paused = false;
  }
  void operator()(const order_written_off& b) const { check_rider(b.rider, "is written off"); }
  void operator()(const order_wrong_code_counted& b) const {
    check_rider(b.rider, "is refused a code");
  }
  void operator()(const order_cancelled&) const {
    leave_rider();
    life.requested.clear();
  }
  void operator()(const order_undeliverable&) const { life.requested.clear(); }
  void operator()(const order_refund_requested&) const {
    if (life.refunded) {
      add(check::order_refund, "is refunded a second time.");
    }
    if (!life.paid && !caused_by_payment(r, e)) {
      add(check::order_refund, "is refunded though no money was received.");
    }
    if (!life.ended() || life.status == delivered) {
      add(check::order_refund, "is refunded while it is " + name(life.status) + ".");
    }
    life.refunded = true;
  }
  void operator()(const actor_paused&) const { life.paused = true; }
  void operator()(const actor_resumed&) const {
    if (!life.paused) {
      add(check::order_transition, "is resumed without having been paused.");
    }
    life.paused = false;
  }
  void operator()(const leaves_life auto&) const {}
};

order_life& order_lives::touch(const std::string& id) {
  touched_.insert(id);
  return orders_[id];
}

void order_lives::apply(const record& r, const event& e, const order_event& body) {
  auto& life = touch(e.entity.id);
  const auto rule =
      std::visit([]<class Event>(const Event&) -> order_rule { return rule_of<Event>(); }, body);
  check_transition(r.number, e.entity.id, life, body, rule);
  std::visit(applier{found_, r, e, life}, body);
  life.status = rule.to.value.value_or(life.status);
}

void order_lives::check_transition(std::uint64_t number, const std::string& id,
                                   const order_life& life, const order_event& body,
                                   const order_rule& rule) {
  if (life.paused && rule.when_paused == pause::forbids) {
    found_.add(check::order_transition, number,
               "Order " + id + " is " + std::string{event_name(event_body{body})} +
                   " while it is paused.");
  }
  if ((rule.from & any_of({life.status})) != 0) {
    return;
  }
  const auto event = std::string{event_name(event_body{body})};
  if (life.ended()) {
    found_.add(check::order_final, number,
               "Order " + id + " ended " + name(life.status) + " and is then " + event + ".");
  } else {
    found_.add(check::order_transition, number,
               "Order " + id + " is " + event + " while it is " + name(life.status) + ".");
  }
}

void order_lives::finish_record(std::uint64_t number) {
  for (const auto& id : touched_) {
    auto& life = orders_[id];
    check_views(number, id, life);
    check_goods(number, id, life);
    // It is said once.
    life.handed_over = life.handed_over && (life.status == delivered || life.status == returned);
    if (life.paid && !life.refunded && life.ended() && life.status != delivered) {
      found_.add(check::order_refund, number,
                 "Order " + id + " ended " + name(life.status) + " and its money was kept.");
    }
  }
  touched_.clear();
}

void order_lives::check_goods(std::uint64_t number, const std::string& id, const order_life& life) {
  if (life.items.empty() && life.held_at.empty()) {
    return;
  }
  const auto waits = life.status == waiting || life.status == offered || life.status == assigned;
  const auto holder = waits && !life.stranded ? life.source : std::string{};
  if (life.held_at != holder) {
    found_.add(check::stock_reservation, number,
               "Order " + id + " is " + name(life.status) + " with goods held at \"" + holder +
                   "\", but they are held at \"" + life.held_at + "\".");
  }
  const auto has_them =
      life.status == picked_up || life.status == returning || life.status == delivered;
  if (has_them && life.taken_from != life.source) {
    found_.add(check::stock_reservation, number,
               "Order " + id + " is " + name(life.status) + ", but no stock became less by it.");
  }
  if (life.source.empty() && (life.status == offered || life.status == assigned || has_them)) {
    found_.add(check::stock_reservation, number,
               "Order " + id + " is " + name(life.status) + " without its goods.");
  }
}

void order_lives::check_views(std::uint64_t number, const std::string& id, const order_life& life) {
  const auto on_board = life.status == picked_up || life.status == returning;
  const auto handed_over = life.status == delivered || life.status == returned;
  const auto is_held = life.status == assigned || on_board;
  const auto differ = [&](const std::string& what) {
    found_.add(check::views_agree, number,
               "Order " + id + " is " + name(life.status) + ", but " + what + ".");
  };
  const auto as_set = [&](bool wanted) {
    return wanted ? std::set{life.rider} : std::set<std::string>{};
  };
  if (life.holders.size() > 1) {
    found_.add(check::order_one_rider, number,
               "Order " + id + " is on the routes of riders " + listed(life.holders) + ".");
  } else if (life.holders != as_set(is_held)) {
    differ(life.holders.empty() ? "rider " + life.rider + " does not have it on the route"
                                : "rider " + *life.holders.begin() + " has it on the route");
  }
  if (life.carriers != as_set(on_board)) {
    differ(life.carriers.empty() ? "no rider has it on board" : "a rider has it on board");
  }
  if (life.handed_over != handed_over) {
    differ(life.handed_over ? "a rider has handed it over" : "no rider has handed it over");
  }
  if (!life.wanted_by.empty() || !life.yielded_to.empty()) {
    differ("rider " + life.wanted_by + life.yielded_to + " wants it and is not told");
  }
  if (!life.asked.empty() && life.status != offered && life.status != assigned) {
    differ("its offers are open");
  }
  if (life.considering != life.asked) {
    differ("it has asked " + listed(life.asked) + ", and it is considered by " +
           listed(life.considering));
  }
}

void order_lives::count(audit_report& report) const {
  for (const auto& [id, life] : orders_) {
    ++report.orders.at(static_cast<std::size_t>(life.status));
  }
}

} // namespace dispatch::audit
