#include "cmd/audit/answers/wishes.hpp"

#include <algorithm>
#include <variant>

namespace dispatch::audit {

void wish_check::begin_record(const record& r) {
  engaged_.clear();
  if (r.kind == record_kind::open) {
    owned_since_ = r.now;
  }
}

void wish_check::apply(const record& r, const event& e) {
  if (const auto* of_order = std::get_if<order_event>(&e.body)) {
    apply_order(r, e.entity.id, *of_order);
  } else if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
    if (std::holds_alternative<offer_received>(*of_rider) ||
        std::holds_alternative<route_extended>(*of_rider)) {
      engaged_.insert(e.entity.id);
    }
  } else if (const auto* of_zone = std::get_if<zone_event>(&e.body)) {
    zone_paused_ = std::holds_alternative<zone_paused>(*of_zone) ||
                   (zone_paused_ && !std::holds_alternative<zone_resumed>(*of_zone));
  }
}

void wish_check::apply_order(const record& r, const std::string& order, const order_event& body) {
  if (const auto* wanted = std::get_if<order_assignment_requested>(&body)) {
    open_.insert_or_assign(order, wish{wanted->rider, r.now});
  } else if (const auto* refused = std::get_if<order_assignment_refused>(&body)) {
    open_.erase(order);
    if (refused->reason == "has_offer" && engaged_.contains(refused->rider)) {
      found_.add(check::assignment_answered, r.number,
                 "Order " + order + " is refused to rider " + refused->rider +
                     " because of an offer that the same record made.");
    }
  } else if (std::holds_alternative<order_assigned>(body) ||
             std::holds_alternative<order_cancelled>(body) ||
             std::holds_alternative<order_undeliverable>(body)) {
    open_.erase(order);
  }
}

void wish_check::finish_record(const record& r, const policy* policy) {
  if (zone_paused_ || policy == nullptr || !late_by_max_) {
    return;
  }
  const auto patience = 2 * duration{policy->match_interval} + *late_by_max_;
  std::erase_if(open_, [&](const auto& one) {
    const auto& [order, wanted] = one;
    const auto unanswered = std::max(wanted.since, owned_since_) + patience < r.now;
    if (unanswered) {
      found_.add(check::assignment_answered, r.number,
                 "Order " + order + " was to be assigned to rider " + wanted.rider +
                     ", and nobody has answered for two matches.");
    }
    return unanswered;
  });
}

} // namespace dispatch::audit
