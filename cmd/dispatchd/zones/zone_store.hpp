#pragma once

#include "messages/result.hpp"
#include "messages/wire/zone/zone_definition.hpp"
#include "persistence/store.hpp"

#include <filesystem>
#include <memory>
#include <string>

/// The files of a zone in the data directory of a node: its store and its archives.
namespace dispatch::daemon {

/// Opens a zone's store. Files of another incarnation of the zone, which was deleted since, are set
/// aside as `ZONE.former.db` and `archive/ZONE.former`.
result<std::unique_ptr<store>> open_store(const std::filesystem::path& data,
                                          const zone_definition& definition);

/// Removes a deleted zone's files. Fails while something still uses them.
status remove_store(const std::filesystem::path& data, const std::string& zone);

} // namespace dispatch::daemon
