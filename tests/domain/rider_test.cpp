#include "actors/domain/route.hpp"
#include "tests/domain/scenario.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

rider given(const std::vector<named_command<rider_command>>& history) {
  rider state;
  for (const auto& [name, command, at, by_operator] : history) {
    REQUIRE(perform(state, command, at).refused == refusal::none);
  }
  return state;
}

named_command<rider_command> do_(rider_command command) {
  return {"", std::move(command), dawn + 20min};
}

start_shift shift(std::uint32_t capacity = 2) {
  return {vehicle::bicycle, capacity, metres(-500, 0)};
}

/// An offer of orders named by single letters, on a route as `to_line` spells it.
propose_offer propose(const std::string& id, const std::string& orders, const std::string& route) {
  std::vector<std::string> ids;
  for (const auto letter : orders) {
    ids.emplace_back(1, letter);
  }
  return {{id, ids, route_of(route), dawn + 1h}, false};
}

propose_offer by_hand(const std::string& orders, const std::string& route) {
  auto p = propose("h", orders, route);
  p.confirmed = true;
  return p;
}

propose_offer heavy(std::uint32_t load, const std::string& behind = "") {
  auto p = propose("o8", "z", behind);
  p.offer.route.push_back(pick_up_of("z", metres(0, 0), load));
  p.offer.route.push_back(drop_off_of("z", metres(0, 0), load));
  return p;
}

/// Its first stop is of an order that was picked up.
propose_offer on_board(propose_offer p) {
  p.offer.route.front().return_to = metres(0, 0);
  return p;
}

propose_offer ready_later(propose_offer p) {
  p.offer.route.front().not_before = dawn + 30min;
  return p;
}

const auto start = do_(shift());
const auto end = do_(end_shift{});
const auto take_a = do_(by_hand("a", "+a -a"));
const auto arrive_a = do_(arrive_at_stop{"a"});
const auto collect_a = do_(pick_up_order{"a"});
const auto consider_b = do_(propose("o1", "b", "+b -b"));

/// Every command, and variants that a machine may take for each other.
const std::vector<named_command<rider_command>> commands{
    {"start", shift(), dawn + 40min},
    {"start without capacity", shift(0), dawn + 40min},
    {"end", end_shift{}, dawn + 40min},
    {"accept o1", accept_offer{"o1"}, dawn + 40min},
    {"accept o1 late", accept_offer{"o1"}, dawn + 1h},
    {"accept o2", accept_offer{"o2"}, dawn + 40min},
    {"decline o1", decline_offer{"o1", "far"}, dawn + 40min},
    {"decline o1 late", decline_offer{"o1", "far"}, dawn + 1h},
    {"decline o2", decline_offer{"o2", "far"}, dawn + 40min},
    {"arrive a", arrive_at_stop{"a"}, dawn + 40min},
    {"arrive b", arrive_at_stop{"b"}, dawn + 40min},
    {"pick up a early", pick_up_order{"a"}, dawn + 29min},
    {"pick up a", pick_up_order{"a"}, dawn + 40min},
    {"pick up b", pick_up_order{"b"}, dawn + 40min},
    {"deliver a", deliver_order{"a"}, dawn + 40min},
    {"deliver b", deliver_order{"b"}, dawn + 40min},
    {"move", record_position{metres(9, 9)}, dawn + 40min},
    {"propose c, forget the rest", propose("o3", "c", "+c -c"), dawn + 40min},
    {"propose c behind a", propose("o3", "c", "+a -a +c -c"), dawn + 40min},
    {"propose c before a", propose("o3", "c", "+c -c +a -a"), dawn + 40min},
    {"propose c behind -a", on_board(propose("o3", "c", "-a +c -c")), dawn + 40min},
    {"assign c", by_hand("c", "+c -c"), dawn + 40min},
    {"propose three units", heavy(3), dawn + 40min},
    {"release a", release_order{"a"}, dawn + 40min},
    {"release b", release_order{"b"}, dawn + 40min},
    {"release x", release_order{"x"}, dawn + 40min},
    {"a is ready", mark_stop_ready{"a", dawn - 1s}, dawn + 40min},
    {"a is ready later", mark_stop_ready{"a", dawn + 45min}, dawn + 40min},
    {"a deadline, early", pass_deadline{}, dawn + 1h - 1us},
    {"a deadline, late", pass_deadline{}, dawn + 1h},
    {"operator pauses", pause_actor{"why"}, dawn + 40min, true},
    {"operator resumes", resume_actor{}, dawn + 40min, true},
    {"cannot deliver a", fail_delivery{"a", "nobody there"}, dawn + 40min},
    {"cannot deliver b", fail_delivery{"b", "nobody there"}, dawn + 40min},
    {"bring a back", bring_back{"a"}, dawn + 40min},
    {"waybill of a", receive_waybill{"a", {"a-1", "", "", "", ""}}, dawn + 40min},
};

/// In every state of a known rider, unless the state says otherwise.
const std::map<std::string, std::string> in_general{
    {"move", "position_recorded"},           {"accept o1", "!unknown_offer"},
    {"accept o1 late", "!unknown_offer"},    {"accept o2", "!unknown_offer"},
    {"decline o1", "!unknown_offer"},        {"decline o1 late", "!unknown_offer"},
    {"decline o2", "!unknown_offer"},        {"arrive a", "!not_first_stop"},
    {"arrive b", "!not_first_stop"},         {"pick up a early", "!not_first_stop"},
    {"pick up a", "!not_first_stop"},        {"pick up b", "!not_first_stop"},
    {"deliver a", "!not_first_stop"},        {"deliver b", "!not_first_stop"},
    {"release a", "!unknown_entity"},        {"release b", "!unknown_entity"},
    {"release x", "!unknown_entity"},        {"a is ready", "!unknown_entity"},
    {"a is ready later", "!unknown_entity"}, {"a deadline, early", "!wrong_status"},
    {"a deadline, late", "!wrong_status"},   {"operator pauses", "paused"},
    {"operator resumes", "!wrong_status"},   {"cannot deliver a", "!not_first_stop"},
    {"cannot deliver b", "!not_first_stop"}, {"bring a back", "!unknown_entity"},
    {"operator resumes", "!wrong_status"},   {"waybill of a", "waybill_received"},
};

using exceptions = std::map<std::string, std::string>;

exceptions operator+(exceptions a, const exceptions& b) {
  a.insert(b.begin(), b.end());
  return a;
}

/// Groups of exceptions that several states share.
const exceptions on_shift{{"start", "!wrong_status"},
                          {"start without capacity", "!wrong_status"},
                          {"end", "shift_ended"}};
const exceptions asked{{"end", "offer_declined shift_ended"}, {"accept o1", "offer_accepted"},
                       {"accept o1 late", "!offer_expired"},  {"decline o1", "offer_declined"},
                       {"decline o1 late", "!offer_expired"}, {"release b", "offer_withdrawn"},
                       {"a deadline, late", "offer_expired"}};
const exceptions with_pick_up_of_a{
    {"pick up a early", "!not_arrived"}, {"pick up a", "!not_arrived"},
    {"deliver a", "!not_arrived"},       {"arrive a", "arrived"},
    {"release a", "stops_released"},     {"a is ready", "stop_ready"},
    {"cannot deliver a", "!not_arrived"}};
const exceptions with_drop_off_of_a{
    {"pick up a early", "!not_arrived"}, {"pick up a", "!not_arrived"},
    {"deliver a", "!not_arrived"},       {"arrive a", "arrived"},
    {"release a", "stops_released"},     {"cannot deliver a", "!not_arrived"},
    {"bring a back", "return_started"}};
const exceptions at_pick_up_of_a{
    {"pick up a early", "order_collected"}, {"pick up a", "order_collected"},
    {"deliver a", "!wrong_status"},         {"arrive a", "!wrong_status"},
    {"release a", "stops_released"},        {"a is ready", "stop_ready"},
    {"cannot deliver a", "!wrong_status"}};
const exceptions at_drop_off_of_a{
    {"pick up a early", "!on_board"},   {"pick up a", "!on_board"},
    {"deliver a", "order_handed_over"}, {"arrive a", "!wrong_status"},
    {"release a", "stops_released"},    {"cannot deliver a", "delivery_failed"},
    {"bring a back", "return_started"}};

const exceptions behind_a{{"propose c behind a", "offer_received"},
                          {"propose c before a", "!wrong_status"},
                          {"propose c behind -a", "!wrong_status"}};
const exceptions behind_drop_off_of_a{{"propose c behind a", "!wrong_status"},
                                      {"propose c before a", "!wrong_status"},
                                      {"propose c behind -a", "offer_received"}};

std::vector<state_rules<rider>> specification() {
  return {
      {"unknown",
       {},
       "!unknown_entity",
       {{"start", "shift_started"},
        {"start without capacity", "shift_started"},
        {"a deadline, early", "!wrong_status"},
        {"a deadline, late", "!wrong_status"}}},
      {"off shift",
       given({start, end}),
       "!off_shift",
       {{"start", "shift_started"}, {"start without capacity", "shift_started"}}},
      {"idle", given({start}), "offer_received",
       on_shift +
           exceptions{{"assign c", "route_extended"}, {"propose three units", "!over_capacity"}}},
      {"considering b", given({start, consider_b}), "!has_offer", asked + on_shift},
      {"considering a and b", given({start, do_(propose("o1", "ab", "+a +b -a -b"))}), "!has_offer",
       exceptions{{"release a", "stops_released"},
                  {"release b", "stops_released"},
                  {"a is ready", "stop_ready"}} +
           asked + on_shift},
      {"on the way to a's pick-up", given({start, take_a}), "!wrong_status",
       on_shift + with_pick_up_of_a + behind_a},
      {"on the way to a's pick-up, considering b",
       given({start, take_a, do_(propose("o1", "b", "+a +b -a -b"))}), "!has_offer",
       asked + on_shift + with_pick_up_of_a},
      {"at a's pick-up", given({start, take_a, arrive_a}), "!wrong_status",
       on_shift + at_pick_up_of_a + behind_a},
      {"at a's pick-up, which is not ready",
       given({start, do_(ready_later(by_hand("a", "+a -a"))), arrive_a}), "!wrong_status",
       exceptions{{"pick up a early", "!not_ready"},
                  {"propose c before a", "!wrong_status"},
                  {"propose c behind a", "!wrong_status"}} +
           on_shift + at_pick_up_of_a},
      {"on the way to a's drop-off", given({start, take_a, arrive_a, collect_a}), "!wrong_status",
       on_shift + with_drop_off_of_a + behind_drop_off_of_a},
      {"at a's drop-off", given({start, take_a, arrive_a, collect_a, arrive_a}), "!wrong_status",
       on_shift + at_drop_off_of_a + behind_drop_off_of_a},
      {"off shift, on the way to a's pick-up", given({start, take_a, end}), "!off_shift",
       exceptions{{"start", "shift_started"}, {"start without capacity", "!over_capacity"}} +
           with_pick_up_of_a},
      {"off shift, at a's drop-off", given({start, take_a, arrive_a, collect_a, end, arrive_a}),
       "!off_shift",
       exceptions{{"start", "shift_started"}, {"start without capacity", "!over_capacity"}} +
           at_drop_off_of_a},
  };
}

std::string expected(const state_rules<rider>& rules, const std::string& command) {
  if (const auto own = rules.but.find(command); own != rules.but.end()) {
    return own->second;
  }
  const auto general = in_general.find(command);
  return general != in_general.end() && rules.state.known ? general->second : rules.otherwise;
}

/// What holds of every rider, however it came about.
void check_consistent(const rider& r) {
  CHECK(peak_load(r.route) <= r.capacity);
  CHECK(r.frozen == (r.route.empty() ? 0 : 1));
  CHECK((!r.arrived || !r.route.empty()));
  CHECK((!r.open_offer || r.on_shift));
  CHECK(deadline(r).has_value() == r.open_offer.has_value());
  for (auto s = r.route.begin(); s != r.route.end(); ++s) {
    const std::vector<stop> rest(s + 1, r.route.end());
    CHECK(has_stop(rest, stop_kind::drop_off, s->order) == (s->kind == stop_kind::pick_up));
  }
}

std::string route_after_accepting(rider& r) {
  REQUIRE(to_line(perform(r, accept_offer{"o1"}, dawn + 40min)) == "offer_accepted");
  check_consistent(r);
  return to_line(r.route);
}

} // namespace

TEST_CASE("rider: what every command comes to in every state") {
  for (const auto& rules : specification()) {
    for (const auto& [name, command, at, by_operator] : commands) {
      CAPTURE(rules.name);
      CAPTURE(name);
      auto state = rules.state;
      const auto result = perform(state, command, at, by_operator);
      CHECK(to_line(result) == expected(rules, name));
      CHECK(result.events.empty() == (result.refused != refusal::none));
      CHECK(result.detail.empty() == (result.refused == refusal::none));
      check_consistent(state);
      CHECK((state == rules.state || result.refused == refusal::none));
    }
  }
}

TEST_CASE("rider: the specification names every command once") {
  for (const auto& rules : specification()) {
    check_consistent(rules.state);
    for (const auto& [name, line] : rules.but) {
      CAPTURE(name);
      CHECK(std::ranges::count(commands, name, &named_command<rider_command>::name) == 1);
    }
  }
  std::vector<bool> kinds(std::variant_size_v<rider_command>, false);
  for (const auto& c : commands) {
    kinds[c.command.index()] = true;
  }
  CHECK(kinds == std::vector<bool>(std::variant_size_v<rider_command>, true));
}

TEST_CASE("rider: a route is worked off from the front, and the rider is where he arrived") {
  auto r = given({start, do_(by_hand("ab", "+a +b -b -a"))});
  for (const auto* line : {"+a +b -b -a", "+b -b -a", "-b -a", "-a"}) {
    CHECK(to_line(r.route) == line);
    const auto first = r.route.front();
    const auto other = first.order == "a" ? "b" : "a";
    CHECK(to_line(perform(r, arrive_at_stop{other}, dawn + 25min)) == "!not_first_stop");
    perform(r, arrive_at_stop{first.order}, dawn + 25min);
    CHECK(r.at == first.at);
    CHECK(r.at_time == dawn + 25min);
    if (first.kind == stop_kind::pick_up) {
      CHECK(to_line(perform(r, pick_up_order{first.order}, dawn + 26min)) == "order_collected");
    } else {
      CHECK(to_line(perform(r, deliver_order{first.order}, dawn + 26min)) == "order_handed_over");
    }
    CHECK_FALSE(r.arrived);
    check_consistent(r);
  }
  CHECK(r.route.empty());
  CHECK(status_name(r) == "idle");
}

TEST_CASE("rider: the words for listings") {
  CHECK(status_name(rider{}) == "unknown");
  CHECK(status_name(given({start, end})) == "off_shift");
  CHECK(status_name(given({start})) == "idle");
  CHECK(status_name(given({start, consider_b})) == "considering");
  CHECK(status_name(given({start, take_a})) == "busy");
}

TEST_CASE("rider: what is accepted fits a route that has moved on since the offer") {
  auto r = given({start, take_a});
  const auto offered = [&](const std::string& route) {
    REQUIRE(to_line(perform(r, propose("o1", "b", route), dawn + 21min)) == "offer_received");
  };
  const auto finish_first = [&] {
    perform(r, arrive_at_stop{"a"}, dawn + 22min);
    REQUIRE(to_line(perform(r, pick_up_order{"a"}, dawn + 22min)) == "order_collected");
  };
  SUBCASE("the first stop is done") {
    offered("+a -a +b -b");
    finish_first();
    CHECK(route_after_accepting(r) == "-a +b -b");
  }
  SUBCASE("the rider heads for a stop that the offer put later: it stays first") {
    offered("+a +b -b -a");
    finish_first();
    CHECK(route_after_accepting(r) == "-a +b -b");
  }
  SUBCASE("the rider stands at that stop: he has not arrived anywhere else") {
    offered("+a +b -b -a");
    finish_first();
    perform(r, arrive_at_stop{"a"}, dawn + 23min);
    CHECK(route_after_accepting(r) == "-a +b -b");
    CHECK(to_line(perform(r, pick_up_order{"b"}, dawn + 24min)) == "!not_first_stop");
    CHECK(to_line(perform(r, deliver_order{"a"}, dawn + 24min)) == "order_handed_over");
  }
  SUBCASE("everything is done") {
    offered("+a +b -b -a");
    finish_first();
    perform(r, arrive_at_stop{"a"}, dawn + 23min);
    perform(r, deliver_order{"a"}, dawn + 23min);
    CHECK(route_after_accepting(r) == "+b -b");
  }
  SUBCASE("the order of the route was released") {
    offered("+a +b -b -a");
    perform(r, release_order{"a"}, dawn + 22min);
    CHECK(route_after_accepting(r) == "+b -b");
  }
  SUBCASE("a stop became ready earlier") {
    r = given({start, do_(ready_later(by_hand("a", "+a -a")))});
    auto p = ready_later(propose("o1", "b", "+a +b -a -b"));
    p.offer.route[1].not_before = dawn + 35min;
    REQUIRE(perform(r, p, dawn).refused == refusal::none);
    perform(r, mark_stop_ready{"a", dawn + 10min}, dawn + 10min);
    perform(r, mark_stop_ready{"b", dawn + 12min}, dawn + 12min);
    route_after_accepting(r);
    CHECK(r.route[0].not_before == dawn + 10min);
    CHECK(r.route[1].not_before == dawn + 12min);
  }
}

TEST_CASE("rider: one order of a bundle goes away, the others can be accepted") {
  auto r = given({start, do_(propose("o1", "abc", "+a -a +b +c -b -c"))});
  CHECK(to_line(perform(r, release_order{"b"}, dawn + 21min)) == "stops_released");
  CHECK(r.open_offer->orders == std::vector<std::string>{"a", "c"});
  auto declined = r;
  const auto result = perform(declined, decline_offer{"o1", "far"}, dawn + 22min);
  CHECK(std::get<offer_declined>(result.events[0]).orders == std::vector<std::string>{"a", "c"});
  CHECK(route_after_accepting(r) == "+a -a +c -c");
}

TEST_CASE("rider: the capacity holds at every point of every route") {
  SUBCASE("one after the other fits where two at once do not") {
    auto r = given({do_(shift(1))});
    CHECK(to_line(perform(r, by_hand("ab", "+a +b -a -b"), dawn)) == "!over_capacity");
    CHECK(to_line(perform(r, by_hand("ab", "+a -a +b -b"), dawn)) == "route_extended");
  }
  SUBCASE("what is on board counts") {
    auto r = given({start, take_a, arrive_a, collect_a});
    auto behind = heavy(2, "-a");
    CHECK(to_line(perform(r, on_board(behind), dawn)) == "offer_received");
    r = given({start, take_a, arrive_a, collect_a});
    auto p = heavy(2);
    p.offer.route.push_back(drop_off_of("a", metres(1000, 0)));
    std::ranges::rotate(p.offer.route, p.offer.route.begin() + 2);
    std::swap(p.offer.route[0], p.offer.route[1]);
    r.frozen = 0;
    CHECK(to_line(perform(r, p, dawn)) == "!over_capacity");
  }
  SUBCASE("the stop that stays first would not fit where it was put: new stops go last") {
    auto r = given({do_(shift(1)), do_(by_hand("ab", "+a -a +b -b"))});
    auto p = propose("o1", "c", "+a -a +c -c +b -b");
    REQUIRE(to_line(perform(r, p, dawn)) == "offer_received");
    perform(r, arrive_at_stop{"a"}, dawn + 21min);
    perform(r, pick_up_order{"a"}, dawn + 21min);
    perform(r, arrive_at_stop{"a"}, dawn + 22min);
    perform(r, deliver_order{"a"}, dawn + 22min);
    CHECK(route_after_accepting(r) == "+b -b +c -c");
  }
  SUBCASE("a new shift with a smaller vehicle cannot carry what the old one left") {
    auto r = given({start, do_(by_hand("ab", "+a +b -a -b")), end});
    CHECK(to_line(perform(r, shift(1), dawn)) == "!over_capacity");
    CHECK(to_line(perform(r, shift(2), dawn)) == "shift_started");
  }
}

TEST_CASE("rider: what cannot be handed over is brought back, behind what else is on the route") {
  auto r = given({start, do_(by_hand("ab", "+a +b -a -b"))});
  for (const auto* order : {"a", "b"}) {
    perform(r, arrive_at_stop{order}, dawn + 21min);
    perform(r, pick_up_order{order}, dawn + 21min);
  }
  const auto check_back = [&](const std::string& line) {
    CHECK(to_line(r.route) == line);
    CHECK_FALSE(r.arrived);
    CHECK(r.route.back().returning);
    CHECK(r.route.back().at == metres(0, 0)); // Where it was picked up.
    check_consistent(r);
  };
  SUBCASE("the customer is not there") {
    perform(r, arrive_at_stop{"a"}, dawn + 22min);
    CHECK(to_line(perform(r, fail_delivery{"a", "nobody"}, dawn + 22min)) == "delivery_failed");
    check_back("-b -a");
    CHECK(to_line(perform(r, bring_back{"a"}, dawn + 22min)) == "!unknown_entity");
    perform(r, arrive_at_stop{"b"}, dawn + 23min);
    perform(r, deliver_order{"b"}, dawn + 23min);
    perform(r, arrive_at_stop{"a"}, dawn + 24min);
    CHECK(to_line(perform(r, fail_delivery{"a", "nobody"}, dawn + 24min)) == "!wrong_status");
    CHECK(to_line(perform(r, deliver_order{"a"}, dawn + 24min)) == "order_handed_over");
    CHECK(r.route.empty());
  }
  SUBCASE("it was cancelled on the way, before or behind another stop") {
    perform(r, arrive_at_stop{"a"}, dawn + 22min);
    CHECK(to_line(perform(r, bring_back{"a"}, dawn + 22min)) == "return_started");
    check_back("-b -a");
    CHECK(to_line(perform(r, bring_back{"b"}, dawn + 22min)) == "return_started");
    check_back("-a -b");
  }
}

TEST_CASE("rider: a drop-off with a code is opened by it alone, a return needs none") {
  auto p = by_hand("a", "+a -a");
  p.offer.route.back().delivery_code = "hash";
  auto r = given({start, do_(p), arrive_a, collect_a, arrive_a});
  CHECK(to_line(perform(r, deliver_order{"a"}, dawn + 40min)) == "!wrong_code");
  CHECK(to_line(perform(r, deliver_order{"a", "other"}, dawn + 40min)) == "!wrong_code");
  auto returned = r;
  CHECK(to_line(perform(r, deliver_order{"a", "hash"}, dawn + 40min)) == "order_handed_over");
  perform(returned, fail_delivery{"a", "no code"}, dawn + 40min);
  perform(returned, arrive_at_stop{"a"}, dawn + 41min);
  CHECK(to_line(perform(returned, deliver_order{"a"}, dawn + 42min)) == "order_handed_over");
}

TEST_CASE("rider: released where he stands, he has arrived nowhere") {
  auto r = given({start, do_(by_hand("ab", "+a +b -a -b")), arrive_a});
  perform(r, release_order{"a"}, dawn + 21min);
  CHECK_FALSE(r.arrived);
  CHECK(to_line(r.route) == "+b -b");
  r = given({start, do_(by_hand("ab", "+a +b -a -b")), arrive_a});
  perform(r, release_order{"b"}, dawn + 21min);
  CHECK(r.arrived);
}
