#pragma once

#include "messages/entities/order.hpp"
#include "messages/entities/rider_commands.hpp"
#include "messages/entities/rider_events.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// A rider. What is said to riders and what becomes true of them is beside; the rules are in
/// actors/domain/machines/rider.hpp.
namespace dispatch {

/// Where a rider who leaves the zone is going.
struct departure {
  std::string zone;
  handover rider;

  bool operator==(const departure&) const = default;
};

/// What is known about one rider. The fold of its events.
struct rider {
  bool known = false;
  bool on_shift = false;
  dispatch::vehicle vehicle = dispatch::vehicle::motorcycle;
  std::uint32_t capacity = 0;
  place at;
  timestamp at_time;        ///< of the position
  std::vector<stop> route;  ///< in the order of travel
  std::uint32_t frozen = 0; ///< leading stops that may not be re-sequenced
  bool arrived = false;     ///< stands at the first stop
  std::optional<dispatch::offer> open_offer;
  std::optional<pause_note> pause; ///< takes on nothing new
  std::vector<std::string> skills;
  std::optional<timestamp> ends_at;        ///< when the shift ends by itself
  shift_end ends_as = shift_end::asked;    ///< then
  std::optional<pause_note> on_break;      ///< no offers; the rider's own doing, or ignored offers
  std::uint32_t ignored_offers = 0;        ///< that expired in a row
  timestamp began_at;                      ///< the shift, in whichever zone
  std::uint64_t transfers = 0;             ///< number of the last one out of this zone
  std::optional<departure> leaving;        ///< off shift until the other zone has answered
  std::vector<transfer_answered> answered; ///< the last of each zone, newest last, bounded

  bool operator==(const rider&) const = default;
};

} // namespace dispatch
