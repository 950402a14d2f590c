#include "actors/domain/matching/matching.hpp"
#include "tests/domain/turns.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

/// Goods that no rider brings back.
using namespace dispatch;
using namespace dispatch::domain;

namespace {

const std::vector<goods> two_gas{{"gas", 2}};

/// The order `a`, with two of three cylinders of `s1`, is on board of `r1`.
small_zone given_on_board() {
  small_zone z;
  auto o = simple_order();
  o.station = "s1";
  o.items = two_gas;
  z.settle(to_station("s1", open_station{metres(0, 0)}),
           to_station("s1", report_stock{{{"gas", 3, 0}}}), to_order("a", o),
           to_rider("r1", start_shift{vehicle::car, 2, metres(0, 0)}));
  const auto& placed = z.orders["a"];
  proposal p{"r1",
             {"o1", {"a"}, {pick_up_stop("a", placed), drop_off_stop("a", placed)}, z.now + 45s}};
  p.orders = {{"a", wanted_goods{"s1", two_gas, z.now + 10min}, chosen_station{"s1", o.pick_up}}};
  REQUIRE(z.propose(p));
  z.settle(to_rider("r1", accept_offer{"o1"}), to_rider("r1", arrive_at_stop{"a"}),
           to_rider("r1", pick_up_order{"a"}));
  REQUIRE(z.orders["a"].status == order_status::picked_up);
  return z;
}

/// Names of the order's events since.
std::string told(const small_zone& z, std::size_t since) {
  std::string line;
  for (auto i = since; i < z.events.size(); ++i) {
    if (z.events[i].entity.kind == entity_kind::order) {
      line += (line.empty() ? "" : " ") + std::string{event_name(z.events[i].body)};
    }
  }
  return line;
}

} // namespace

TEST_CASE("write-off: a stranded order that ends tells which goods are lost") {
  auto z = given_on_board();
  z.settle(to_rider("r1", report_breakdown{"flat tyre"}));
  REQUIRE(z.orders["a"].stranded_with == "r1");
  const auto before = z.events.size();
  SUBCASE("cancelled") {
    z.settle(to_order("a", cancel_order{"too late"}));
    CHECK(told(z, before) == "goods_lost cancelled refund_requested");
  }
  SUBCASE("undeliverable") {
    z.now = z.orders["a"].waits_until.value();
    z.settle(to_order("a", pass_deadline{}));
    CHECK(told(z, before) == "goods_lost undeliverable refund_requested");
  }
}

TEST_CASE("write-off: what never comes back leaves the rider, and is told with the money") {
  auto z = given_on_board();
  const auto by_hand = to_order("a", write_off_order{"gone"}, true);
  const auto check_written_off = [&](std::size_t before) {
    CHECK(told(z, before) == "goods_lost written_off refund_requested");
    const auto& o = z.orders["a"];
    CHECK(o.status == order_status::written_off);
    CHECK(o.end_reason == "gone");
    CHECK(z.riders["r1"].route.empty());
    CHECK(z.stations["s1"].stock.front().on_hand == 1);
    const auto lost = std::ranges::find_if(z.events, [](const event& e) {
      const auto* of_order = std::get_if<order_event>(&e.body);
      return of_order != nullptr && std::holds_alternative<order_goods_lost>(*of_order);
    });
    REQUIRE(lost != z.events.end());
    CHECK(std::get<order_event>(lost->body) == order_event{order_goods_lost{"r1", "s1", two_gas}});
  };
  SUBCASE("on the way to the customer") {
    const auto before = z.events.size();
    z.settle(by_hand);
    check_written_off(before);
  }
  SUBCASE("on the way back, by a rider who broke down and is off shift") {
    z.settle(to_order("a", cancel_order{"too late"}));
    z.settle(to_rider("r1", report_breakdown{"flat tyre"}));
    REQUIRE(to_line(z.riders["r1"].route) == "-a");
    const auto before = z.events.size();
    z.settle(by_hand);
    check_written_off(before);
  }
}

TEST_CASE("write-off: only what is on board, by an operator, and not while it is paused") {
  auto z = given_on_board();
  z.settle(to_order("a", write_off_order{"gone"}));
  CHECK(z.orders["a"].status == order_status::picked_up);
  z.settle(to_order("a", pause_actor{"why"}, true));
  z.settle(to_order("a", write_off_order{"gone"}, true));
  CHECK(z.orders["a"].status == order_status::picked_up);
  z.settle(to_order("a", resume_actor{}, true), to_rider("r1", report_breakdown{"flat tyre"}));
  z.settle(to_order("a", write_off_order{"gone"}, true));
  CHECK(z.orders["a"].status == order_status::waiting); // Stranded: `cancel` ends it.
}

TEST_CASE("write-off: while the order is paused, the operator is told what comes first") {
  auto z = given_on_board();
  z.settle(to_order("a", pause_actor{"in doubt"}, true));
  const auto said = [&](const order_command& what, bool by_operator) {
    return apply(z.orders["a"], what, context{"a", z.now, by_operator, z.policy});
  };
  const auto refused = said(write_off_order{"gone"}, true);
  CHECK(refused.refused == refusal::paused);
  CHECK(refused.detail ==
        "an operator has paused it (in doubt): `resume` comes first, then send this again");
  CHECK(said(cancel_order{}, false).detail ==
        "an operator has paused it (in doubt): send this again when it has been resumed");
}

TEST_CASE("write-off: the rider who comes with the order all the same is told that it has ended") {
  auto z = given_on_board();
  const auto detail = [&](const std::string& order) {
    const rider_command command = deliver_order{order};
    const auto said = apply(z.riders["r1"], command, context{"r1", z.now, false, z.policy});
    CHECK(said.refused == refusal::not_first_stop);
    return said.detail;
  };
  const std::string ended =
      ": the rider never had the order, it has ended or was written off by an operator";
  CHECK(detail("b").starts_with("the rider does not have order b" + ended));
  z.settle(to_order("a", write_off_order{"gone"}, true));
  CHECK(detail("a").starts_with("the rider does not have order a" + ended));
}

TEST_CASE("write-off: with the rider's own steps in one turn, whatever comes first is so") {
  const auto by_hand = to_order("a", write_off_order{"gone"}, true);
  const auto there = to_rider("r1", arrive_at_stop{"a"});
  const auto handed_over = to_rider("r1", deliver_order{"a"});
  const auto down = to_rider("r1", report_breakdown{"flat tyre"});
  auto z = given_on_board();
  SUBCASE("delivered before") {
    z.settle(there, handed_over, by_hand);
    CHECK(z.orders["a"].status == order_status::delivered);
    CHECK_FALSE(z.orders["a"].refunded);
  }
  SUBCASE("written off before") {
    z.settle(there, by_hand, handed_over);
    CHECK(z.orders["a"].status == order_status::written_off);
  }
  SUBCASE("stranded before") {
    z.settle(down, by_hand);
    CHECK(z.orders["a"].stranded_with == "r1");
  }
  SUBCASE("written off before the breakdown") {
    z.settle(by_hand, down);
    CHECK(z.orders["a"].status == order_status::written_off);
  }
  CHECK(z.riders["r1"].route.empty());
}

TEST_CASE("write-off: what was stranded and fetched is lost with the rider who fetched it") {
  auto z = given_on_board();
  z.settle(to_rider("r1", report_breakdown{"flat tyre"}),
           to_rider("r2", start_shift{vehicle::car, 2, metres(0, 0)}));
  const auto& o = z.orders["a"];
  REQUIRE(z.propose(
      {"r2", {"o2", {"a"}, {pick_up_stop("a", o), drop_off_stop("a", o)}, z.now + 45s}, false}));
  SUBCASE("cancelled before: lost where it lies") {
    z.settle(to_rider("r2", accept_offer{"o2"}));
    const auto before = z.events.size();
    z.settle(to_order("a", cancel_order{"too late"}));
    CHECK(told(z, before) == "goods_lost cancelled refund_requested");
  }
  SUBCASE("on board of the second rider") {
    z.settle(to_rider("r2", accept_offer{"o2"}), to_rider("r2", arrive_at_stop{"a"}),
             to_rider("r2", pick_up_order{"a"}));
    const auto before = z.events.size();
    z.settle(to_order("a", write_off_order{"gone"}, true));
    CHECK(told(z, before) == "goods_lost written_off refund_requested");
  }
  CHECK(z.riders["r2"].route.empty());
}
