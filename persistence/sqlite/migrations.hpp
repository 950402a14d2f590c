#pragma once

#include "persistence/sqlite/statement.hpp"

namespace dispatch::sqlite {

/// The schema version that this build writes; `PRAGMA user_version` of the file.
extern const int schema_version;

/// Brings the file to `schema_version`, one transaction per version. Throws when a newer build
/// wrote it.
void migrate(connection& database);

} // namespace dispatch::sqlite
