#include "actors/domain/planning/planner.hpp"

#include "actors/domain/rules.hpp"

#include <algorithm>
#include <array>

namespace dispatch::domain {

// What they are for stands where they are.
plan plan_ahead(const board& known, const plan_request& request);
plan nearest(const board& known, const plan_request& request);

namespace {

struct named_planner {
  std::string_view name;
  planner function;
};

constexpr std::array planners = {
    named_planner{"greedy", greedy},
    named_planner{"horizon", plan_ahead},
    named_planner{"nearest", nearest},
};

} // namespace

planner find_planner(std::string_view name) {
  const auto known = std::ranges::find(planners, name, &named_planner::name);
  return known == planners.end() ? nullptr : known->function;
}

std::string planner_names() {
  std::string names;
  for (const auto& known : planners) {
    const auto* between = &known == &planners.back() ? " or " : ", ";
    names += (names.empty() ? "" : between) + std::string{known.name};
  }
  return names;
}

std::optional<std::string> fault_of(const policy& policy) {
  if (find_planner(policy.planner) == nullptr) {
    return "policy.planner: must be " + planner_names() + ", is " + policy.planner;
  }
  const auto fault = rule_set{policy.rules}.fault();
  return fault ? std::optional{"policy.rules: " + *fault} : std::nullopt;
}

} // namespace dispatch::domain
