#include "actors/domain/route.hpp"
#include "cmd/dispatch-sim/city/rider_agent.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;

constexpr timestamp noon = scenario_day + 12h;
constexpr place home{4.60, -74.08};
constexpr place kitchen{4.61, -74.08};
constexpr place door{4.62, -74.08};

const stop pick_up{stop_kind::pick_up, "o1", kitchen, 1, noon + 30min};
const stop drop_off{stop_kind::drop_off, "o1", door, 1, {}};

duration travel(const place& from, const place& to) {
  return std::chrono::ceil<duration>(
      std::chrono::duration<double>(domain::travel_s(from, to, vehicle::motorcycle, policy{})));
}

/// A rider on shift at home.
struct bench {
  bench() { agent.observe(shift_started{{vehicle::motorcycle, 3, home}, noon}, "c.1", noon); }

  void accept(timestamp at) {
    agent.observe(offer_accepted{"f1", {"o1"}, {pick_up, drop_off}}, "c.2", at);
  }

  dispatch::policy policy;
  rider_agent agent{{"r1", vehicle::motorcycle, home, noon, noon + 8h}, policy};
};

template <class Command> const Command& next_is(const rider_agent& agent) {
  REQUIRE(agent.next());
  REQUIRE(std::holds_alternative<Command>(agent.next()->command));
  return std::get<Command>(agent.next()->command);
}

} // namespace

TEST_CASE("a rider drives, arrives, waits until it is ready, picks up, drives and delivers") {
  bench t;
  CHECK(t.agent.working());
  CHECK_FALSE(t.agent.next());
  t.accept(noon);
  CHECK(next_is<arrive_at_stop>(t.agent).order == "o1");
  const auto arrives = noon + travel(home, kitchen);
  CHECK(t.agent.next()->due == arrives);

  t.agent.took_step("c.3");
  CHECK_FALSE(t.agent.next());
  t.agent.observe(rider_arrived{"o1", stop_kind::pick_up, arrives}, "c.3", arrives);
  next_is<pick_up_order>(t.agent);
  CHECK(t.agent.next()->due == pick_up.not_before + t.policy.pick_up_service);

  const auto on_board = t.agent.next()->due;
  t.agent.took_step("c.4");
  t.agent.observe(order_collected{"o1", on_board}, "c.4", on_board);
  next_is<arrive_at_stop>(t.agent);
  const auto at_door = on_board + travel(kitchen, door);
  CHECK(t.agent.next()->due == at_door);

  t.agent.took_step("c.5");
  t.agent.observe(rider_arrived{"o1", stop_kind::drop_off, at_door}, "c.5", at_door);
  CHECK(next_is<deliver_order>(t.agent).order == "o1");
  CHECK(t.agent.next()->due == at_door + t.policy.drop_off_service);

  t.agent.took_step("c.6");
  t.agent.observe(order_handed_over{"o1", at_door + 2min}, "c.6", at_door + 2min);
  CHECK_FALSE(t.agent.next());
  CHECK(t.agent.position(at_door + 1h) == door);
}

TEST_CASE("the position moves evenly from where the rider was to where it goes") {
  bench t;
  t.accept(noon);
  const auto way = travel(home, kitchen);
  CHECK(t.agent.position(noon - 1s) == home);
  CHECK(t.agent.position(noon + way / 2).latitude == doctest::Approx(4.605).epsilon(1e-6));
  CHECK(t.agent.position(noon + way) == kitchen);
}

TEST_CASE("an order that is ready earlier is picked up earlier") {
  bench t;
  t.accept(noon);
  const auto arrives = t.agent.next()->due;
  t.agent.took_step("c.3");
  t.agent.observe(rider_arrived{"o1", stop_kind::pick_up, arrives}, "c.3", arrives);
  t.agent.observe(stop_ready{"o1", noon}, "c.9", arrives + 1s);
  CHECK(t.agent.next()->due == arrives + t.policy.pick_up_service);
}

TEST_CASE("a rider whose stops are released stays where it is, and goes on from there") {
  bench t;
  t.accept(noon);
  const auto half = noon + travel(home, kitchen) / 2;
  t.agent.observe(stops_released{"o1"}, "c.9", half);
  CHECK_FALSE(t.agent.next());
  const auto here = t.agent.position(half);
  CHECK(t.agent.position(half + 1h) == here);

  t.accept(half + 1h);
  CHECK(t.agent.next()->due == half + 1h + travel(here, kitchen));
}

TEST_CASE("what extends the route does not repeat a step whose outcome is awaited") {
  bench t;
  t.accept(noon);
  const auto arrives = t.agent.next()->due;
  t.agent.took_step("c.3");
  const stop more{stop_kind::drop_off, "o2", home, 1, {}};
  t.agent.observe(route_extended{"f2", {"o2"}, {pick_up, drop_off, more}}, "c.9", arrives);
  CHECK_FALSE(t.agent.next());
  t.agent.observe(rider_arrived{"o1", stop_kind::pick_up, arrives}, "c.3", arrives);
  next_is<pick_up_order>(t.agent);
}

TEST_CASE("a refused step is tried again a little later, another refusal changes nothing") {
  bench t;
  t.accept(noon);
  const auto arrives = t.agent.next()->due;
  t.agent.took_step("c.3");
  t.agent.refused("c.8", arrives);
  CHECK_FALSE(t.agent.next());
  t.agent.refused("c.3", arrives);
  next_is<arrive_at_stop>(t.agent);
  CHECK(t.agent.next()->due == arrives + 10s);
}

TEST_CASE("a rider off shift works until the route is done") {
  bench t;
  t.accept(noon);
  t.agent.observe(shift_ended{}, "c.9", noon + 1s);
  CHECK(t.agent.working());
  t.agent.observe(stops_released{"o1"}, "c.9", noon + 2s);
  CHECK_FALSE(t.agent.working());
}

TEST_CASE("answers to offers follow from the seed and have the shares asked for") {
  rider_habits habits;
  habits.accept = 0.5;
  habits.decline = 0.3;
  habits.ignore = 0.2;
  int accepted = 0;
  int declined = 0;
  int ignored = 0;
  for (int i = 0; i < 2000; ++i) {
    const auto id = "f" + std::to_string(i);
    const auto answer = answer_to(id, habits);
    CHECK(answer.after >= habits.think_min);
    CHECK(answer.after <= habits.think_max);
    CHECK(answer_to(id, habits).after == answer.after);
    if (!answer.say) {
      ++ignored;
    } else if (const auto* accept = std::get_if<accept_offer>(&*answer.say)) {
      CHECK(accept->offer == id);
      ++accepted;
    } else {
      CHECK(std::get<decline_offer>(*answer.say).offer == id);
      ++declined;
    }
  }
  CHECK(std::abs(accepted - 1000) < 100);
  CHECK(std::abs(declined - 600) < 100);
  CHECK(std::abs(ignored - 400) < 100);
}

} // namespace dispatch::sim
