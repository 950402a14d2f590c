#include "cmd/dispatch-sim/city/city.hpp"
#include "messages/wire/codec.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;

constexpr timestamp noon = scenario_day + 12h;
constexpr place home{4.60, -74.08};
constexpr place kitchen{4.61, -74.08};
constexpr place door{4.62, -74.08};

/// A city of one station, one rider and one order, and a note of all it says.
class script : public city_voice {
public:
  script() {
    plan.begins = noon;
    plan.stations = {{"s1", kitchen}};
    plan.riders = {{"r1", vehicle::motorcycle, home, noon, noon + 8h}};
    plan.orders = {{"o1", "s1", kitchen, door, noon + 1min, noon + 5min}};
    habits.accept = 1.0;
    town.emplace(plan, habits, policy{}, *this);
  }

  std::string tell(const entity_ref& target, const command_body& command) override {
    if (const auto* of_station = std::get_if<station_command>(&command)) {
      if (const auto* count = std::get_if<report_stock>(of_station)) {
        counted.push_back(count->levels.at(0).on_hand);
      }
    }
    said.push_back(std::string(to_string(target.kind))
                       .append(".")
                       .append(target.id)
                       .append(".")
                       .append(wire::verb_of(command)));
    const auto id = "c." + std::to_string(said.size());
    answered = target.kind == entity_kind::station ? answered : id;
    return id;
  }
  std::string wish(const entity_ref& target, const command_body& command) override {
    const auto id = tell(target, command);
    said.back() += ".operator";
    return id;
  }
  std::string move(const std::string& rider, bool back) override {
    said.push_back("rider." + rider + (back ? ".back" : ".away"));
    return "c." + std::to_string(said.size());
  }
  void report_position(const std::string& rider, const place&) override {
    reported.push_back(rider);
  }

  /// Lets the city act until this time; returns what it said meanwhile.
  std::vector<std::string> until(timestamp now) {
    const auto before = said.size();
    while (town->next_due() && *town->next_due() <= now) {
      town->act(*town->next_due(), 1);
    }
    return {said.begin() + static_cast<std::ptrdiff_t>(before), said.end()};
  }

  void hear(const entity_ref& who, timestamp at, event_body body) {
    town->observe(event{who, at, answered, {}, std::move(body)}, at);
  }
  void hear_rider(timestamp at, rider_event body) {
    hear({entity_kind::rider, "r1"}, at, std::move(body));
  }
  void hear_order(timestamp at, order_event body) {
    hear({entity_kind::order, "o1"}, at, std::move(body));
  }
  void receive_offer(timestamp at) {
    hear_rider(at, offer_received{{"f1", {"o1"}, route, at + 45s}});
  }

  rider_habits habits;
  const std::vector<stop> route{{stop_kind::pick_up, "o1", kitchen, 1, noon + 5min},
                                {stop_kind::drop_off, "o1", door, 1, {}}};
  scenario plan;
  std::vector<std::string> said;
  std::vector<std::string> reported;
  std::vector<std::uint32_t> counted; ///< of one article, by the sensor
  std::string answered;               ///< command by which events come to be
  std::optional<city> town;
};

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("what happens by itself: stations open, riders come and go, orders are placed") {
  script t;
  CHECK(t.until(noon) == lines{"station.s1.open", "rider.r1.start_shift"});
  CHECK(t.until(noon + 1min - 1us).empty());
  CHECK(t.until(noon + 1min) == lines{"order.o1.place"});
  CHECK(t.town->placed_orders() == 1);
  CHECK(t.until(noon + 9h) == lines{"rider.r1.end_shift"});
}

TEST_CASE("in a closed city no order is placed or paid any more") {
  script t;
  t.plan.orders.push_back({"o2", "s1", kitchen, door, noon + 2min, noon + 5min});
  t.plan.orders.back().payments = {noon + 3min};
  t.town.emplace(t.plan, t.habits, policy{}, t);
  t.until(noon + 1min);
  CHECK(t.town->open_orders() == 2);
  t.town->close();
  t.town->close();
  CHECK(t.town->open_orders() == 1);
  CHECK(t.until(noon + 1h).empty());
  CHECK(t.town->placed_orders() == 1);
  t.hear_order(noon + 1h, order_cancelled{"changed_mind", ""});
  CHECK(t.town->over());
}

TEST_CASE("an offer is answered after a think, if it is still open") {
  script t;
  t.until(noon);
  t.hear_rider(noon, shift_started{{vehicle::motorcycle, 3, home}, noon});
  CHECK(t.town->working_riders() == 1);
  t.until(noon + 1min);

  t.receive_offer(noon + 2min);
  CHECK(t.until(noon + 2min + 4s).empty());
  SUBCASE("open") { CHECK(t.until(noon + 2min + 25s) == lines{"rider.r1.accept"}); }
  SUBCASE("withdrawn") {
    t.hear_rider(noon + 2min + 4s, offer_withdrawn{"f1"});
    CHECK(t.until(noon + 2min + 25s).empty());
  }
}

TEST_CASE("an accepted order is carried step by step, each after the outcome of the one before") {
  script t;
  t.until(noon);
  t.hear_rider(noon, shift_started{{vehicle::motorcycle, 3, home}, noon});
  t.until(noon + 1min);
  t.receive_offer(noon + 2min);
  t.until(noon + 3min);
  t.hear_rider(noon + 3min, offer_accepted{"f1", {"o1"}, t.route});

  CHECK(t.until(noon + 20min) == lines{"rider.r1.arrive"});
  t.hear_rider(noon + 20min, rider_arrived{"o1", stop_kind::pick_up, noon + 20min});
  CHECK(t.until(noon + 30min) == lines{"rider.r1.pick_up"});
  t.hear_rider(noon + 30min, order_collected{"o1", noon + 30min});
  CHECK(t.until(noon + 50min) == lines{"rider.r1.arrive"});
  t.hear_rider(noon + 50min, rider_arrived{"o1", stop_kind::drop_off, noon + 50min});
  CHECK(t.until(noon + 60min) == lines{"rider.r1.deliver"});
  t.hear_rider(noon + 60min, order_handed_over{"o1", noon + 60min});
  CHECK(t.until(noon + 7h).empty());
}

TEST_CASE("who is sent on a break for ignoring offers comes back after a while") {
  script t;
  t.until(noon);
  t.hear_rider(noon, shift_started{{vehicle::motorcycle, 3, home}, noon});
  t.until(noon + 1min);
  t.hear_rider(noon + 2min, break_started{"ignored_offers", noon + 2min});
  CHECK(t.until(noon + 7min - 1us).empty());
  SUBCASE("at work") { CHECK(t.until(noon + 7min) == lines{"rider.r1.end_break"}); }
  SUBCASE("the shift has ended meanwhile") {
    t.hear_rider(noon + 3min, shift_ended{});
    CHECK(t.until(noon + 7min).empty());
  }
}

TEST_CASE("positions are reported once per interval while the rider works") {
  script t;
  t.until(noon + 2min);
  CHECK(t.reported.empty()); // the zone has not said that the shift began
  t.hear_rider(noon, shift_started{{vehicle::motorcycle, 3, home}, noon});
  t.until(noon + 12min);
  CHECK(t.reported.size() == 10);
  CHECK(t.town->tally().positions == 10);
  t.hear_rider(noon + 12min, shift_ended{});
  CHECK(t.town->working_riders() == 0);
  t.until(noon + 9h);
  CHECK(t.reported.size() == 10);
}

TEST_CASE("a refused step is said again, and refusals are counted by code") {
  script t;
  t.until(noon);
  t.hear_rider(noon, shift_started{{vehicle::motorcycle, 3, home}, noon});
  t.until(noon + 1min);
  t.hear_rider(noon + 3min, offer_accepted{"f1", {"o1"}, t.route});
  REQUIRE(t.until(noon + 20min) == lines{"rider.r1.arrive"});
  t.hear({entity_kind::rider, "r1"}, noon + 20min,
         command_refused{refusal::not_first_stop, "arrive", ""});
  CHECK(t.until(noon + 20min + 10s) == lines{"rider.r1.arrive"});
  CHECK(t.town->tally().refusals == std::map<std::string, std::uint64_t>{{"not_first_stop", 1}});
}

TEST_CASE("what an operator says is said in its time, as an operator") {
  script t;
  t.plan.wishes = {{noon + 2min, {entity_kind::order, "o1"}, order_command{hold_order{"address"}}}};
  t.town.emplace(t.plan, t.habits, policy{}, t);
  t.until(noon + 2min - 1us);
  CHECK(t.until(noon + 2min) == lines{"order.o1.hold.operator"});
  CHECK(t.town->tally().wishes == 1);
}

TEST_CASE("a station that is late says so when it is ready, and its rider waits at the shelf") {
  script t;
  t.plan.orders.front().late_until = noon + 30min;
  t.town.emplace(t.plan, t.habits, policy{}, t);
  t.until(noon + 3min);
  t.hear_rider(noon + 3min, shift_started{{vehicle::motorcycle, 3, home}, noon});
  t.hear_rider(noon + 3min, offer_accepted{"f1", {"o1"}, t.route});
  REQUIRE(t.until(noon + 20min) == lines{"rider.r1.arrive"});
  t.hear_rider(noon + 20min, rider_arrived{"o1", stop_kind::pick_up, noon + 20min});
  CHECK(t.until(noon + 30min - 1us).empty());
  CHECK(t.until(noon + 30min) == lines{"order.o1.ready", "rider.r1.pick_up"});
}

namespace {

/// The rider stands at the shelf, at which a sensor counts; `pick_up` comes at noon + 22 min. The
/// seed says who takes the goods before saying so.
struct at_the_shelf : script {
  explicit at_the_shelf(bool early) {
    plan.stations.front().stock = {{"box", 3}};
    plan.orders.front().items = {{"box", 1}};
    plan.shelf_sensors = true;
    while ((chance(habits.seed, "early/o1") < 0.5) != early) {
      ++habits.seed;
    }
    town.emplace(plan, habits, policy{}, *this);
    until(noon + 3min);
    order_placed placed{{}, noon + 1min, std::nullopt};
    placed.order.items = {{"box", 1}};
    hear_order(noon + 1min, placed);
    hear_order(noon + 1min, order_sourced{"s1", kitchen});
    hear_order(noon + 3min, order_assigned{"f1", "r1"});
    hear_rider(noon + 3min, shift_started{{vehicle::motorcycle, 3, home}, noon});
    hear_rider(noon + 3min, offer_accepted{"f1", {"o1"}, route});
    until(noon + 20min);
    hear_rider(noon + 20min, rider_arrived{"o1", stop_kind::pick_up, noon + 20min});
    until(noon + 21min);
    counted.clear();
  }
};

} // namespace

TEST_CASE("a sensor counts what a rider takes before the rider says so") {
  at_the_shelf t{true};
  CHECK(t.until(noon + 22min) == lines{"station.s1.stock", "rider.r1.pick_up"});
  CHECK(t.counted == std::vector<std::uint32_t>{2});
  t.hear({entity_kind::station, "s1"}, noon + 22min, station_event{stock_reported{}});
  CHECK(t.town->tally().counts_in_hand == 0);
  t.hear({entity_kind::station, "s1"}, noon + 22min,
         station_event{stock_reported{{}, noon + 22min, {}, {{"o1", "box"}}}});
  CHECK(t.town->tally().counts_in_hand == 1);
  SUBCASE("once") {
    t.hear_order(noon + 22min, order_picked_up{"r1", noon + 22min, "s1"});
    t.until(noon + 29min);
    CHECK(t.counted == std::vector<std::uint32_t>{2, 2});
  }
  SUBCASE("and what is put back") {
    t.hear_order(noon + 22min, order_unassigned{"r1", unassign_reason::by_operator});
    CHECK(t.counted == std::vector<std::uint32_t>{2, 3});
  }
}

TEST_CASE("a sensor counts what a rider has taken after the rider has said so") {
  at_the_shelf t{false};
  CHECK(t.until(noon + 22min) == lines{"rider.r1.pick_up"});
  t.hear_order(noon + 22min, order_picked_up{"r1", noon + 22min, "s1"});
  CHECK(t.counted.empty());
  CHECK(t.until(noon + 22min + 20s) == lines{"station.s1.stock"});
  CHECK(t.counted == std::vector<std::uint32_t>{2});
}

TEST_CASE("who is to work beside goes without work in hand, and comes back") {
  script t;
  t.plan.transfers = {{noon + 2min, "r1", 20min}};
  t.town.emplace(t.plan, t.habits, policy{}, t);
  t.until(noon + 1min);
  t.hear_rider(noon + 1min, shift_started{{vehicle::motorcycle, 3, home}, noon});
  t.receive_offer(noon + 2min - 1s);
  CHECK(t.until(noon + 2min).empty());
  t.hear_rider(noon + 2min + 1s, offer_withdrawn{"f1"});
  CHECK(t.until(noon + 3min) == lines{"rider.r1.away"});
  t.hear_rider(noon + 3min, transfer_started{"beside", {}});
  CHECK(t.town->working_riders() == 0);
  SUBCASE("who is not received stays") {
    t.hear_rider(noon + 4min, transfer_ended{"beside", 1, false, "no"});
    CHECK(t.until(noon + 1h).empty());
  }
  SUBCASE("received") {
    t.hear_rider(noon + 4min, transfer_ended{"beside", 1, true, ""});
    CHECK(t.until(noon + 24min - 1us).empty());
    CHECK(t.until(noon + 24min) == lines{"rider.r1.back"});
    t.hear_rider(noon + 24min, rider_received{"beside", {}, noon + 9h});
    CHECK(t.town->tally().transfers == 1);
    CHECK(t.town->tally().returns == 1);
    CHECK(t.town->working_riders() == 1);
  }
}

TEST_CASE("orders end once, openings, repeats and other people's entities are told apart") {
  script t;
  CHECK(t.town->open_orders() == 1);
  t.hear({entity_kind::zone, "z"}, noon, zone_event{zone_opened{1, "me"}});
  t.hear({entity_kind::order, "foreign"}, noon, order_event{order_cancelled{"why", ""}});
  t.hear({entity_kind::rider, "foreign"}, noon, rider_event{shift_ended{}});
  t.hear({entity_kind::order, "o1"}, noon, command_repeated{"placed", 1});
  CHECK(t.town->open_orders() == 1);
  t.hear_order(noon, order_cancelled{"changed_mind", ""});
  t.hear_order(noon, order_refund_requested{});
  CHECK(t.town->open_orders() == 0);
  CHECK(t.town->tally().epochs == 1);
  CHECK(t.town->tally().repeated == 1);
  CHECK(t.town->tally().events == 6);
}

} // namespace dispatch::sim
