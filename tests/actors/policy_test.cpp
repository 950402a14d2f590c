#include "messages/wire/codec.hpp"
#include "messages/wire/zone/policy_text.hpp"
#include "tests/actors/checks.hpp"
#include "tests/support/virtual_city.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

/// A zone whose policy is changed while it runs.
namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using testing::virtual_city;

/// The body of `set_policy`.
std::string setting(const std::string& keys, std::uint32_t based_on = 0) {
  return nlohmann::json{{"toml", "[policy]\n" + keys}, {"based_on", based_on}}.dump();
}

const std::string no_offers = R"([[policy.rules]]
name = "never"
when = "1"
forbid = true
)";

std::vector<decision> decisions_on(const virtual_city& city, const std::string& order) {
  std::vector<decision> list;
  for (const auto& r : city.records()) {
    std::ranges::copy_if(r.decisions, std::back_inserter(list),
                         [&](const decision& d) { return d.order == order; });
  }
  return list;
}

kept_policy policy_kept_by(const virtual_city& city) {
  const auto row = *city.kept->get({entity_kind::zone, "z"});
  return wire::decode_zone(row->snapshot.state)->policy;
}

/// With a definition that has nothing to do with what was recorded.
void check_decided_with_another_policy(const virtual_city& city) {
  policy other;
  other.version = 99;
  other.match_interval = 17ms;
  testing::check_decided_again(city, other);
}

TEST_CASE("the log keeps the definition's policy from the first record on") {
  policy policy;
  policy.version = 5;
  policy.offer_ttl = 77s;
  virtual_city city(policy);
  city.start();
  CHECK(policy_kept_by(city).version == 5);
  CHECK(policy_kept_by(city).parsed->offer_ttl == 77s);
  SUBCASE("and a definition that differs later changes nothing") {
    city.policy = {};
    city.policy.version = 6;
    city.policy.offer_ttl = 1s;
    city.start();
    CHECK(city.node->metrics().policy_version == 5);
    city.begin_shift("r1");
    city.place("o1");
    city.node->advance(2s);
    const auto made = decisions_on(city, "o1");
    REQUIRE(made.size() == 1);
    CHECK(made[0].policy_version == 5);
  }
  testing::check_audit(city);
  check_decided_with_another_policy(city);
}

TEST_CASE("a policy is in force from the turn behind the one that took it") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  // The order and the policy that forbids it come in the same turn.
  city.send("zone", "z", "set_policy.jane", setting("payment_timeout_s = 60\n" + no_offers));
  city.send("order", "o1", "place",
            R"({"station":"s1","prepaid":true,"pick_up":{"latitude":7.1,"longitude":-73.1},)"
            R"("drop_off":{"latitude":7.11,"longitude":-73.1}})");
  city.node->run();
  CHECK(city.records().back().commands.size() == 2);
  const auto first = decisions_on(city, "o1");
  REQUIRE(first.size() == 1);
  CHECK(first[0].policy_version == 1);
  CHECK(first[0].rider == "r1");
  CHECK(city.node->metrics().policy_version == 2);

  // The entities have it too.
  city.tell("order", "o2", "place",
            R"({"station":"s1","pick_up":{"latitude":7.1,"longitude":-73.1},)"
            R"("drop_off":{"latitude":7.11,"longitude":-73.1}})");
  city.node->advance(70s);
  CHECK(city.announced().back() == "order.o2.cancelled");
  testing::check_audit(city);
  check_decided_with_another_policy(city);
}

TEST_CASE("another policy survives crashes, and can be taken back") {
  virtual_city city;
  city.start();
  const auto before = policy_kept_by(city);
  city.tell("zone", "z", "set_policy.jane", setting(no_offers, 1));
  CHECK(city.announced().back() == "zone.z.policy_set");
  const auto said = city.events().back();
  const auto& set = std::get<policy_set>(std::get<zone_event>(said.body));
  CHECK(set.by == "jane");
  CHECK(set.policy.version == 2);
  CHECK(set.policy.toml == policy_kept_by(city).toml);
  city.place("o1");
  city.begin_shift("r1");
  city.node->advance(2s);
  city.start();
  city.node->advance(2s);
  CHECK(city.node->metrics().policy_version == 2);
  const auto held = decisions_on(city, "o1");
  REQUIRE(!held.empty());
  CHECK(held.back().waiting == waiting_reason::rule);
  CHECK(held.back().rules == std::vector<std::string>{"never"});
  CHECK(held.back().policy_version == 2);

  const auto rows = city.streams.out->all().size();
  const auto back = nlohmann::json{{"toml", before.toml}, {"based_on", 2}}.dump();
  city.tell("zone", "z", "set_policy.jane", back);
  CHECK(policy_kept_by(city).version == 3);
  CHECK(policy_kept_by(city).toml == before.toml);
  city.node->advance(2s);
  CHECK(city.streams.out->all().size() > rows + 1);
  CHECK(decisions_on(city, "o1").back().policy_version == 3);
  CHECK(decisions_on(city, "o1").back().rider == "r1");
  city.kept = std::make_shared<memory_store>(); // From the log alone.
  city.start();
  CHECK(city.node->metrics().policy_version == 3);
  testing::check_audit(city);
  check_decided_with_another_policy(city);
}

TEST_CASE("two who change the same version: the second is refused, also in the same turn") {
  virtual_city city;
  city.start();
  city.send("zone", "z", "set_policy.jane", setting("offer_ttl_s = 30\n", 1));
  city.send("zone", "z", "set_policy.joe", setting("offer_ttl_s = 31\n", 1));
  city.node->run();
  CHECK(city.announced().back() == "zone.z.refused");
  const auto refused = std::get<command_refused>(city.events().back().body);
  CHECK(refused.code == refusal::policy_changed);
  CHECK(policy_kept_by(city).parsed->offer_ttl == 30s);
  city.tell("zone", "z", "set_policy", setting("offer_ttl_s = 32\n"));
  CHECK(std::get<command_refused>(city.events().back().body).code == refusal::not_permitted);
  testing::check_audit(city);
  check_decided_with_another_policy(city);
}

TEST_CASE("a policy with a mistake is a dead letter that names it") {
  virtual_city city;
  city.start();
  const auto why = [&](const std::string& body) {
    city.tell("zone", "z", "set_policy.jane", body);
    CHECK(city.announced().back() == "dead.bad_field");
    return city.records().back().dead_letters.at(0).detail;
  };
  CHECK(why(setting("offer_ttl_s = 0\n")) ==
        "toml: policy.offer_ttl_s: must be within [1, 3600], is 0");
  CHECK(why(setting("time_zone = \"Mars/Base\"\n")) ==
        "toml: policy.time_zone: must be a name of the tz database, is Mars/Base");
  CHECK(why(setting("planner = \"genius\"\n")) ==
        "toml: policy.planner: must be greedy, horizon or nearest, is genius");
  CHECK(why(setting("[[policy.rules]]\nname = \"odd\"\nwhen = \"order_lod > 1\"\nforbid = true\n"))
            .starts_with("toml: policy.rules: rule odd, when: position 0: "));
  CHECK(why(R"({"toml":"x = 5"})") == "toml: 'x': is not a key, did you mean policy?");
  CHECK(why(setting(std::string(33'000, '#') + "\n")).starts_with("toml: must be at most 32768 "));
  CHECK(policy_kept_by(city).version == 1);
  testing::check_audit(city);
}

TEST_CASE("local time is decided by once, and recorded") {
  virtual_city city;
  city.start(); // The clock stands at midnight, UTC.
  city.tell("zone", "z", "set_policy.jane",
            setting("time_zone = \"America/Bogota\"\n[[policy.rules]]\nname = \"night\"\n"
                    "when = \"local_hour >= 22 || local_hour < 6\"\nforbid = true\n"));
  city.begin_shift("r1");
  CHECK(city.records().back().local_offset_s == -5 * 3600);
  city.place("o1"); // At 19:00 there.
  city.node->advance(2s);
  CHECK(decisions_on(city, "o1").back().rider == "r1");
  city.clock->advance(3h);
  city.begin_shift("r2");
  city.place("o2");
  city.node->advance(2s);
  CHECK(decisions_on(city, "o2").back().waiting == waiting_reason::rule);
  testing::check_audit(city);
  check_decided_with_another_policy(city);
}

TEST_CASE("a time zone that this machine does not know is UTC, and the zone runs") {
  policy policy;
  policy.time_zone = "Mars/Base";
  policy.rules = {
      {.name = "day", .when = "local_hour >= 6", .forbid = true, .cost_s = {}, .group = {}}};
  virtual_city city(policy);
  city.start(); // At midnight, UTC.
  city.begin_shift("r1");
  city.place("o1");
  city.node->advance(2s);
  CHECK(city.records().back().local_offset_s == 0);
  CHECK(decisions_on(city, "o1").back().rider == "r1");
  testing::check_audit(city);
  check_decided_with_another_policy(city);
}

TEST_CASE("a rule that comes to no number is counted") {
  virtual_city city;
  city.start();
  city.tell("zone", "z", "set_policy.jane",
            setting("[[policy.rules]]\nname = \"odd\"\nwhen = \"1 / rider_orders\"\n"
                    "forbid = true\n"));
  city.begin_shift("r1");
  city.place("o1");
  city.node->advance(2s);
  CHECK(city.node->metrics().failed_rules == 1);
  CHECK(decisions_on(city, "o1").back().failed_rules == std::vector<std::string>{"odd"});
  CHECK(decisions_on(city, "o1").back().rider == "r1");
}

} // namespace
