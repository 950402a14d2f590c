#pragma once

#include "cmd/audit/auditor.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/result.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace dispatch::audit {

/// Visits records that the log keeps no more, ascending, each with its log sequence.
using archived_records = std::function<status(
    const std::function<void(std::uint64_t log_sequence, std::string_view bytes)>&)>;

/// Audits a zone by reading its three streams as far as they are kept, from end to end. The zone
/// may be running: its log is audited up to the last record that was there when its turn came, and
/// the others as far as they had come before that. Messages that are missing in the middle of a
/// stream are violations. Fails when a stream cannot be read. Archived records are asked for when
/// the log does not begin with the first record; the archive of a running zone may grow meanwhile.
result<audit_report> audit_zone(nats::connection& on, const std::string& root,
                                const std::string& zone, audit_options options = {},
                                const archived_records& archived = {});

} // namespace dispatch::audit
