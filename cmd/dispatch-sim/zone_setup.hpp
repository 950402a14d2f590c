#pragma once

#include "cmd/client/ask.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/result.hpp"
#include "messages/wire/zone/zone_entry.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::sim {

/// The definition of a zone; nullopt when there is none.
result<std::optional<zone_definition>> find_zone(const std::shared_ptr<nats::connection>& on,
                                                 const std::string& root, const std::string& name);

/// Creates streams and definition of a zone. Fails when there is one of this name.
status create_zone(const std::shared_ptr<nats::connection>& on, const std::string& root,
                   const zone_definition& definition);

/// Why nobody decides what is sent to the zone; nullopt: somebody does, or will.
std::optional<std::string> why_silent(nats::connection& on, const std::string& root,
                                      const std::string& zone);

/// Where the zone's output stream ends.
result<std::uint64_t> end_of_output(nats::connection& on, const std::string& root,
                                    const std::string& zone);

/// Asks the zone what each of the orders waits for, or waited for when it ended, and counts the
/// answers. At most the first `unserved_asked` are asked for; the others count as `not asked`.
std::map<std::string, std::uint64_t> ask_what_was_missing(nats::connection& on,
                                                          const std::string& root,
                                                          const std::string& zone,
                                                          const std::vector<std::string>& orders);

inline constexpr std::size_t unserved_asked = 500;

/// The reason in the answer to `explain`: what it waits for, or what its last decision says.
std::string missing_in(const client::json& answer);

} // namespace dispatch::sim
