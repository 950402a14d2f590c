#include "actors/domain/rules.hpp"
#include "messages/limits.hpp"
#include "tests/domain/scenario.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace dispatch;
using namespace dispatch::domain;
using namespace std::chrono_literals;

namespace {

policy_rule forbids(std::string name, std::string when) {
  return {
      .name = std::move(name), .when = std::move(when), .forbid = true, .cost_s = {}, .group = {}};
}

policy_rule costs(std::string name, std::string when, std::string cost_s) {
  return {
      .name = std::move(name), .when = std::move(when), .cost_s = std::move(cost_s), .group = {}};
}

policy_rule weighs(std::string name, std::string when, double weight) {
  return {.name = std::move(name),
          .when = std::move(when),
          .cost_s = {},
          .weight = weight,
          .group = {}};
}

policy_rule in_group(policy_rule rule, std::string group, int priority) {
  rule.group = std::move(group);
  rule.priority = priority;
  return rule;
}

const std::vector<std::string> hazardous = {"fragile", "hazardous"};

rule_facts some_facts() {
  rule_facts facts;
  facts.order_load = 2;
  facts.order_waited_min = 12.5;
  facts.station_distance_m = 2500;
  facts.local_hour = 23.5;
  facts.local_weekday = 6;
  facts.rider_capacity = 4;
  facts.rider_load = 1;
  facts.rider_orders = 1;
  facts.distance_m = 800;
  facts.rider_vehicle = vehicle::car;
  facts.station = "s1";
  facts.order_skills = hazardous;
  return facts;
}

/// The value of an expression, as the cost of a rule that always holds.
std::string computed(const std::string& expression) {
  const rule_set set{{costs("r", "1", expression)}};
  if (const auto fault = set.fault()) {
    return *fault;
  }
  auto verdict = set.of_order(some_facts());
  if (verdict.applied == 0 && verdict.failed == 0) {
    verdict = set.of_pair(some_facts());
  }
  return verdict.failed != 0 ? "failed" : std::to_string(verdict.cost_s);
}

std::string applied(const rule_set& set, const rule_facts& facts = some_facts()) {
  std::string line;
  for (const auto& name : set.names(set.of_order(facts).applied | set.of_pair(facts).applied)) {
    line += (line.empty() ? "" : " ") + name;
  }
  return line;
}

} // namespace

TEST_CASE("rules: what an expression can say") {
  CHECK(computed("1 + 2 * 3 - 4 / 8") == "6.500000");
  CHECK(computed("-(1 + 2) * -2") == "6.000000");
  CHECK(computed("7") == "7.000000");
  CHECK(computed("max(1, min(5, 3)) + abs(-2) + floor(1.7) + ceil(1.2)") == "8.000000");
  CHECK(computed("1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3 && 1 == 1 && 1 != 2") == "1.000000");
  CHECK(computed("1 > 2 || !(2 > 1)") == "0.000000");
  CHECK(computed("order_load + order_waited_min + station_distance_m") == "2514.500000");
  CHECK(computed("local_hour * 10 + local_weekday") == "241.000000");
  CHECK(computed("rider_capacity - rider_load + rider_orders + distance_m") == "804.000000");
  CHECK(computed("needs(\"hazardous\") + needs(\"cold\")") == "1.000000");
  CHECK(computed("station_is(\"s1\") * 2 + station_is(\"s2\")") == "2.000000");
  CHECK(computed("vehicle_is(\"car\") + vehicle_is(\"bicycle\") * 5") == "1.000000");
  CHECK(computed("rider_can(\"hazardous\")") == "0.000000");
}

TEST_CASE("rules: what it cannot say is named with rule, key and position") {
  CHECK(computed("1 +").starts_with("rule r, cost_s: position 4: "));
  CHECK(computed("order_lod > 1").starts_with("rule r, cost_s: position 0: "));
  CHECK(computed("order_load = 1").starts_with("rule r, cost_s: position 11: "));
  CHECK(computed("2 ^ 3").starts_with("rule r, cost_s: position 2: "));
  CHECK(computed("sin(1)").starts_with("rule r, cost_s: "));
  CHECK(computed("1, 2") == "rule r, cost_s: must be one value, are 2");
  CHECK(computed("vehicle_is(\"tank\")") ==
        "rule r, cost_s: vehicle_is: must be walking, bicycle, motorcycle or car, is tank");
  CHECK(computed("needs(order_load)").starts_with("rule r, cost_s: "));
  CHECK(computed("needs(\"x").starts_with("rule r, cost_s: "));
  CHECK(rule_set{{forbids("a", "1"), forbids("b", "(")}}.fault()->starts_with("rule b, when: "));
  CHECK(*rule_set{{weighs("w", "rider_orders > 1", 2)}}.fault() ==
        "rule w, weight: no expression of the rule or its group may ask of the rider");
  CHECK(rule_set{
      {in_group(weighs("w", "1", 2), "g", 0), in_group(costs("c", "1", "distance_m"), "g", 0)}}
            .fault());
}

TEST_CASE("rules: what comes to no number is skipped, and told") {
  auto facts = some_facts();
  const rule_set set{{forbids("zero", "1 / order_priority > 2"), forbids("far", "1e308 * 1e308"),
                      costs("much", "1", "distance_m * 1000"), costs("fine", "1", "5"),
                      forbids("broken", ")")}};
  const auto order = set.of_order(facts);
  const auto pair = set.of_pair(facts);
  CHECK_FALSE(order.forbidden_by);
  CHECK(order.cost_s == 5.0);
  CHECK(pair.cost_s == 0.0);
  CHECK(set.names(order.applied) == std::vector<std::string>{"fine"});
  CHECK(set.names(order.failed | pair.failed) ==
        std::vector<std::string>{"zero", "far", "much", "broken"});
  facts.order_priority = 0.1;
  CHECK(set.of_order(facts).forbidden_by == 0U);
}

TEST_CASE("rules: an order's and a rider's are told apart, by what their group asks") {
  const auto facts = some_facts();
  const rule_set set{{forbids("night", "local_hour >= 22 || local_hour < 6"),
                      forbids("far", "distance_m > 500"), costs("near", "1", "-distance_m / 8"),
                      in_group(costs("heavy", "order_load > 1", "60"), "size", 0),
                      in_group(costs("small", "rider_capacity < 3", "30"), "size", 1)}};
  const auto order = set.of_order(facts);
  CHECK(set.names(order.applied) == std::vector<std::string>{"night"});
  CHECK(order.forbidden_by == 0U);
  const auto pair = set.of_pair(facts);
  CHECK(set.names(pair.applied) == std::vector<std::string>{"far", "near", "heavy"});
  CHECK(pair.forbidden_by == 1U);
  CHECK(pair.cost_s == -40.0);
}

TEST_CASE("rules: what stands behind a name in quotes is of the rider as well") {
  for (const auto* when :
       {R"(station_is("s1") && rider_load > 0)", R"(rider_load > 0 && station_is("s1"))",
        R"(!station_is("") && rider_load > 0)"}) {
    CAPTURE(when);
    const rule_set set{{costs("r", when, "60")}};
    CHECK(set.of_order(some_facts()).applied == 0);
    CHECK(set.of_pair(some_facts()).cost_s == 60.0);
  }
}

TEST_CASE("rules: of a group only the highest priority applies, the first of equals") {
  const auto low = in_group(costs("low", "1", "1"), "g", -1);
  const auto first = in_group(costs("first", "1", "2"), "g", 5);
  const auto second = in_group(costs("second", "1", "4"), "g", 5);
  const auto idle = in_group(costs("idle", "0", "8"), "g", 9);
  const auto failing = in_group(costs("failing", "1 / 0", "8"), "g", 8);
  const auto alone = costs("alone", "1", "16");
  const auto elsewhere = in_group(costs("elsewhere", "1", "32"), "h", -9);
  CHECK(applied(rule_set{{low, first, second}}) == "first");
  CHECK(applied(rule_set{{second, first, low}}) == "second");
  CHECK(applied(rule_set{{low, idle}}) == "low");
  const rule_set all{{idle, alone, low, failing, second, elsewhere, first}};
  CHECK(applied(all) == "alone second elsewhere");
  CHECK(all.of_order(some_facts()).cost_s == 52.0);
}

TEST_CASE("rules: weights multiply, and stay in bounds") {
  const auto facts = some_facts();
  CHECK(rule_set{{weighs("a", "1", 3), weighs("b", "1", 4), weighs("c", "0", 5)}}
            .of_order(facts)
            .weight == 12.0);
  CHECK(rule_set{{weighs("a", "1", 30), weighs("b", "1", 40)}}.of_order(facts).weight ==
        limits::order_weight_max);
  CHECK(rule_set{{}}.of_order(facts).weight == 1.0);
}

TEST_CASE("rules: of as many as a policy may have, the last is told apart from the first") {
  std::vector<policy_rule> all;
  for (std::size_t i = 0; i < limits::rules_max; ++i) {
    const auto is_end = i == 0 || i + 1 == limits::rules_max;
    all.push_back(costs("r" + std::to_string(i), is_end ? "1" : "0", "10"));
  }
  const rule_set set{all};
  const auto verdict = set.of_order(some_facts());
  CHECK(verdict.cost_s == 20.0);
  CHECK(set.names(verdict.applied) == std::vector<std::string>{"r0", all.back().name});
  const auto kept = set.names(~rule_bits{0});
  CHECK(kept.size() == limits::rules_kept);
  CHECK(kept.back() == all[limits::rules_kept - 1].name);
}

TEST_CASE("rules: local time") {
  rule_facts facts;
  const timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + 12h; // a Thursday
  set_local_time(facts, noon, 0s);
  CHECK(facts.local_hour == 12.0);
  CHECK(facts.local_weekday == 4.0);
  set_local_time(facts, noon + 30min, -5h);
  CHECK(facts.local_hour == 7.5);
  set_local_time(facts, noon, 13h);
  CHECK(facts.local_hour == 1.0);
  CHECK(facts.local_weekday == 5.0);
  set_local_time(facts, noon, -13h);
  CHECK(facts.local_hour == 23.0);
  CHECK(facts.local_weekday == 3.0);
}
