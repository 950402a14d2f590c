#pragma once

#include "messages/ports/clock.hpp"
#include "messages/records/command.hpp"
#include "messages/records/record.hpp"
#include "messages/records/stream.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace dispatch {

/// What a message of the input stream is: a command of this zone, or a dead letter that says why
/// not. Never anything else, whatever the bytes.
std::variant<command, dead_letter> take_in(const stored_message& message, const std::string& root,
                                           const std::string& zone, const zone_clock& clock);

/// A dead letter for a message, at most `dead_letter_excerpt_bytes` of which are kept: of its body
/// what may be read by whoever reads events.
dead_letter bury(const stored_message& message, const std::string& root, timestamp at,
                 std::string reason, std::string detail);

/// Covers the target and the verb as well, so that an id reused for another entity is noticed.
std::uint64_t hash_of_command(const stored_message& message);

/// Tells whether the message at a stored position is still the one that was consumed.
std::uint64_t fingerprint(const stored_message& message);

} // namespace dispatch
