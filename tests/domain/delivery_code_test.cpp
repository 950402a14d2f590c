#include "actors/domain/machines/rider.hpp"
#include "actors/domain/matching/matching.hpp"
#include "tests/domain/turns.hpp"

#include <doctest/doctest.h>

#include <string>

/// What guesses at the door come to.
using namespace dispatch;
using namespace dispatch::domain;

namespace {

/// The order `a`, whose customer says `4711`, is offered to the rider, who collects it and stands
/// at the door.
void bring_to_door(small_zone& z, const std::string& rider) {
  z.settle(to_rider(rider, start_shift{vehicle::car, 2, metres(0, 0)}));
  const auto& o = z.orders["a"];
  const auto offer = "o-" + rider;
  REQUIRE(z.propose(
      {rider, {offer, {"a"}, {pick_up_stop("a", o), drop_off_stop("a", o)}, z.now + 45s}, false}));
  z.settle(to_rider(rider, accept_offer{offer}), to_rider(rider, arrive_at_stop{"a"}),
           to_rider(rider, pick_up_order{"a"}), to_rider(rider, arrive_at_stop{"a"}));
  REQUIRE(z.orders["a"].status == order_status::picked_up);
}

small_zone given_at_door() {
  small_zone z;
  auto o = simple_order();
  o.delivery_code = "4711";
  z.settle(to_order("a", o));
  bring_to_door(z, "r1");
  return z;
}

/// What the rider's code comes to, and makes it so.
std::string said(small_zone& z, const std::string& rider, const std::string& code,
                 bool by_operator = false) {
  const rider_command command = deliver_order{"a", code};
  const auto line =
      to_line(apply(z.riders[rider], command, context{rider, z.now, by_operator, z.policy}));
  z.settle(to_rider(rider, command, by_operator));
  return line;
}

} // namespace

TEST_CASE("code: who guesses has five attempts, with however many riders") {
  auto z = given_at_door();
  for (const auto* code : {"1", "2", "3"}) {
    CHECK(said(z, "r1", code) == "!wrong_code");
  }
  z.settle(to_rider("r1", report_breakdown{"flat tyre"}));
  bring_to_door(z, "r2");
  CHECK(z.riders["r2"].route.front().wrong_codes == 3);
  CHECK(said(z, "r2", "4") == "!wrong_code");
  CHECK(said(z, "r2", "5") == "!wrong_code");
  CHECK(z.orders["a"].wrong_codes == 5);
  CHECK(said(z, "r2", "4711") == "!code_locked");
  CHECK(said(z, "r2", "6") == "!code_locked");
  CHECK(z.orders["a"].wrong_codes == 5);
  CHECK(z.orders["a"].status == order_status::picked_up);
}

TEST_CASE("code: the right one opens the door until then, and none is no guess") {
  auto z = given_at_door();
  for (const auto* code : {"1", "2", "3", "4", "", "", ""}) {
    CHECK(said(z, "r1", code) == "!wrong_code");
  }
  CHECK(z.orders["a"].wrong_codes == 4);
  CHECK(said(z, "r1", "4711") == "order_handed_over");
  CHECK(z.orders["a"].status == order_status::delivered);
}

TEST_CASE("code: an operator confirms a hand-over without it, or the rider brings it back") {
  auto z = given_at_door();
  for (const auto* code : {"1", "2", "3", "4", "5"}) {
    said(z, "r1", code);
  }
  SUBCASE("confirmed") {
    CHECK(said(z, "r1", "", true) == "order_handed_over");
    CHECK(z.orders["a"].status == order_status::delivered);
  }
  SUBCASE("brought back: the station needs no code") {
    z.settle(to_rider("r1", fail_delivery{"a", "no code"}), to_rider("r1", arrive_at_stop{"a"}));
    CHECK(said(z, "r1", "") == "order_handed_over");
    CHECK(z.orders["a"].status == order_status::returned);
  }
}

TEST_CASE("code: the policy says how many attempts there are, and a refusal how many are left") {
  auto z = given_at_door();
  z.policy.code_attempts_max = 2;
  const auto detail = [&] {
    return apply(z.riders["r1"], deliver_order{"a", "1"}, context{"r1", z.now, false, z.policy})
        .detail;
  };
  CHECK(detail().find("attempts left: 1") != std::string::npos);
  said(z, "r1", "1");
  CHECK(detail().find("an operator has to confirm") != std::string::npos); // It is the last one.
  said(z, "r1", "1");
  CHECK(detail().find("2 wrong codes were given: an operator") != std::string::npos);
  z.policy.code_attempts_max = 3;
  CHECK(said(z, "r1", "4711") == "order_handed_over");
}

TEST_CASE("code: an attempt counts even if the rider breaks down, or the order is cancelled then") {
  const auto guess = to_rider("r1", deliver_order{"a", "1"});
  auto z = given_at_door();
  SUBCASE("breakdown") { z.settle(guess, to_rider("r1", report_breakdown{"flat tyre"})); }
  SUBCASE("cancelled") { z.settle(guess, to_order("a", cancel_order{"why"})); }
  CHECK(z.orders["a"].wrong_codes == 1);
}
