#include "actors/domain/machines/station.hpp"
#include "actors/domain/machines/zone.hpp"
#include "tests/domain/scenario.hpp"

#include <doctest/doctest.h>

using namespace dispatch;
using namespace dispatch::domain;

TEST_CASE("station: what every command comes to in every state") {
  const station unknown;
  const station open{true, true, metres(0, 0), std::nullopt};
  const station closed{true, false, metres(0, 0), std::nullopt};
  const station_command opening = open_station{metres(500, 0)};
  const station_command closing = close_station{};

  struct row {
    station state;
    const char* name;
    station_command command;
    const char* expected;
    bool open_after;
  };
  for (const auto& [state, name, command, expected, open_after] : std::vector<row>{
           {unknown, "unknown", opening, "opened", true},
           {unknown, "unknown", closing, "!unknown_entity", false},
           {open, "open", opening, "opened", true},
           {open, "open", open_station{metres(0, 0)}, "!wrong_status", true},
           {open, "open", closing, "closed", false},
           {closed, "closed", opening, "opened", true},
           {closed, "closed", closing, "!wrong_status", false},
       }) {
    CAPTURE(name);
    auto after = state;
    CHECK(status_name(state) == name);
    const auto result = perform(after, command, dawn);
    CHECK(to_line(result) == expected);
    CHECK(after.open == open_after);
    CHECK((after == state) == (result.refused != refusal::none));
  }
  auto moved = closed;
  perform(moved, opening, dawn);
  CHECK(moved.at == metres(500, 0));
}

TEST_CASE("zone: what every command comes to in every state") {
  const zone running{7, false, ""};
  const zone paused{7, true, "storm"};
  const zone_command pause = pause_zone{"flood"};
  const zone_command resume = resume_zone{};
  const zone_command accept = accept_loss{41};

  struct row {
    zone state;
    const char* name;
    zone_command command;
    bool by_operator;
    const char* expected;
    zone after;
  };
  for (const auto& [state, name, command, by_operator, expected, after] : std::vector<row>{
           {running, "running", pause, false, "!not_permitted", running},
           {running, "running", resume, false, "!not_permitted", running},
           {paused, "paused", pause, false, "!not_permitted", paused},
           {paused, "paused", resume, false, "!not_permitted", paused},
           {running, "running", pause, true, "paused", {7, true, "flood"}},
           {running, "running", resume, true, "!wrong_status", running},
           {paused, "paused", pause, true, "!wrong_status", paused},
           {paused, "paused", resume, true, "resumed", running},
           {running, "running", accept, false, "!not_permitted", running},
           {running, "running", accept, true, "input_loss_accepted", running},
           {paused, "paused", accept, true, "input_loss_accepted", paused},
       }) {
    CAPTURE(name);
    auto became = state;
    CHECK(status_name(state) == name);
    CHECK(to_line(perform(became, command, dawn, by_operator)) == expected);
    CHECK(became == after);
  }
}

TEST_CASE("zone: an operator sets the policy that was made from the one in force") {
  const auto text = [](std::uint32_t route_orders_max) {
    policy policy;
    policy.version = 0;
    policy.route_orders_max = route_orders_max;
    return set_policy{"most = " + std::to_string(route_orders_max),
                      std::make_shared<const dispatch::policy>(policy), 0};
  };
  zone state{1, false, ""};
  SUBCASE("the versions go up by one, from that of the definition") {
    CHECK(to_line(perform(state, zone_command{text(4)}, dawn, true)) == "policy_set");
    CHECK(state.policy.version == 2);
    CHECK(state.policy.toml == "most = 4");
    CHECK(state.policy.parsed->version == 2);
    CHECK(state.policy.parsed->route_orders_max == 4);
    CHECK(to_line(perform(state, zone_command{text(5)}, dawn, true)) == "policy_set");
    CHECK(state.policy.version == 3);
  }
  SUBCASE("who knew another version is refused") {
    evolve(state, zone_opened{1, "node", {7, "first", std::make_shared<const policy>()}});
    auto next = text(4);
    next.based_on = 6;
    const auto refused = perform(state, zone_command{next}, dawn, true);
    CHECK(to_line(refused) == "!policy_changed");
    CHECK(refused.detail == "the policy is at version 7, not 6");
    CHECK(state.policy.version == 7);
    next.based_on = 7;
    CHECK(to_line(perform(state, zone_command{next}, dawn, true)) == "policy_set");
    CHECK(state.policy.version == 8);
  }
  SUBCASE("nobody else may") {
    CHECK(to_line(perform(state, zone_command{text(4)}, dawn)) == "!not_permitted");
  }
  SUBCASE("who opens the zone again leaves it as it is") {
    perform(state, zone_command{text(4)}, dawn, true);
    evolve(state, zone_opened{2, "node"});
    CHECK(state.policy.version == 2);
  }
}

TEST_CASE("zone: who opens a zone changes its epoch and does not resume it") {
  zone state{7, true, "storm"};
  evolve(state, zone_opened{8, "node-2"});
  CHECK(state == zone{8, true, "storm"});
}
