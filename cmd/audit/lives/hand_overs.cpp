#include "cmd/audit/lives/hand_overs.hpp"

#include <variant>

namespace dispatch::audit {

void hand_over_check::apply(std::uint64_t number, const event& e) {
  if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
    apply_rider(e.entity.id, *of_rider);
    return;
  }
  const auto* of_station = std::get_if<station_event>(&e.body);
  const auto* released = of_station != nullptr ? std::get_if<stock_released>(of_station) : nullptr;
  if (released == nullptr ||
      (released->reason != stock_loss::expired && released->reason != stock_loss::out_of_stock)) {
    return;
  }
  if (const auto here = standing_.find(released->order); here != standing_.end()) {
    found_.add(check::stock_hand_over, number,
               "Station " + e.entity.id + " gives up the goods of order " + released->order +
                   (released->reason == stock_loss::expired ? " because time has passed"
                                                            : " because of a count") +
                   ", while rider " + here->second + " stands there to collect them.");
  }
}

void hand_over_check::apply_rider(const std::string& rider, const rider_event& body) {
  if (const auto* arrived = std::get_if<rider_arrived>(&body)) {
    if (arrived->kind == stop_kind::pick_up) {
      standing_.insert_or_assign(arrived->order, rider);
    }
  } else if (const auto* collected = std::get_if<order_collected>(&body)) {
    leave(rider, collected->order);
  } else if (const auto* released = std::get_if<stops_released>(&body)) {
    leave(rider, released->order);
  } else if (const auto* yielded = std::get_if<order_yielded>(&body)) {
    leave(rider, yielded->order);
  } else if (const auto* back = std::get_if<route_handed_back>(&body)) {
    for (const auto& order : back->orders) {
      leave(rider, order);
    }
  } else if (const auto* broken = std::get_if<broke_down>(&body)) {
    for (const auto& order : broken->orders) {
      leave(rider, order);
    }
  }
}

void hand_over_check::leave(const std::string& rider, const std::string& order) {
  const auto here = standing_.find(order);
  if (here != standing_.end() && here->second == rider) {
    standing_.erase(here);
  }
}

} // namespace dispatch::audit
