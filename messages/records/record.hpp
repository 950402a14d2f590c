#pragma once

#include "messages/entities/travel.hpp"
#include "messages/records/command.hpp"
#include "messages/records/decision.hpp"
#include "messages/records/event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dispatch {

/// The record format that this build writes. It reads this and older ones, and refuses newer ones.
inline constexpr std::uint32_t record_format = 1;

/// SHA-256 of a stored record. All zero before the first one.
using record_hash = std::array<std::byte, 32>;

/// An input that is not a command of this zone. It is kept in the log and announced.
struct dead_letter {
  std::uint64_t sequence = 0; ///< in the input stream
  timestamp at;
  std::string subject;
  std::string reason;     ///< one subject token, such as `bad_body`
  std::string detail;     ///< names the field and the rule
  std::uint64_t hash = 0; ///< XXH3 of the whole body
  std::string excerpt;    ///< at most `dead_letter_excerpt_bytes` of it

  bool operator==(const dead_letter&) const = default;
};

/// The value is stored: never renumber.
enum class record_kind : std::uint8_t {
  open = 1, ///< begins an epoch
  turn = 2,
};

/// The last event known to be announced.
struct announced_position {
  std::uint64_t number = 0;       ///< of its record; 0: none is known
  std::uint32_t index = 0;        ///< among the announcements of that record
  std::uint64_t out_sequence = 0; ///< where the output stream ended then

  bool operator==(const announced_position&) const = default;
};

/// What makes a turn durable. One message of the zone's commit log.
struct record {
  std::uint32_t format = record_format;
  record_kind kind = record_kind::turn;
  std::string zone;
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;            ///< previous + 1, across epochs; the first is 1
  record_hash previous{};              ///< of the record before
  timestamp now;                       ///< strictly later than the record before
  std::int32_t local_offset_s = 0;     ///< of the zone's local time from UTC, as the owner knew it
  std::uint64_t input_position = 0;    ///< sequence of the last input consumed so far
  std::uint64_t input_fingerprint = 0; ///< of that input
  std::uint64_t digest = 0;            ///< of all entities' states after this record
  std::vector<command> commands;       ///< in the order of application
  std::vector<event> events;           ///< in the order of announcement
  std::vector<decision> decisions;
  std::vector<dead_letter> dead_letters;
  std::vector<travel_answer> travel = {}; ///< known from the next record on
  announced_position announced = {};      ///< as the owner knew when it made the record
  bool handed_over = false;               ///< of OPEN: the owner before ended in order
};

} // namespace dispatch
