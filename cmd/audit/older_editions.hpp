#pragma once

#include "cmd/audit/report.hpp"

#include <cstdint>
#include <set>

namespace dispatch::audit {

/// Checks that healthy owners of an edition broke, because they decided otherwise then: violations
/// in its epochs are told and do not fail an audit. The current edition has none.
std::set<check> broken_by_edition(std::uint32_t edition);

} // namespace dispatch::audit
