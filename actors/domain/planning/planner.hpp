#pragma once

#include "actors/domain/planning/plan.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace dispatch::domain {

/// Decides who is asked to carry what. A pure function: the same board and request give the same
/// plan. It looks at the orders that are due (looks.hpp), and writes into `plan.notes` what is to
/// be remembered of them.
using planner = plan (*)(const board& known, const plan_request& request);

/// The planner that a policy names; null when there is none of that name.
///
/// To add a planner: its function in a file of its own, made of the steps of steps.hpp where they
/// fit, its row in planner.cpp, and the file in CMakeLists.txt.
planner find_planner(std::string_view name);

/// The names that a policy can give, for people: `greedy, horizon or nearest`.
std::string planner_names();

/// What a zone cannot use of a policy, though it is one: an unknown planner, or a rule that cannot
/// be compiled. Names the key and why. nullopt: nothing.
std::optional<std::string> fault_of(const policy& policy);

/// The default.
plan greedy(const board& known, const plan_request& request);

} // namespace dispatch::domain
