#include "tests/ctl/support.hpp"
#include "tests/integration/deciding.hpp"
#include "tests/integration/live_zone.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

/// Dead letters of a live zone that an operator brings to life.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
using cli::exit_code;

testing::ended ctl(const live_zone& f, std::vector<std::string> words) {
  words.insert(words.end(), {"--server", f.where.url(), "--operator", "jane"});
  return testing::run_ctl(words);
}

TEST_CASE("a command that was quarantined is replayed, takes effect once, and is put aside") {
  live_zone f;
  f.node->kill();
  const auto bad = f.client->publish("order.o1.place", order_body(), {.id = "shop.deadly"});
  REQUIRE(bad.error_code == 0);
  const auto buried = [&] {
    f.client->look();
    return f.client->dead_letters().contains(bad.sequence);
  };
  while (!buried()) {
    f.node.emplace(f.where, dispatchd::settings{.failpoint = "command=shop.deadly"});
    await("the end of dispatchd, or of the command",
          [&] { return buried() || f.node->has_ended(); });
    if (f.node->has_ended()) {
      f.node->wait_for_end();
    }
  }
  CHECK(f.client->burial(bad.sequence).reason == "quarantined");
  f.client->burial(f.client->publish("order.o2.place", "{").sequence);

  const auto replayed = ctl(f, {"dead", "replay", "--all", "--reason", "quarantined"});
  CHECK_MESSAGE(replayed.code == exit_code::done, replayed.err);
  CHECK(replayed.shows("order o1  placed"));
  f.client->await_event("order.o1.placed");

  // What is wrong in itself dies again, of the same cause, and is a new letter.
  const auto wrong = ctl(f, {"dead", "replay", "--all"});
  CHECK(wrong.code == exit_code::partial);
  CHECK(wrong.says("bad_body"));
  const auto listed = testing::run_ctl({"dead", "list", "--server", f.where.url(), "-o", "json"});
  const auto left = nlohmann::json::parse(listed.out);
  REQUIRE(left.size() == 1);
  CHECK(left[0]["dead_letter"]["reason"] == "bad_body");
  const auto name = std::to_string(left[0]["sequence"].get<std::uint64_t>());
  CHECK(ctl(f, {"dead", "drop", name}).code == exit_code::done);
  CHECK(testing::run_ctl({"dead", "list", "--server", f.where.url(), "--no-headers"}).out.empty());
  f.check_well("after");
  CHECK(f.node->stop() == 0);
  const auto difference = difference_when_decided_again(quick_zone(), stored_log(f.where, "z"), 2);
  CHECK_MESSAGE(!difference, difference.value_or(""));
}

} // namespace
