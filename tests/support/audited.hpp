#pragma once

#include "cmd/audit/auditor.hpp"
#include "tests/support/virtual_city.hpp"

namespace dispatch::testing {

/// What the audit says of a zone's streams, digests included.
audit::audit_report audited(const city_streams& streams, audit::audit_options how);

} // namespace dispatch::testing
