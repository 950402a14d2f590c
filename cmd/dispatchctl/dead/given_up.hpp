#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// Events that a consumer gave up on: messages of the stream DEAD on root.dead.CONSUMER.ZONE, each
/// a JSON object with `id`, `subject`, `sequence` (in the zone's output stream), `attempts`,
/// `error` and `event`.
namespace dispatch::ctl {

/// The newest ones, oldest first.
void list_given_up(session& session, const std::string& zone, const std::string& consumer,
                   std::size_t limit);

/// Ends the program when there is none at `sequence`.
void show_given_up(session& session, const std::string& zone, const std::string& consumer,
                   std::uint64_t sequence);

/// Deletes one, or all.
void drop_given_up(session& session, const std::string& zone, const std::string& consumer,
                   std::optional<std::uint64_t> sequence);

} // namespace dispatch::ctl
