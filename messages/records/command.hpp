#pragma once

#include "messages/entities/entity.hpp"
#include "messages/entities/order.hpp"
#include "messages/entities/rider.hpp"
#include "messages/entities/station.hpp"
#include "messages/entities/zone.hpp"
#include "messages/records/event.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace dispatch {

using command_body = std::variant<order_command, rider_command, station_command, zone_command>;

/// Where a recorded command came from. The value is stored: never renumber.
enum class command_source : std::uint8_t {
  input = 1,    ///< the zone's input stream
  position = 2, ///< the position stream; it has no sequence
  deadline = 3, ///< a deadline in the target's state
  signer = 4,   ///< the signer of waybills answered, or did not in time
};

/// One accepted command, as the commit record keeps it.
struct command {
  command_source source = command_source::input;
  entity_ref target;
  std::uint64_t sequence = 0;  ///< in the input stream; 0 for the other sources
  timestamp at;                ///< the input's stream time; the turn's time for the other sources
  std::string id;              ///< the sender's; the sequence when it gave none; empty otherwise
  bool numbered = false;       ///< it gave none: nothing is known by this id later
  std::string by;              ///< the operator; empty: not an operator's command
  std::string trace;           ///< W3C traceparent, carried to every event it causes
  std::uint64_t body_hash = 0; ///< tells a repeat from a reused id
  command_body body;
  refusal refused_at_intake = refusal::none; ///< `too_many`, `overloaded`: nobody decides it
  std::uint32_t retry_after_ms = 0;          ///< what its sender is told then
};

} // namespace dispatch
