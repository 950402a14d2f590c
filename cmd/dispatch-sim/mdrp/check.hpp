#pragma once

#include "cmd/dispatch-sim/mdrp/instance.hpp"
#include "cmd/dispatch-sim/mdrp/solution.hpp"

#include <string>
#include <vector>

namespace dispatch::sim::mdrp {

/// What of a solution breaks the rules of the problem; empty: nothing. Nothing is believed but when
/// couriers set out, where to, and what they collect: every time is computed from that again, and
/// has to be the one that the files say.
///
/// Stricter than the public evaluator. Refused besides what that refuses: a time of collecting or
/// delivering that does not follow, half of a service left out, a way that is too quick, a way to a
/// restaurant that no assignment follows from before its first meal was placed, and meals of
/// several restaurants in one assignment.
std::vector<std::string> violations_of(const instance& of, const solution& solution);

} // namespace dispatch::sim::mdrp
