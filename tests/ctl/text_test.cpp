#include "cmd/dispatchctl/events/announced.hpp"
#include "cmd/dispatchctl/events/republish.hpp"
#include "cmd/dispatchctl/json_text.hpp"
#include "cmd/dispatchctl/node/stall.hpp"
#include "cmd/dispatchctl/order/explain.hpp"
#include "cmd/dispatchctl/outcome.hpp"
#include "cmd/dispatchctl/zone/policy_file.hpp"
#include "cmd/shared/exit_code.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace dispatch;
using namespace dispatch::ctl;
using cli::exit_code;

namespace {

exit_code code_of(std::variant<event, dead_letter> what) {
  try {
    stop_if_refused({.sequence = 1, .what = std::move(what)});
  } catch (const cli::stop& end) {
    return end.code();
  }
  return exit_code::done;
}

event event_of(event_body body) {
  return {{entity_kind::order, "o1"}, {}, "jane.1", "", std::move(body)};
}

} // namespace

TEST_CASE("JSON is shown on one line without ceremony") {
  CHECK(on_one_line(json::parse(R"({"rider":"r1","at":{"latitude":1.5,"longitude":2},"n":3,
                                    "route":[{"kind":"STOP_KIND_PICK_UP"},{"order":"o1"}],
                                    "nobody":"","none":null})")) ==
        "rider=r1 at=1.5,2 n=3 route=(kind=pick_up, order=o1)");
  CHECK(on_one_line(nullptr).empty());
  CHECK(plain_word("WAITING_REASON_TOO_EARLY") == "too early");
  CHECK(plain_word("GATE_UNSPECIFIED") == "none");
  CHECK(on_one_line("UNASSIGN_REASON_BREAKDOWN") == "breakdown");
  CHECK(on_one_line("SHIFT_END_MAXIMUM_HOURS") == "maximum_hours");
  CHECK(on_one_line("WAITING_ROOM") == "WAITING_ROOM"); // It is somebody's text.
  CHECK(plain_word("riders_busy") == "riders busy");
  std::ostringstream out;
  print_fields(out, json::parse(R"({"id":"o1","state":{"pick_up":{"latitude":1,"longitude":2},
                                    "route":[{"order":"a"}],"passed":["r1","r2"],"x":{}}})"));
  CHECK(out.str() == "id              o1\n"
                     "state.pick_up   1,2\n"
                     "state.route[0]  order=a\n"
                     "state.passed    r1, r2\n"
                     "state.x         -\n");
}

TEST_CASE("What changed nothing ends with the code of its reason") {
  CHECK(code_of(event_of(order_event{order_paid{}})) == exit_code::done);
  CHECK(code_of(event_of(command_refused{refusal::wrong_status, "pay", ""})) ==
        exit_code::conflict);
  CHECK(code_of(event_of(command_refused{refusal::unknown_entity, "pay", ""})) ==
        exit_code::not_found);
  CHECK(code_of(event_of(command_refused{refusal::not_permitted, "assign", ""})) ==
        exit_code::not_permitted);
  CHECK(code_of(event_of(command_repeated{"paid", 7})) == exit_code::done);
  CHECK(code_of(event_of(command_repeated{"refused", 7})) == exit_code::conflict);
  CHECK(code_of(dead_letter{1, {}, "s", "bad_body", "", 0, ""}) == exit_code::usage);
}

TEST_CASE("An explanation names the chosen rider, the others and those passed over") {
  const auto answer = json::parse(R"({
    "id": "o1", "status": "waiting", "waiting": "riders_busy", "decisions": [
      {"record": 7, "at": "2026-01-31T12:00:01Z", "order": "o1", "rider": "", "offer": "",
       "waiting": "WAITING_REASON_ALL_RIDERS_GATED", "policy_version": 2, "radius_m": 5000.0,
       "in_reach": 9, "candidates": [],
       "gated": [{"rider": "r3", "code": "GATE_HAS_OFFER"},
                 {"rider": "r1", "code": "GATE_CAPACITY"},
                 {"rider": "r8", "code": "GATE_HAS_OFFER"}],
       "counts": [{"code": "GATE_CAPACITY", "riders": 1}, {"code": "GATE_HAS_OFFER", "riders": 8}]},
      {"record": 12, "at": "2026-01-31T12:00:31Z", "order": "o1", "rider": "r4", "offer": "12-0",
       "waiting": "WAITING_REASON_RIDERS_BUSY", "policy_version": 2, "radius_m": 5250.0,
       "in_reach": 2, "candidates": [
         {"rider": "r4", "cost_s": 312.5, "travel_s": 300.0, "order_wait_s": 10.0,
          "rider_wait_s": 0.0, "detour_s": 2.5, "distance_m": 1400.0},
         {"rider": "r9", "cost_s": 400.0, "travel_s": 400.0, "order_wait_s": 0.0,
          "rider_wait_s": 0.0, "detour_s": 0.0, "distance_m": 2000.0}],
       "gated": [], "counts": []}]})");
  std::ostringstream out;
  print_explanation(out, answer);
  CHECK(
      out.str() ==
      R"(Order o1 is waiting. It waits because the riders in reach are busy, or serve others better.

2026-01-31T12:00:01Z  record 7: it waits because no rider in reach may be asked
    policy version 2, riders within 5000 m: 9
    PASSED OVER  BECAUSE    NEAREST
              1  capacity   r1
              8  has offer  r3, r8

2026-01-31T12:00:31Z  record 12: offered to rider r4 as 12-0
    policy version 2, riders within 5250 m: 2
    RIDER  COST s  TRAVEL  ORDER WAITS  RIDER WAITS  DETOUR  DISTANCE m
    r4      312.5     300           10            0       2        1400  <- chosen
    r9      400.0     400            0            0       0        2000
)");
  out.str({});
  print_explanation(out, json::parse(R"({"id":"o2","status":"picked_up","waiting":null,
                                         "decisions":[]})"));
  CHECK(out.str() == "Order o2 is picked up.\nThe dispatcher has decided nothing about it.\n");
  out.str({});
  print_explanation(out, json::parse(R"({"id":"o3","status":"waiting","waiting":"order_paused",
      "pause":{"reason":"odd address","since":"2026-01-31T12:00:00Z"},"decisions":[]})"));
  CHECK(out.str().starts_with(
      "Order o3 is waiting. It waits because an operator has paused it. Paused since "
      "2026-01-31T12:00:00Z: odd address.\n"));
}

TEST_CASE("An explanation names all riders who are asked at once") {
  std::ostringstream out;
  print_explanation(out, json::parse(R"({
    "id": "o1", "status": "offered", "waiting": null, "decisions": [
      {"record": 12, "at": "2026-01-31T12:00:31Z", "order": "o1", "rider": "r4", "offer": "12-0",
       "policy_version": 2, "radius_m": 5250.0, "in_reach": 2,
       "also": [{"rider": "r9", "offer": "12-1"}], "candidates": [
         {"rider": "r4", "cost_s": 292.5}, {"rider": "r7", "cost_s": 300.0},
         {"rider": "r9", "cost_s": 400.0}]}]})"));
  const auto text = out.str();
  CAPTURE(text);
  CHECK(text.find("offered to rider r4 as 12-0, to rider r9 as 12-1\n") != text.npos);
  CHECK(text.find("<- chosen\n    r7") != text.npos);
  CHECK(text.find("<- asked too\n") != text.npos);
}

TEST_CASE("An explanation names the rider who has the order that a better one is offered") {
  std::ostringstream out;
  print_explanation(out, json::parse(R"({
    "id": "o1", "status": "assigned", "waiting": null, "decisions": [
      {"record": 12, "at": "2026-01-31T12:00:31Z", "order": "o1", "rider": "r4", "offer": "12-0",
       "policy_version": 2, "radius_m": 5250.0, "in_reach": 2, "gain_s": 420.5,
       "swap_from": {"rider": "r9", "cost_s": 1200.5}, "candidates": []}]})"));
  CHECK(out.str().find("offered to rider r4 as 12-0, 420 s better than rider r9, who has it and "
                       "whose cost is 1200.5 s\n") != std::string::npos);
}

TEST_CASE("An explanation names the rider whom an operator wanted, and what forbade it") {
  const auto answer = json::parse(R"({"id":"o1","status":"ORDER_STATUS_WAITING","decisions":[
    {"record":7,"by_operator":true,"gated":[{"rider":"r9","code":"GATE_ON_BREAK"}]}]})");
  std::ostringstream out;
  print_explanation(out, answer);
  CHECK(out.str().find("rider r9, whom an operator named, could not take it: on break") !=
        std::string::npos);
}

TEST_CASE("An explanation names the rules that applied") {
  std::ostringstream out;
  print_explanation(out, json::parse(R"({
    "id": "o1", "status": "waiting", "waiting": "rule", "decisions": [
      {"record": 12, "at": "2026-01-31T12:00:31Z", "order": "o1", "rider": "r4", "offer": "12-0",
       "policy_version": 2, "radius_m": 5250.0, "in_reach": 2, "rules": ["boost"],
       "failed_rules": ["odd", "even"], "candidates": [
         {"rider": "r4", "cost_s": 292.5, "travel_s": 300.0, "order_wait_s": 10.0,
          "rider_wait_s": 0.0, "detour_s": 2.5, "distance_m": 1400.0, "rules_cost_s": -20.0,
          "rules": ["near"]},
         {"rider": "r9", "cost_s": 400.0, "travel_s": 400.0, "order_wait_s": 0.0,
          "rider_wait_s": 0.0, "detour_s": 0.0, "distance_m": 2000.0}],
       "gated": [{"rider": "r3", "code": "GATE_RULE", "rule": "no-cars"}],
       "counts": [{"code": "GATE_RULE", "riders": 1}]}]})"));
  CHECK(out.str() ==
        R"(Order o1 is waiting. It waits because a rule of the policy forbids it.

2026-01-31T12:00:31Z  record 12: offered to rider r4 as 12-0
    policy version 2, riders within 5250 m: 2
    rules that apply to the order: boost
    rules that came to no number: odd, even
    RIDER  COST s  TRAVEL  ORDER WAITS  RIDER WAITS  DETOUR  DISTANCE m  RULES
    r4      292.5     300           10            0       2        1400  -20 near  <- chosen
    r9      400.0     400            0            0       0        2000  -
    PASSED OVER  BECAUSE  NEAREST
              1  rule     r3 (no-cars)
)");
}

TEST_CASE("Two policies differ by keys, those of rules with the rule's name") {
  policy before;
  policy after;
  after.version = 9;
  CHECK(differences_of(before, after).empty());
  after.radius_m = 2500.0;
  after.speed_m_per_s[1] = 5.0;
  before.rules = {{.name = "old", .when = "1", .cost_s = "5", .group = {}},
                  {.name = "same", .when = "1", .cost_s = "6", .group = {}}};
  after.rules = {
      {.name = "same", .when = "2", .cost_s = "6", .group = {}},
      {.name = "new", .when = "needs(\"x\")", .forbid = true, .cost_s = {}, .group = {}}};
  CHECK(differences_of(before, after) ==
        std::vector<policy_difference>{{"radius_m", "5000.0", "2500.0"},
                                       {"speed_m_per_s.bicycle", "4.2", "5.0"},
                                       {"rule same.when", "\"1\"", "\"2\""},
                                       {"rule new.when", "", "\"needs(\\\"x\\\")\""},
                                       {"rule new.forbid", "", "true"},
                                       {"rules", "old, same", "same, new"},
                                       {"rule old.when", "\"1\"", ""},
                                       {"rule old.cost_s", "\"5\"", ""}});
}

TEST_CASE("events are told again beside every installation, never into one") {
  for (const auto* fit : {"dispatch.replay", "billing.catchup", "a.b.c", "replay.dispatch.out"}) {
    CAPTURE(fit);
    CHECK_FALSE(unfit_as_replay(fit));
  }
  for (const auto* unfit : {"dispatch.out", "dispatch.in", "dispatch.log", "dispatch.pos",
                            "dispatch.snap", "dispatch.admin", "other.out", "other.out.x",
                            "dispatch", "", "a.", ".a", "a.*", "a.>", "$JS.API", "$KV.x"}) {
    CAPTURE(unfit);
    CHECK(unfit_as_replay(unfit));
  }
}

TEST_CASE("a zone that takes no commands says why, and what helps") {
  const auto status = [](const char* answer) { return client::status_in(json::parse(answer)); };
  const auto running = status(R"({"record":70,"metrics":{"announced_record":6}})");
  CHECK_FALSE(stall_of("z", running));
  CHECK_FALSE(stall_of("z", {}));
  const auto full = status(R"({"record":7,"metrics":{"log_full":true}})");
  CHECK(stall_of("z", full)->state == "log full");
  CHECK(stall_of("z", full)->what.find("zone resize z --log-bytes") != std::string::npos);
  const auto silent = status(R"({"record":71,"metrics":{"announced_record":6}})");
  CHECK(stall_of("z", silent)->state == "not announcing");
  CHECK(stall_of("z", silent)->what.find("65 records") != std::string::npos);
  CHECK(stall_of("z", silent)->what.find("zone resize z --out-bytes") != std::string::npos);
  const auto unstored =
      status(R"({"record":71,"metrics":{"announced_record":71,"materialised_record":6}})");
  CHECK(stall_of("z", unstored)->state == "not storing");
  CHECK(stall_of("z", unstored)->what.find("65 records") != std::string::npos);
  const auto behind = status(R"({"metrics":{"sheds_positions":true,"input_age_ms":17000}})");
  CHECK(stall_of("z", behind)->state == "falling behind");
  CHECK(stall_of("z", behind)->what.find("17 s behind") != std::string::npos);
  const auto over = status(R"({"metrics":{"sheds_positions":true,"sheds_new_orders":true}})");
  CHECK(stall_of("z", over)->state == "overloaded");
}
