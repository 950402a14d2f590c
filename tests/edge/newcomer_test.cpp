#include "tests/edge/edge.hpp"

#include <string>

/// What somebody types first, one line after the other, without a pause.
namespace {

using namespace dispatch;
using namespace dispatch::edge;

constexpr auto fresh = "fresh";

TEST_CASE("a zone that was created a moment ago is there") {
  town f;
  const auto made = f.ctl({"zone", "create", fresh});
  REQUIRE_MESSAGE(made.code == exit_code::done, made.err);
  CHECK_MESSAGE(made.says("zone fresh is open, on node "), made.err);
  const auto listed = f.ctl({"zone", "list"});
  CHECK_MESSAGE(listed.shows("running"), listed.out);
  CHECK_FALSE_MESSAGE(listed.shows("not served"), listed.out);
  f.check_untouched();
}

TEST_CASE("a rider accepts the open offer without its id") {
  town f;
  auto& untouched = *f.client;
  REQUIRE(ask_soon(untouched, "rider.r1.start_shift", shift_body()));
  const auto early = f.ctl({"rider", "accept", "r1", "--zone", town::untouched});
  CHECK(early.code == exit_code::conflict);
  CHECK_MESSAGE(early.says("rider r1 has no open offer: the rider is idle"), early.err);
  REQUIRE(ask_soon(untouched, "order.o1.place", order_body()));
  (void)untouched.await_event("rider.r1.offer_received");
  const auto accepted = f.ctl({"rider", "accept", "r1", "--zone", town::untouched});
  CHECK_MESSAGE(accepted.code == exit_code::done, accepted.err);
  CHECK_MESSAGE(accepted.shows("rider r1  offer_accepted"), accepted.out);
  const auto unknown = f.ctl({"rider", "accept", "r9", "--zone", town::untouched});
  CHECK_MESSAGE(unknown.code == exit_code::not_found, unknown.err);
  f.check_untouched();
}

TEST_CASE("a refusal has one name in the event's line, in the error and in lists") {
  town f;
  REQUIRE(ask_soon(*f.client, "rider.r1.start_shift", shift_body()));
  REQUIRE(ask_soon(*f.client, "order.o1.place", order_body()));
  (void)f.client->await_event("rider.r1.offer_received");
  REQUIRE(f.ctl({"rider", "accept", "r1", "--zone", town::untouched}).code == exit_code::done);
  const auto told =
      f.ctl({"send", "rider", "r1", "pick_up", R"({"order":"o1"})", "--zone", town::untouched});
  CHECK(told.code == exit_code::conflict);
  CHECK_MESSAGE(told.shows("code=not_arrived"), told.out);
  CHECK_MESSAGE(told.says("refused, not_arrived: "), told.err);
}

} // namespace
