// Riders' work as no reducer may produce it: each is rejected by name.

#include "tests/audit/lives.hpp"

using namespace dispatch;
using namespace script;
using namespace std::chrono_literals;

TEST_CASE("a rider on a break is not asked, and breaks do not overlap") {
  const break_started rests{"lunch", {}};
  expect(with_turn(offer_turn, a_rider_event("r1", rests)), check::rider_transition);
  expect(with_turn(offer_turn, a_rider_event("r1", break_ended{})), check::rider_transition);
  // Not while an offer is open: it is declined first.
  expect(with_turn(accept_turn, a_rider_event("r1", rests)), check::rider_transition);
  auto day = with_turn(offer_turn, a_rider_event("r1", break_ended{}));
  day.insert(day.begin() + offer_turn, a_rider_event("r1", rests));
  day.resize(offer_turn + 2);
  const auto report = judge(write(day));
  CHECK_MESSAGE(report.clean(), audit::to_text(report));
}

TEST_CASE("a rider is at work in one zone, and leaves it without work in hand") {
  const transfer_started leaves{"y", {}};
  expect(with_turn(pick_up_turn, a_rider_event("r1", leaves)), check::rider_route);
  // Not asked, and no shift, until the other zone has answered.
  expect(with_turn(offer_turn, a_rider_event("r1", leaves)), check::rider_transition);
  const shift_started anew{{vehicle::walking, 1, {}}, time_of(offer_turn + 1)};
  const auto leaving_and_then = [&](rider_event next) {
    auto day = up_to(offer_turn, a_rider_event("r1", leaves));
    day.push_back(a_rider_event("r1", std::move(next)));
    return day;
  };
  expect(leaving_and_then(anew), check::rider_transition);
  expect(leaving_and_then(rider_received{}), check::rider_transition);
  expect(up_to(offer_turn, a_rider_event("r1", rider_received{})), check::rider_transition);
  expect(up_to(offer_turn, a_rider_event("r1", transfer_ended{})), check::rider_transition);
  for (const auto received : {true, false}) {
    auto day = leaving_and_then(transfer_ended{"y", 1, received, {}});
    day.push_back(received ? a_rider_event("r1", anew) : a_rider_event("r1", shift_ended{}));
    const auto report = judge(write(day));
    CHECK_MESSAGE(report.clean(), audit::to_text(report));
  }
}

TEST_CASE("a shift that ends by itself ends in time") {
  const auto ending = [](std::optional<timestamp> ends_at) {
    auto day = good_day();
    find<rider_event, shift_started>(day[1]).ends_at = ends_at;
    day.resize(offer_turn);
    day.push_back(a_rider_event("r1", shift_ended{shift_end::planned_end}));
    return day;
  };
  expect(ending(std::nullopt), check::rider_transition);
  expect(ending(time_of(offer_turn) + 1us), check::rider_transition);
  const auto report = judge(write(ending(time_of(offer_turn))));
  CHECK_MESSAGE(report.clean(), audit::to_text(report));
}

TEST_CASE("a breakdown leaves nothing on the route, and strands what is on board") {
  const auto breaking_down = [](std::size_t place, const std::vector<std::string>& orders,
                                const std::vector<std::string>& on_board) {
    turn t;
    t.rider("r1", broke_down{"flat", {}, time_of(place), orders, on_board});
    t.rider("r1", shift_ended{shift_end::breakdown});
    return t;
  };
  const order_stranded stranded{"r1", {}, time_of(pick_up_turn + 1), time_of(1000)};
  const order_unassigned unassigned{"r1", unassign_reason::breakdown, time_of(1000)};
  SUBCASE("on board") {
    auto t = breaking_down(pick_up_turn + 1, {}, {"o1"});
    t.order("o1", stranded);
    const auto report = judge(write(up_to(pick_up_turn + 1, t)));
    CHECK_MESSAGE(report.clean(), audit::to_text(report));
    expect(up_to(pick_up_turn + 1, breaking_down(pick_up_turn + 1, {}, {"o1"})),
           check::views_agree);
    expect(up_to(pick_up_turn + 1, breaking_down(pick_up_turn + 1, {"o1"}, {})),
           check::rider_route);
    expect(up_to(pick_up_turn + 1, breaking_down(pick_up_turn + 1, {}, {})), check::rider_route);
  }
  SUBCASE("not on board") {
    auto t = breaking_down(pick_up_turn, {"o1"}, {});
    t.order("o1", unassigned);
    const auto report = judge(write(up_to(pick_up_turn, t)));
    CHECK_MESSAGE(report.clean(), audit::to_text(report));
    t.order("o1", stranded);
    expect(up_to(pick_up_turn, t), check::order_transition);
    expect(up_to(pick_up_turn, breaking_down(pick_up_turn, {}, {"o1"})), check::rider_route);
  }
  SUBCASE("handed back") {
    turn t;
    t.rider("r1", route_handed_back{{"o1"}}).order("o1", unassigned);
    const auto report = judge(write(up_to(pick_up_turn, t)));
    CHECK_MESSAGE(report.clean(), audit::to_text(report));
    expect(up_to(pick_up_turn + 1, t), check::rider_route);
  }
}
