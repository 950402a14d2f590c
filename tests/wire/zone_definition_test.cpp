#include "messages/wire/zone/policy_text.hpp"
#include "messages/wire/zone/zone_definition.hpp"
#include "tests/wire/samples.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <chrono>
#include <limits>

using namespace dispatch;
using namespace std::chrono_literals;

namespace {

/// Every key different from its default.
zone_definition sample() {
  zone_definition all{.name = "jakarta-1",
                      .retention = {.log = 3600s, .snapshot_interval = 61s, .snapshot_records = 62},
                      .clock = {samples::time(),
                                samples::time(-1000),
                                12.5,
                                {{samples::time(30), samples::time(20), 1.0},
                                 {samples::time(50), samples::time(40), 0.5}}},
                      .policy = {}};
  auto& p = all.policy;
  p.version = 7;
  p.match_interval = 250ms;
  p.offer_ttl = 31s;
  p.position_freshness = 32s;
  p.max_wait = 33s;
  p.payment_timeout = 34s;
  p.dispatch_ahead = 35s;
  p.radius_m = 0.1 + 1000.2;
  p.radius_growth_m_per_min = 36.0;
  p.radius_max_m = 1e5 / 3.0;
  p.route_orders_max = 4;
  p.offers_at_once = 3;
  p.swap_gain = 42s;
  p.swap_pause = 43s;
  p.swaps_max = 5;
  p.pick_up_service = 37s;
  p.drop_off_service = 38s;
  p.detour_factor = 1.4;
  p.travel_overhead = 30s;
  p.speed_m_per_s = {1.1, 2.2, 3.3, 4.4};
  p.capacity_max = {1, 2, 3, 4};
  p.shift_max = 39h;
  p.overtime = 41s;
  p.ignored_offers_max = 5;
  p.order_wait_weight = 1.5;
  p.rider_wait_weight = 0.0;
  p.detour_weight = 2.5;
  p.time_zone = "Asia/Jakarta";
  p.rules = {{.name = "night",
              .when = "needs(\"gas\") && local_hour < 6 # \\ \t",
              .forbid = true,
              .cost_s = {},
              .group = {}},
             {.name = "near",
              .when = "1",
              .cost_s = "-distance_m / 10",
              .priority = -3,
              .group = "distance"},
             {.name = "boost", .when = "1", .cost_s = {}, .weight = 1.5, .group = {}}};
  p.intake_per_s = 39;
  p.intake_burst = 40;
  p.shed_after = 41s;
  return all;
}

std::string why_not(const std::string& rest) {
  const auto read = wire::zone_definition_from_toml("name = 'z'\n" + rest);
  return read ? "" : read.error().what;
}

} // namespace

TEST_CASE("a zone definition survives a round trip") {
  const auto read = wire::zone_definition_from_toml(wire::to_toml(sample()));
  REQUIRE_MESSAGE(read, read.error().what);
  CHECK(*read == sample());
  CHECK(wire::to_toml(*read) == wire::to_toml(sample()));
}

TEST_CASE("any policy number survives a round trip") {
  CHECK(rc::check([] {
    auto definition = sample();
    definition.policy.radius_m = *rc::gen::inRange(1'000, 30'000'000) / 999.0;
    definition.clock.wall_origin = timestamp{
        duration{*rc::gen::inRange<std::int64_t>(-1'000'000'000'000'000, 100'000'000'000'000'000)}};
    const auto read = wire::zone_definition_from_toml(wire::to_toml(definition));
    RC_ASSERT(static_cast<bool>(read));
    RC_ASSERT(*read == definition);
  }));
}

TEST_CASE("missing keys take their defaults") {
  const auto read = wire::zone_definition_from_toml("name = 'z'");
  REQUIRE(read);
  CHECK(*read == zone_definition{.name = "z", .retention = {}, .clock = {}, .policy = {}});
}

TEST_CASE("times may have any offset, whole numbers may stand for others") {
  const auto read = wire::zone_definition_from_toml(R"(
    name = 'z'
    [clock]
    wall_origin = 2026-01-01T07:00:00.000001+07:00
    simulated_origin = 2026-02-01T00:00:00Z
    factor = 2
  )");
  REQUIRE_MESSAGE(read, read.error().what);
  using namespace std::chrono;
  CHECK(read->clock.wall_origin == sys_days{year{2026} / January / 1} + 1us);
  CHECK(read->clock.factor == 2.0);
}

TEST_CASE("mistakes are named") {
  CHECK(wire::zone_definition_from_toml("").error().what.starts_with(
      "zone definition, name: must be 1 to 64"));
  CHECK(why_not("[policy]\noffer_tll_s = 5") ==
        "zone definition, policy.'offer_tll_s': is not a key, did you mean offer_ttl_s?");
  CHECK(why_not("[polcy]") == "zone definition, 'polcy': is not a key, did you mean policy?");
  CHECK(why_not("[policy.speed_m_per_s]\ncars = 5").find("did you mean car?") != std::string::npos);
  CHECK(why_not("[clock]\nsimulated_origin = 1969-12-31T23:00:00Z") ==
        "zone definition, clock.simulated_origin: must be in the years 2000 to 2100");
  CHECK(why_not("[policy]\noffer_ttl_s = 0") ==
        "zone definition, policy.offer_ttl_s: must be within [1, 3600], is 0");
  CHECK(why_not("[policy]\noffer_ttl_s = 4.5") ==
        "zone definition, policy.offer_ttl_s: must be a whole number");
  CHECK(why_not("[policy]\nradius_m = 'far'") ==
        "zone definition, policy.radius_m: must be a number");
  CHECK(why_not("[policy]\ndetour_factor = nan") ==
        "zone definition, policy.detour_factor: must be within [1, 10], is nan");
  CHECK(why_not("[policy]\nradius_m = 6000\nradius_max_m = 5000") ==
        "zone definition, policy.radius_max_m: must be at least radius_m");
  CHECK(why_not("[policy]\nversion = 4294967296").find("is 4294967296") != std::string::npos);
  CHECK(why_not("[clock]\nfactor = 0").find("clock.factor: must be within") != std::string::npos);
  CHECK(why_not("[clock]\nwall_origin = 2026-01-01T00:00:00").find("with an offset") !=
        std::string::npos);
  CHECK(why_not("policy = 5") == "zone definition, policy: must be a table");
  CHECK(wire::zone_definition_from_toml("name = 7").error().what ==
        "zone definition, name: must be a text in quotes");
  CHECK(why_not("[policy").starts_with("zone definition, line 2: "));
}

TEST_CASE("a policy is a text of its own") {
  auto policy = sample().policy;
  SUBCASE("for people it has its version and says what the keys mean") {
    const auto text = wire::to_toml(policy);
    CHECK(text.find("version = 7 # ") != std::string::npos);
    const auto read = wire::policy_from_toml(text);
    REQUIRE_MESSAGE(read, read.error().what);
    CHECK(*read == policy);
  }
  SUBCASE("for the log it has neither") {
    const auto text = wire::canonical_toml(policy);
    CHECK(text.find("version") == std::string::npos);
    CHECK(text.find('#') == text.find("# \\\\"));
    const auto read = wire::policy_from_toml(text);
    REQUIRE_MESSAGE(read, read.error().what);
    CHECK(read->version == 0);
    CHECK(wire::canonical_toml(*read) == text);
  }
  SUBCASE("what is in a log is read though a later build would refuse it") {
    const std::string text = "[policy]\noffer_ttl_s = 999999\nnovelty = 1\n";
    CHECK_FALSE(wire::policy_from_toml(text));
    const auto read = wire::kept_policy_from_toml(text);
    REQUIRE_MESSAGE(read, read.error().what);
    CHECK(read->offer_ttl == 999999s);
  }
}

TEST_CASE("mistakes in a policy are named") {
  const auto why = [](const std::string& text) {
    const auto read = wire::policy_from_toml(text);
    return read ? "" : read.error().what;
  };
  const auto of_rule = [&](const std::string& keys) {
    return why("[policy]\n[[policy.rules]]\n" + keys);
  };
  CHECK(why("") == "[policy]: must be present");
  CHECK(why("[policy]\nversion = 0").starts_with("policy.version: must be within [1, "));
  CHECK(why("[policy").starts_with("policy, line 1: "));
  CHECK(why("[polcy]") == "'polcy': is not a key, did you mean policy?");
  CHECK(why("[policy]\ntime_zone = '../x y'") ==
        "policy.time_zone: must be a name such as America/Bogota, is '../x y'");
  CHECK(why("[policy]\nrules = 5") == "policy.rules: must be a list of tables");
  CHECK(of_rule("when = '1'\nforbid = true") ==
        "policy.rules[0].name: must be 1 to 64 letters, digits, '-' or '_', is ''");
  CHECK(of_rule("name = 'a'\nforbid = true") == "policy.rules[0].when: must be given");
  CHECK(of_rule("name = 'a'\nwhen = '1'") ==
        "policy.rules[0].name: rule 'a' must have one of forbid = true, cost_s and weight, has 0");
  CHECK(of_rule("name = 'a'\nwhen = '1'\nforbid = true\ncost_s = 5").ends_with("has 2"));
  CHECK(of_rule("name = 'a'\nwhen = '1'\nweight = 200") ==
        "policy.rules[0].weight: must be within [0.01, 100], is 200");
  CHECK(of_rule("name = 'a'\nwhen = '1'\nforbids = true") ==
        "policy.rules[0].'forbids': is not a key, did you mean forbid?");
  CHECK(of_rule("name = 'a'\nwhen = 1\nforbid = true") ==
        "policy.rules[0].when: must be a text in quotes");
  CHECK(of_rule("name = 'a'\nwhen = '" + std::string(513, '1') + "'\nforbid = true") ==
        "policy.rules[0].when: must be at most 512 bytes, is 513");
  const std::string one = "[[policy.rules]]\nname = 'a'\nwhen = '1'\nforbid = true\n";
  CHECK(why("[policy]\n" + one + one) == "policy.rules[1].name: must be unique, is 'a'");
  std::string many = "[policy]\n";
  for (int i = 0; i < 33; ++i) {
    many += "[[policy.rules]]\nname = 'r" + std::to_string(i) + "'\nwhen = '1'\ncost_s = 5\n";
  }
  CHECK(why(many) == "policy.rules: must be at most 32, are 33");
}

TEST_CASE("any bytes are a definition or a named failure") {
  CHECK(rc::check([] {
    auto text = wire::to_toml(sample());
    text.at(*rc::gen::inRange<std::size_t>(0, text.size())) = *rc::gen::arbitrary<char>();
    const auto read = wire::zone_definition_from_toml(text);
    RC_ASSERT((read || read.error().what.starts_with("zone definition, ")));
  }));
}
