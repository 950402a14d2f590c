#include "actors/recovery/input_repair.hpp"

#include "actors/commit_log/committed_record.hpp"
#include "actors/turn/intake.hpp"
#include "messages/wire/codec.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace dispatch {

namespace {

/// What a record says about an input that it consumed.
struct expected_input {
  timestamp at;
  std::optional<std::uint64_t> command_hash; ///< nullopt: it became a dead letter
  std::uint64_t letter_hash = 0;

  bool is(const stored_message& message, const zone_clock& clock) const {
    return clock.to_zone(message.stored_at) == at &&
           (command_hash ? *command_hash == hash_of_command(message)
                         : letter_hash == wire::fast_hash(message.body));
  }
};

/// By sequence, the newest first.
using consumed_inputs = std::map<std::uint64_t, expected_input, std::greater<>>;

consumed_inputs consumed_by(const record& r) {
  consumed_inputs all;
  for (const auto& c : r.commands) {
    if (c.source == command_source::input) {
      all[c.sequence] = {c.at, c.body_hash, 0};
    }
  }
  for (const auto& letter : r.dead_letters) {
    all[letter.sequence] = {letter.at, std::nullopt, letter.hash};
  }
  all.erase(0); // Positions and deadlines that could not be handled.
  return all;
}

} // namespace

result<std::optional<consumed_input>>
last_input_in_common(input_feed& feed, store& kept, commit_log& log, const zone_clock& clock) {
  const auto position = kept.position();
  const auto stream = feed.state();
  if (!position || !stream) {
    return position ? stream.error() : position.error();
  }
  for (auto number = position->number; number > 0; --number) {
    const auto bytes = committed_record(kept, log, number);
    if (!bytes) {
      return bytes.error();
    }
    const auto r = *bytes ? wire::decode_record(**bytes) : result<record>{failure{}};
    if (!r) {
      break;
    }
    for (const auto& [sequence, expected] : consumed_by(*r)) {
      if (sequence > stream->last_sequence || sequence < stream->first_sequence) {
        continue;
      }
      const auto message = feed.read(sequence);
      if (!message) {
        return message.error();
      }
      if (*message && expected.is(**message, clock)) {
        return std::optional{consumed_input{sequence, fingerprint(**message)}};
      }
    }
  }
  return std::optional<consumed_input>{};
}

result<std::uint64_t> first_kept_behind(input_feed& feed, const stream_state& stream,
                                        std::uint64_t position) {
  auto sequence = std::max(stream.first_sequence, position + 1);
  for (; sequence <= stream.last_sequence; ++sequence) {
    const auto message = feed.read(sequence);
    if (!message) {
      return message.error();
    }
    if (*message) {
      break;
    }
  }
  return sequence;
}

} // namespace dispatch
