#pragma once

#include <set>
#include <string>

namespace dispatch::testing {

/// The checks of the audit that a test finds violated because of faults that are known, by the
/// lines `TEST / CHECK | ...` of tests/known_faults.txt. Throws when the file cannot be read.
std::set<std::string> known_violations(const std::string& test);

} // namespace dispatch::testing
