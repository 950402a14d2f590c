#include "messages/wire/zone_definition.hpp"
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
                      .clock = {samples::time(), samples::time(-1000), 12.5},
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
  p.pick_up_service = 37s;
  p.drop_off_service = 38s;
  p.detour_factor = 1.4;
  p.speed_m_per_s = {1.1, 2.2, 3.3, 4.4};
  p.capacity_max = {1, 2, 3, 4};
  p.shift_max = 39h;
  p.overtime = 41s;
  p.ignored_offers_max = 5;
  p.order_wait_weight = 1.5;
  p.rider_wait_weight = 0.0;
  p.detour_weight = 2.5;
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

TEST_CASE("any bytes are a definition or a named failure") {
  CHECK(rc::check([] {
    auto text = wire::to_toml(sample());
    text.at(*rc::gen::inRange<std::size_t>(0, text.size())) = *rc::gen::arbitrary<char>();
    const auto read = wire::zone_definition_from_toml(text);
    RC_ASSERT((read || read.error().what.starts_with("zone definition, ")));
  }));
}
