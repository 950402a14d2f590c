#pragma once

#include "messages/ports/event_sink.hpp"
#include "messages/records/record.hpp"
#include "messages/wire/subjects.hpp"

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The output stream is always a prefix of the sequence of announced events that the log defines:
/// record by record, first the announced events, then the dead letters. So any owner, and even a
/// former one, can only ever publish the one event that comes next.
namespace dispatch {

/// Which event of the log an announcement is.
struct announcement_id {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0; ///< of the record
  std::uint32_t index = 0;  ///< among the record's announcements

  auto operator<=>(const announcement_id& other) const {
    return std::pair{number, index} <=> std::pair{other.number, other.index};
  }
  bool operator==(const announcement_id&) const = default;
};

/// zone/epoch/number/index
std::string to_text(std::string_view zone, const announcement_id& id);
std::optional<announcement_id> parse_announcement_id(std::string_view zone, std::string_view text);

/// Where the output stream ends, in terms of the log.
struct output_end {
  std::uint64_t last_sequence = 0;
  std::optional<announcement_id> last; ///< the newest that is kept
  std::uint64_t foreign = 0;           ///< messages kept behind it, which the zone did not announce
};

/// How far a log, or a beginning of it, is known.
struct known_log {
  std::uint64_t epoch = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t number = std::numeric_limits<std::uint64_t>::max();
};

/// Passes over messages that have no id of the zone, and over ids of epochs that the log cannot
/// have had: every epoch has a record, behind all of the epochs before, whose opening is announced.
/// What a log that lost its end had announced follows from what is left of it, and is not passed
/// over. Blocks, longer the more there is to pass over.
result<output_end> find_output_end(event_sink& sink, std::string_view zone,
                                   const known_log& log = {});

/// What operators are told of messages that were passed over.
std::string told_of_foreign(const output_end& end, const std::string& zone);

/// The announcements of a record whose events are given encoded, in order.
std::vector<announcement> announcements_of(const record& r,
                                           const std::vector<std::string>& encoded_events,
                                           const wire::subjects& names);

} // namespace dispatch
