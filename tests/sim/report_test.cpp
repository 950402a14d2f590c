#include "cmd/dispatch-sim/report.hpp"
#include "cmd/dispatch-sim/zone_setup.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;

constexpr timestamp noon = scenario_day + 12h;
constexpr timestamp wall_noon = scenario_day + 24h * 100;
/// A wall millisecond is 0.1 s in the zone.
const zone_clock zone_time{wall_noon, noon, 100.0};

class silence : public city_voice {
public:
  std::string tell(const entity_ref&, const command_body&) override { return {}; }
  std::string wish(const entity_ref&, const command_body&) override { return {}; }
  std::string move(const std::string&, bool) override { return {}; }
  void report_position(const std::string&, const place&) override {}
};

/// Three orders: one delivered, one cancelled, one that nobody took.
struct finished_city {
  finished_city() {
    for (const auto* id : {"o1", "o2", "o3"}) {
      plan.orders.push_back({id, "s1", {}, {}, noon, noon + 20min});
    }
    town.emplace(plan, rider_habits{}, policy{}, nobody);
    for (const auto& order : plan.orders) {
      order_placed placed{{}, noon, std::nullopt};
      placed.order.ready_at = order.ready_at;
      hear(order.id, noon, 3ms, placed);
    }
    // Searched from noon + 5 min, which is 3 s of wall time.
    hear("o1", noon + 5min, 3s + 7ms, order_offered{"f1", "r1"});
    hear("o1", noon + 6min, 4s, order_offer_lapsed{"f1", "r1", lapse_reason::declined});
    hear("o1", noon + 7min, 5s, order_offered{"f2", "r2"});
    hear("o1", noon + 8min, 5s, order_assigned{"f2", "r2"});
    hear("o1", noon + 23min, 14s, order_picked_up{"r2", noon + 23min});
    hear("o1", noon + 40min, 24s, order_delivered{"r2", noon + 40min});
    hear("o2", noon + 6min, 4s, order_cancelled{"changed_mind", ""});
    hear("o3", noon + 2h, 72s, order_undeliverable{0});
  }

  void hear(const std::string& id, timestamp at, duration wall, order_event body) {
    town->observe({{entity_kind::order, id}, at, {}, {}, std::move(body)}, wall_noon + wall);
  }

  silence nobody;
  scenario plan;
  std::optional<city> town;
};

run_report good_report() {
  run_report report;
  report.orders = 3;
  report.ended = run_end::all_ended;
  report.audit_clean = true;
  finished_city finished;
  add_stories(report, *finished.town, zone_time);
  return report;
}

} // namespace

TEST_CASE("a report counts how orders ended and measures zone time and wall time") {
  const auto report = good_report();
  CHECK(report.live.placed == 3);
  CHECK(report.live.delivered == 1);
  CHECK(report.live.cancelled == 1);
  CHECK(report.live.undeliverable == 1);
  CHECK(report.live.open() == 0);
  CHECK(report.offers == 2);
  CHECK(report.live.click_to_door_min.mean == doctest::Approx(40.0));
  CHECK(report.live.ready_to_pick_up_min.mean == doctest::Approx(3.0));
  CHECK(report.placed_announced_ms.count == 3);
  CHECK(report.placed_announced_ms.p99 == doctest::Approx(3.0));
  CHECK(report.first_offer_ms.count == 1);
  CHECK(report.first_offer_ms.p50 == doctest::Approx(7.0));
  CHECK(report.unserved == std::map<std::string, std::uint64_t>{{"cancelled: changed_mind", 1}});
}

TEST_CASE("an order that has not ended counts by its status, or is explained by the zone") {
  scenario plan;
  for (const auto* id : {"a", "w", "u", "never"}) {
    plan.orders.push_back({id, "s1", {}, {}, noon, noon});
  }
  silence nobody;
  city town{plan, rider_habits{}, policy{}, nobody};
  const auto hear = [&](const std::string& id, order_event body) {
    town.observe({{entity_kind::order, id}, noon, {}, {}, std::move(body)}, wall_noon);
  };
  for (const auto* id : {"a", "w", "u"}) {
    hear(id, order_placed{{}, noon, std::nullopt});
    hear(id, order_paid{noon + 1h});
  }
  hear("a", order_assigned{"f1", "r1"});
  hear("u", order_undeliverable{0});
  run_report report;
  add_stories(report, town, zone_time);
  CHECK(report.live.open() == 2);
  CHECK(report.unserved == std::map<std::string, std::uint64_t>{{"not ended: assigned", 1}});
  CHECK(needs_explanation(town) == std::vector<std::string>{"u", "w"});
}

TEST_CASE("only a run in which nothing is missing is good") {
  CHECK(good_report().good());
  auto report = good_report();
  SUBCASE("what can be delivered is not") { report.paid = 2; }
  SUBCASE("grace") { report.ended = run_end::grace_passed; }
  SUBCASE("not audited") { report.audit_clean.reset(); }
  SUBCASE("audit found something") { report.audit_clean = false; }
  SUBCASE("a command has no outcome") { report.without_outcome = 1; }
  SUBCASE("a command became a dead letter") { report.commands.dead = 1; }
  SUBCASE("an order was never placed") { report.orders = 4; }
  SUBCASE("an order has not ended") { ++report.live.placed; }
  CHECK_FALSE(report.good());
}

TEST_CASE("percentiles are nearest ranks") {
  std::vector<double> values;
  for (int i = 100; i >= 1; --i) {
    values.push_back(i);
  }
  CHECK(spread_of(values) == spread{100, 50.5, 50.0, 90.0, 99.0, 100.0});
  CHECK(spread_of({7.0}) == spread{1, 7.0, 7.0, 7.0, 7.0, 7.0});
  CHECK(spread_of({}) == spread{});
}

TEST_CASE("both forms of a report show the result, the baseline and the verdict") {
  auto report = good_report();
  report.nearest = service{3, 2, 0, 0, 0, {}, {}};
  report.events.refusals["offer_expired"] = 4;
  report.warnings["something odd"] = 5;
  const auto json = to_json(report);
  CHECK(json["good"] == true);
  CHECK(json["dispatch"]["delivered"] == 1);
  CHECK(json["nearest_free_rider"]["delivered"] == 2);
  CHECK(json["refusals"]["offer_expired"] == 4);
  CHECK(json["searchable_to_first_offer_ms"]["p50"] == doctest::Approx(7.0));
  CHECK(json["limits"]["offer_ttl_s"] == 45);

  std::ostringstream text;
  print(text, report);
  for (const auto* part :
       {"nearest free rider", "offer_expired", "something odd", "40.00 min", "offer 45 s",
        "cancelled: changed_mind", "ended: all orders ended", "verdict: good"}) {
    CAPTURE(part);
    CHECK(text.str().find(part) != std::string::npos);
  }
}

TEST_CASE("what an order waited for is found in the zone's explanation") {
  const auto missing = [](const char* answer) { return missing_in(client::json::parse(answer)); };
  CHECK(missing(R"({"waiting":"all_riders_gated","decisions":[]})") == "all_riders_gated");
  CHECK(missing(R"({"waiting":"none","decisions":[{"waiting":"WAITING_REASON_RIDERS_BUSY"},
                    {"offer":"f"}]})") == "riders_busy");
  CHECK(missing(R"({"waiting":"","decisions":[]})") == "no reason given");
  CHECK(missing(R"({"error":{"code":404}})") == "no answer");
}

} // namespace dispatch::sim
