#pragma once

#include "cmd/audit/auditor.hpp"
#include "messages/nats/connection.hpp"
#include "messages/result.hpp"

#include <string>

namespace dispatch::audit {

/// Audits a zone by reading its three streams as far as they are kept, from end to end. The zone
/// may be running: its log is audited up to the last record that was there when its turn came, and
/// the others as far as they had come before that. Fails when a stream cannot be read, or keeps
/// messages in its middle no more.
result<audit_report> audit_zone(nats::connection& on, const std::string& root,
                                const std::string& zone, audit_options options = {});

} // namespace dispatch::audit
