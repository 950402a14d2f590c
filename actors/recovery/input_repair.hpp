#pragma once

#include "messages/ports/clock.hpp"
#include "messages/ports/commit_log.hpp"
#include "messages/ports/input_feed.hpp"
#include "messages/result.hpp"
#include "persistence/store.hpp"

#include <cstdint>
#include <optional>

namespace dispatch {

/// An input that was consumed.
struct consumed_input {
  std::uint64_t position = 0; ///< sequence
  std::uint64_t fingerprint = 0;
};

/// The last input that the stream still holds as the journal says that it was consumed; nullopt
/// when there is none, as in a stream that was made anew. Everything behind it is to be read again:
/// what had been applied is known by its id. Blocks while it reads the journal (behind it the log)
/// and the stream, both backwards.
result<std::optional<consumed_input>>
last_input_in_common(input_feed& feed, store& kept, commit_log& log, const zone_clock& clock);

/// The first sequence behind `position` that the stream keeps, or will store. Blocks while it reads
/// the sequences of a hole, one by one.
result<std::uint64_t> first_kept_behind(input_feed& feed, const stream_state& stream,
                                        std::uint64_t position);

} // namespace dispatch
