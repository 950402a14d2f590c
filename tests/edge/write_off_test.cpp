#include "tests/edge/edge.hpp"

#include <string>
#include <vector>

/// What only an operator ends: an order that no rider brings back, a door that no code opens.
namespace {

using namespace dispatch;
using namespace dispatch::edge;

constexpr auto of_order = R"({"order":"o1"})";

/// Two cylinders of `s1` are on board of `r1`. The customer says `4711`.
void bring_on_board(town& f) {
  auto& zone = *f.client;
  REQUIRE(ask_soon(zone, "station.s1.open", R"({"at":{"latitude":7.1,"longitude":-73.1}})"));
  REQUIRE(ask_soon(zone, "station.s1.stock", R"({"levels":[{"item":"gas","on_hand":3}]})"));
  REQUIRE(ask_soon(zone, "rider.r1.start_shift", shift_body()));
  auto order = order_body();
  order.insert(1, R"("delivery_code":"4711","items":[{"item":"gas","quantity":2}],)");
  REQUIRE(ask_soon(zone, "order.o1.place", order));
  const auto offer = offer_in(zone.await_event("rider.r1.offer_received")).id;
  REQUIRE(ask_soon(zone, "rider.r1.accept", R"({"offer":")" + offer + R"("})"));
  for (const std::string step : {"arrive", "pick_up"}) {
    REQUIRE(ask_soon(zone, "rider.r1." + step, of_order));
  }
}

ended ctl_of_jane(const town& f, std::vector<std::string> words) {
  words.insert(words.end(), {"--zone", town::untouched, "--operator", "jane"});
  return f.ctl(std::move(words));
}

TEST_CASE("what a rider never brings back is written off, once it is known what is lost") {
  town f;
  const auto unknown = ctl_of_jane(f, {"order", "write-off", "o1", "--yes"});
  CHECK_MESSAGE(unknown.code == exit_code::not_found, unknown.err);
  bring_on_board(f);
  const auto asked = ctl_of_jane(f, {"order", "write-off", "o1"});
  CHECK_MESSAGE(asked.code == exit_code::usage, asked.err);
  CHECK_MESSAGE(asked.says("2 gas of station s1 are lost"), asked.err);
  CHECK(f.client->admin("get", {{"kind", "order"}, {"id", "o1"}}).at("status") == "picked_up");
  const auto done = ctl_of_jane(f, {"order", "write-off", "o1", "--reason", "gone", "--yes"});
  CHECK_MESSAGE(done.code == exit_code::done, done.err);
  (void)f.client->await_event("order.o1.goods_lost");
  (void)f.client->await_event("order.o1.written_off");
  (void)f.client->await_event("order.o1.refund_requested");
  (void)f.client->await_event("rider.r1.stops_released");
  const auto again = ctl_of_jane(f, {"order", "write-off", "o1", "--yes"});
  CHECK_MESSAGE(again.code == exit_code::conflict, again.err);
  CHECK_MESSAGE(again.says("is written_off"), again.err);
  const auto verified = f.ctl({"zone", "verify", town::untouched});
  CHECK_MESSAGE(verified.code == exit_code::done, verified.out, verified.err);
}

TEST_CASE("a door that too many wrong codes have locked is opened by an operator") {
  town f;
  bring_on_board(f);
  auto& zone = *f.client;
  REQUIRE(ask_soon(zone, "rider.r1.arrive", of_order));
  const auto refusal_of = [&](const std::string& code) {
    const auto told =
        ask_soon(zone, "rider.r1.deliver", R"({"order":"o1","code":")" + code + R"("})");
    REQUIRE(told);
    return refusal_in(*told);
  };
  for (int code = 1; code <= 5; ++code) {
    CHECK(refusal_of(std::to_string(code)) == refusal::wrong_code);
  }
  CHECK(refusal_of("4711") == refusal::code_locked);
  const auto confirmed = ctl_of_jane(f, {"send", "rider", "r1", "deliver", of_order});
  CHECK_MESSAGE(confirmed.code == exit_code::done, confirmed.err);
  (void)zone.await_event("order.o1.delivered");
  const auto verified = f.ctl({"zone", "verify", town::untouched});
  CHECK_MESSAGE(verified.code == exit_code::done, verified.out, verified.err);
}

} // namespace
