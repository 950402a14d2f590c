#include "actors/domain/waybill.hpp"
#include "tests/domain/scenario.hpp"

#include <doctest/doctest.h>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

attach_waybill paper(const std::string& number, bool is_signed) {
  return {{number, "document", is_signed ? "SM2-SM3" : "", is_signed ? "key" : "",
           is_signed ? "signature" : ""}};
}

order assigned_order() {
  order o;
  auto details = simple_order();
  details.load = 3;
  details.reference = "shop/7";
  perform(o, details, dawn);
  perform(o, offer_order{"f1", "r1"}, dawn + 1min);
  perform(o, confirm_order{"f1", "r1", true}, dawn + 2min);
  return o;
}

} // namespace

TEST_CASE("waybill: it says who carries what from where to where, and since when") {
  const auto o = assigned_order();
  REQUIRE(wants_waybill(o));
  CHECK(waybill_of("z", "x", o) == waybill{.number = "x-1",
                                           .zone = "z",
                                           .order = "x",
                                           .rider = "r1",
                                           .offer = "f1",
                                           .station = "s1",
                                           .pick_up = metres(0, 0),
                                           .drop_off = metres(1000, 0),
                                           .load = 3,
                                           .reference = "shop/7",
                                           .assigned_at = dawn + 2min});
}

TEST_CASE("waybill: an order wants one from its assignment on, until it is signed") {
  auto o = assigned_order();
  perform(o, paper("x-1", false), dawn + 3min);
  CHECK(o.waybill_issued);
  CHECK(wants_waybill(o));
  perform(o, collect_order{"r1"}, dawn + 4min);
  CHECK(wants_waybill(o));
  SUBCASE("on its way") {}
  SUBCASE("delivered with an unsigned one") {
    perform(o, complete_order{"r1"}, dawn + 5min);
    CHECK(perform(o, paper("x-1", false), dawn + 6min).refused == refusal::wrong_status);
  }
  CHECK(wants_waybill(o));
  CHECK(waybill_of("z", "x", o).rider == "r1");
  perform(o, paper("x-1", true), dawn + 6min);
  CHECK(o.waybill_signed);
  CHECK_FALSE(wants_waybill(o));
}

TEST_CASE("waybill: what ended without any wants none") {
  auto o = assigned_order();
  perform(o, collect_order{"r1"}, dawn + 4min);
  perform(o, complete_order{"r1"}, dawn + 5min);
  CHECK_FALSE(wants_waybill(o));
  CHECK(perform(o, paper("x-1", true), dawn + 6min).refused == refusal::wrong_status);
}

TEST_CASE(
    "waybill: another assignment gets another number, and a late paper of the first nothing") {
  auto o = assigned_order();
  perform(o, paper("x-1", false), dawn + 3min);
  perform(o, assign_order{"r2"}, dawn + 4min, true);
  CHECK(wants_waybill(o)); // Of the first rider, who keeps it until the other one has it.
  perform(o, confirm_order{"f2", "r2"}, dawn + 4min);
  CHECK(wants_waybill(o));
  CHECK_FALSE(o.waybill_issued);
  CHECK(waybill_of("z", "x", o).number == "x-2");
  CHECK(waybill_of("z", "x", o).rider == "r2");
  CHECK(perform(o, paper("x-1", true), dawn + 5min).refused == refusal::wrong_status);
}

TEST_CASE("waybill: what was assigned before there were any gets none") {
  auto o = assigned_order();
  evolve(o, order_assigned{"f1", "r1"}); // As an old log has it.
  CHECK_FALSE(wants_waybill(o));
  CHECK(perform(o, paper("x-0", true), dawn + 5min).refused == refusal::wrong_status);
}
