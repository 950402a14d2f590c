#pragma once

#include "cmd/dispatchctl/session.hpp"
#include "messages/entities/entity.hpp"

#include <cstddef>
#include <string>

namespace dispatch::ctl {

/// The newest events of an entity as its zone tells them, at most `limit`, oldest first. Asks for
/// as many pages as it takes. The answer is that to the first question, with all entries.
json ask_history(session& session, const std::string& zone, const entity_ref& entity,
                 std::size_t limit);

} // namespace dispatch::ctl
