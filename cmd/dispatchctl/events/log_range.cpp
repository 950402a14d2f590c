#include "cmd/dispatchctl/events/log_range.hpp"

#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/codec.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

std::optional<std::uint64_t> as_number(const std::string& text) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && rest == end ? std::optional{number} : std::nullopt;
}

} // namespace

log_range::log_range(session& session, const std::string& zone, const std::string& from,
                     const std::string& until)
    : zone_(zone), log_(session.connection(), wire::log_stream(session.root(), zone),
                        session.subjects().log(zone)) {
  const auto state = value_or_stop(
      nats::api::find_stream(*session.connection(), wire::log_stream(session.root(), zone)),
      exit_code::unavailable);
  if (!state) {
    throw stop(exit_code::not_found, "there is no zone " + zone);
  }
  if (state->messages == 0) {
    throw stop(exit_code::not_found, "the log of zone " + zone + " keeps no record");
  }
  const auto bytes = value_or_stop(log_.read(state->first_sequence), exit_code::unavailable);
  const auto oldest =
      value_or_stop(wire::decode_record(bytes.value_or(std::string{})), exit_code::failed);
  kept_first_ = oldest.number;
  before_first_ = state->first_sequence - oldest.number;
  kept_last_ = state->last_sequence - before_first_;
  first_ = number_of(from, true);
  last_ = until.empty() ? kept_last_ : number_of(until, false);
  if (first_ > last_) {
    throw stop(exit_code::not_found, "there is no record from " + from + " on" +
                                         (until.empty() ? "" : " until " + until) + ": " +
                                         kept_text());
  }
}

std::string log_range::kept_text() {
  return "the log of zone " + zone_ + " keeps records " + std::to_string(kept_first_) + " (" +
         cli::to_text(read(kept_first_).now) + ") to " + std::to_string(kept_last_) + " (" +
         cli::to_text(read(kept_last_).now) + ")";
}

record log_range::read(std::uint64_t number) {
  const auto bytes = value_or_stop(log_.read(number + before_first_), exit_code::unavailable);
  if (!bytes) {
    throw stop(exit_code::not_found, "record " + std::to_string(number) + " is not kept any more");
  }
  return value_or_stop(wire::decode_record(*bytes), exit_code::failed);
}

/// Of the first record at or behind an end, or the last one at or before it.
std::uint64_t log_range::number_of(const std::string& end, bool is_first) {
  const auto gone = [&] {
    return stop(exit_code::not_found, "what was at " + end +
                                          " is not kept any more: " + kept_text() +
                                          "; give --from " + std::to_string(kept_first_));
  };
  if (const auto number = as_number(end)) {
    if (*number == 0) {
      throw stop(exit_code::usage, "records are numbered from 1");
    }
    if (*number < kept_first_) {
      throw gone();
    }
    return is_first ? *number : std::min(*number, kept_last_);
  }
  const auto at = nats::api::parse_time(end);
  if (!at) {
    throw stop(exit_code::usage,
               end + " is neither a record's number nor a time such as 2026-01-31T08:00:00Z");
  }
  if (!is_first) {
    return first_not_before(*at + duration{1}) - 1;
  }
  const auto number = first_not_before(*at);
  if (number == kept_first_ && kept_first_ > 1) {
    throw gone();
  }
  return number;
}

/// One behind the last when all are before.
std::uint64_t log_range::first_not_before(timestamp at) {
  auto low = kept_first_;
  auto high = kept_last_ + 1;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (read(middle).now < at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void log_range::visit(const visitor& see) {
  std::optional<record_hash> before;
  auto number = first_;
  const auto scanned = log_.scan(
      first_ + before_first_, last_ + before_first_, [&](std::uint64_t, std::string_view bytes) {
        const auto r = value_or_stop(wire::decode_record(bytes), exit_code::failed);
        if (r.zone != zone_ || r.number != number || (before && r.previous != *before)) {
          throw stop(exit_code::failed, "record " + std::to_string(number) +
                                            " does not follow from the one before: the log was "
                                            "changed, see `dispatchctl zone verify " +
                                            zone_ + "`");
        }
        see(r, value_or_stop(wire::encoded_events_of(bytes), exit_code::failed));
        before = wire::hash_of(bytes);
        ++number;
        return true;
      });
  (void)value_or_stop(scanned, exit_code::unavailable);
}

} // namespace dispatch::ctl
