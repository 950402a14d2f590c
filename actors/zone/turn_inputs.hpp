#pragma once

#include "messages/entities/travel.hpp"
#include "messages/records/command.hpp"
#include "messages/records/record.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

namespace dispatch {

/// What a turn decides: a command, or a message that will never be decided.
using turn_item = std::variant<command, dead_letter>;

/// What a turn consists of, kept until it is committed.
struct turn_inputs {
  std::vector<turn_item> items;
  timestamp now;
  std::chrono::seconds local_offset{0}; ///< of the zone's local time from UTC at `now`
  bool decided_before = false;          ///< a recorded turn, with its `now` and `local_offset`
  std::uint64_t input_position = 0;
  std::uint64_t input_fingerprint = 0;
  std::vector<travel_answer> travel; ///< to be recorded, and known from the next turn on
  announced_position announced;      ///< of a recorded turn
  std::size_t waybill_bytes = 0;     ///< of the record, for waybills

  bool empty() const { return items.empty() && travel.empty() && !decided_before; }
};

} // namespace dispatch
