#include "messages/nats/bucket.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/ctl/support.hpp"
#include "tests/integration/deciding.hpp"
#include "tests/integration/live_zone.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

/// The policy of a running zone, changed and taken back by its operator.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
using cli::exit_code;
using dispatch::testing::ended;
using dispatch::testing::run_ctl;

struct steered_zone : live_zone {
  ended ctl(std::vector<std::string> words) const {
    words.insert(words.end(), {"--server", where.url(), "--zone", "z"});
    return run_ctl(words);
  }

  /// A file with this text.
  std::string written(const std::string& text) const {
    const auto path = (where.directory() / "policy.toml").string();
    std::ofstream{path} << text;
    return path;
  }

  nlohmann::json decisions_on(const std::string& order) {
    return client->admin("explain", {{"id", order}})["decisions"];
  }

  std::string policy_in_bucket() const {
    nats::bucket zones{where.on(), wire::zones_bucket("dispatch")};
    return value_of(zones.get("z"))->value;
  }
};

TEST_CASE_FIXTURE(steered_zone, "a policy is set, decides, and is taken back") {
  client->ask("rider.r1.start_shift", shift_body());
  CHECK(ctl({"zone", "policy", "show"}).shows("version = 1 #"));
  const auto file = written("[policy]\nversion = 1\nmatch_interval_ms = 10\n"
                            "[[policy.rules]]\nname = \"never\"\nwhen = \"1\"\nforbid = true\n");
  const auto difference = ctl({"zone", "policy", "diff", file});
  CHECK(difference.shows("+ rule never.forbid = true"));
  CHECK_FALSE(difference.shows("match_interval"));

  const auto set = ctl({"zone", "policy", "set", file, "--operator", "jane"});
  CHECK_MESSAGE(set.code == exit_code::done, set.err);
  CHECK(set.says("+ rule never.when = \"1\""));
  CHECK(set.shows("zone z has policy version 2 from the next turn on"));
  client->ask("order.o1.place", order_body());
  await("the order to wait for the rule", [&] {
    const auto made = decisions_on("o1");
    return !made.empty() && made.back()["waiting"] == "WAITING_REASON_RULE";
  });
  CHECK(decisions_on("o1").back()["policy_version"] == 2);
  const auto explained = ctl({"order", "explain", "o1"});
  CHECK(explained.shows("It waits because a rule of the policy forbids it"));
  CHECK(explained.shows("policy version 2"));
  CHECK(explained.shows("rules that apply to the order: never"));
  CHECK(wire::zone_definition_from_toml(policy_in_bucket())->policy.version == 2);

  SUBCASE("who has not seen it is refused, who sees nothing new changes nothing") {
    const auto late = ctl({"zone", "policy", "set", file, "--operator", "joe"});
    CHECK(late.code == exit_code::conflict);
    CHECK(late.says("was made from version 1, but version 2 is in force"));
    const auto shown = written(ctl({"zone", "policy", "show"}).out);
    const auto same = ctl({"zone", "policy", "set", shown, "--operator", "joe"});
    CHECK(same.code == exit_code::done);
    CHECK(same.says("nothing to change: version 2"));
    const auto wrong = written("[policy]\nrules = [{name = \"a\", when = \"x >\", forbid = true}]");
    CHECK(ctl({"zone", "policy", "set", wrong, "--operator", "joe"}).code == exit_code::usage);
  }
  SUBCASE("it survives a crash") {
    node->kill();
    restart();
    await("the zone to be back", [&] {
      return ctl({"zone", "policy", "show"}).shows("version = 2 #");
    });
  }
  const auto back = ctl({"zone", "policy", "rollback", "1", "--operator", "jane"});
  CHECK_MESSAGE(back.code == exit_code::done, back.err);
  CHECK(back.says("- rule never.forbid = true"));
  client->await_event("order.o1.offered");
  CHECK(decisions_on("o1").back()["policy_version"] == 3);
  const auto history = ctl({"zone", "policy", "history"});
  CHECK(history.shows("(definition)"));
  CHECK(history.shows("jane"));
  CHECK(history.shows("rule never.forbid"));
  CHECK(ctl({"zone", "policy", "rollback", "9", "--operator", "jane"}).code ==
        exit_code::not_found);
  CHECK(ctl({"zone", "create", "z"}).code == exit_code::done);
  check_well("o2");

  // Decided again with the definition as it is now, not as it was.
  const auto now = value_of(wire::zone_definition_from_toml(policy_in_bucket()));
  CHECK(now.policy.version == 3);
  node->kill();
  CHECK(difference_when_decided_again(now, stored_log(where, "z"), 2).value_or("") == "");
}

} // namespace
