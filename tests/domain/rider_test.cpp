#include "tests/domain/rider_words.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

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
    {"yield a", yield_order{"a"}, dawn + 40min},
    {"a is ready", mark_stop_ready{"a", dawn - 1s}, dawn + 40min},
    {"a is ready later", mark_stop_ready{"a", dawn + 45min}, dawn + 40min},
    {"a deadline, early", pass_deadline{}, dawn + 1h - 1us},
    {"a deadline, late", pass_deadline{}, dawn + 1h},
    {"the end of the shift", pass_deadline{}, dawn + 20min + 14h},
    {"hand back and end", end_shift{true}, dawn + 40min},
    {"break", start_break{"lunch"}, dawn + 40min},
    {"work again", end_break{}, dawn + 40min},
    {"break down", report_breakdown{"flat tyre"}, dawn + 40min},
    {"go to zone y", transfer_rider{"y"}, dawn + 40min},
    {"come from zone y", receive_rider{"y", {1, shift(), dawn, dawn, {}, {}}}, dawn + 40min, true},
    {"come, says a rider", receive_rider{"y", {1, shift(), dawn, dawn, {}, {}}}, dawn + 40min},
    {"zone y has answered", conclude_transfer{leaving_number, true, ""}, dawn + 40min, true},
    {"zone y declines", conclude_transfer{leaving_number, false, "why"}, dawn + 40min, true},
    {"an answer too late", conclude_transfer{1, true, ""}, dawn + 40min, true},
    {"zone y, says a rider", conclude_transfer{leaving_number, true, ""}, dawn + 40min},
    {"operator pauses", pause_actor{"why"}, dawn + 40min, true},
    {"operator resumes", resume_actor{}, dawn + 40min, true},
    {"cannot deliver a", fail_delivery{"a", "nobody there"}, dawn + 40min},
    {"cannot deliver b", fail_delivery{"b", "nobody there"}, dawn + 40min},
    {"bring a back", bring_back{"a"}, dawn + 40min},
    {"waybill of a", receive_waybill{"a", {"a-1", "", "", "", ""}}, dawn + 40min},
};

/// In every state of a known rider, unless the state says otherwise.
const std::map<std::string, std::string> in_general{
    {"move", "position_recorded"},
    {"accept o1", "!unknown_offer"},
    {"accept o1 late", "!unknown_offer"},
    {"accept o2", "!unknown_offer"},
    {"decline o1", "!unknown_offer"},
    {"decline o1 late", "!unknown_offer"},
    {"decline o2", "!unknown_offer"},
    {"arrive a", "!not_first_stop"},
    {"arrive b", "!not_first_stop"},
    {"pick up a early", "!not_first_stop"},
    {"pick up a", "!not_first_stop"},
    {"pick up b", "!not_first_stop"},
    {"deliver a", "!not_first_stop"},
    {"deliver b", "!not_first_stop"},
    {"release a", "!unknown_entity"},
    {"release b", "!unknown_entity"},
    {"release x", "!unknown_entity"},
    {"a is ready", "!unknown_entity"},
    {"yield a", "order_kept"},
    {"a is ready later", "!unknown_entity"},
    {"a deadline, early", "!wrong_status"},
    {"a deadline, late", "!wrong_status"},
    {"operator pauses", "paused"},
    {"waybill of a", "waybill_received"},
    {"go to zone y", "!off_shift"},
    {"come from zone y", "received transfer_answered"},
    {"zone y has answered", "!wrong_status"},
    {"zone y declines", "!wrong_status"},
    {"an answer too late", "!wrong_status"},
    {"operator resumes", "!wrong_status"},
    {"the end of the shift", "!wrong_status"},
    {"hand back and end", "!off_shift"},
    {"break", "!off_shift"},
    {"work again", "!wrong_status"},
    {"break down", "!off_shift"},
    {"cannot deliver a", "!not_first_stop"},
    {"cannot deliver b", "!not_first_stop"},
    {"bring a back", "!unknown_entity"},
};

using exceptions = std::map<std::string, std::string>;

exceptions operator+(exceptions a, const exceptions& b) {
  a.insert(b.begin(), b.end());
  return a;
}

/// Groups of exceptions that several states share.
const exceptions on_shift{{"start", "!wrong_status"},
                          {"start without capacity", "!wrong_status"},
                          {"end", "shift_ended"},
                          {"the end of the shift", "shift_ended"},
                          {"hand back and end", "shift_ended"},
                          {"break", "break_started"},
                          {"go to zone y", "!has_route"},
                          {"come from zone y", "transfer_answered"},
                          {"break down", "broke_down shift_ended"}};
const exceptions on_break{
    {"break", "!on_break"}, {"work again", "break_ended"}, {"assign c", "!on_break"}};
const exceptions to_collect_a{{"hand back and end", "route_handed_back shift_ended"}};
const exceptions asked{{"go to zone y", "!has_offer"},
                       {"hand back and end", "offer_declined shift_ended"},
                       {"break", "offer_declined break_started"},
                       {"break down", "offer_declined broke_down shift_ended"},
                       {"the end of the shift", "offer_expired shift_ended"},
                       {"end", "offer_declined shift_ended"},
                       {"accept o1", "offer_accepted"},
                       {"accept o1 late", "!offer_expired"},
                       {"decline o1", "offer_declined"},
                       {"decline o1 late", "!offer_expired"},
                       {"release b", "offer_withdrawn"},
                       {"a deadline, late", "offer_expired"}};
const exceptions with_pick_up_of_a{
    {"pick up a early", "!not_arrived"},  {"pick up a", "!not_arrived"},
    {"deliver a", "!not_arrived"},        {"arrive a", "arrived"},
    {"release a", "stops_released"},      {"a is ready", "stop_ready"},
    {"cannot deliver a", "!not_arrived"}, {"yield a", "order_yielded"}};
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
        {"a deadline, late", "!wrong_status"},
        {"the end of the shift", "!wrong_status"},
        {"come from zone y", "received transfer_answered"},
        {"zone y has answered", "!wrong_status"},
        {"zone y declines", "!wrong_status"},
        {"an answer too late", "!wrong_status"}}},
      {"off shift",
       given({start, end}),
       "!off_shift",
       {{"start", "shift_started"}, {"start without capacity", "shift_started"}}},
      {"idle", given({start}), "offer_received",
       exceptions{{"go to zone y", "transfer_started"}} + on_shift +
           exceptions{{"assign c", "route_extended"}, {"propose three units", "!over_capacity"}}},
      {"on the way to zone y",
       given({start, leave}),
       "!off_shift",
       {{"start", "!leaving"},
        {"start without capacity", "!leaving"},
        {"go to zone y", "!leaving"},
        {"come from zone y", "transfer_answered"},
        {"zone y has answered", "transfer_ended"},
        {"zone y declines", "transfer_ended"}}},
      {"gone to zone y",
       given({start, leave, arrive_in_y}),
       "!off_shift",
       {{"start", "shift_started"},
        {"start without capacity", "shift_started"},
        {"come from zone y", "transfer_answered"}}}, // From before that.
      {"come from zone y", given({come_from_y}), "offer_received",
       exceptions{{"assign c", "route_extended"},
                  {"propose three units", "!over_capacity"},
                  {"go to zone y", "transfer_started"},
                  {"the end of the shift", "shift_ended"}} +
           on_shift},
      {"on a break", given({start, take_break}), "!on_break",
       exceptions{{"go to zone y", "!on_break"}} + on_break + on_shift},
      {"on a break, at a's drop-off",
       given({start, take_a, arrive_a, collect_a, arrive_a, take_break}), "!on_break",
       on_break + on_shift + at_drop_off_of_a},
      {"considering b", given({start, consider_b}), "!has_offer", asked + on_shift},
      {"considering a and b", given({start, do_(propose("o1", "ab", "+a +b -a -b"))}), "!has_offer",
       exceptions{{"release a", "stops_released"},
                  {"release b", "stops_released"},
                  {"a is ready", "stop_ready"}} +
           asked + on_shift},
      {"on the way to a's pick-up", given({start, take_a}), "!wrong_status",
       to_collect_a + on_shift + with_pick_up_of_a + behind_a},
      {"on the way to a's pick-up, considering b",
       given({start, take_a, do_(propose("o1", "b", "+a +b -a -b"))}), "!has_offer",
       exceptions{{"hand back and end", "offer_declined route_handed_back shift_ended"}} + asked +
           on_shift + with_pick_up_of_a},
      {"at a's pick-up", given({start, take_a, arrive_a}), "!wrong_status",
       to_collect_a + on_shift + at_pick_up_of_a + behind_a},
      {"at a's pick-up, which is not ready",
       given({start, do_(ready_later(by_hand("a", "+a -a"))), arrive_a}), "!wrong_status",
       exceptions{{"pick up a early", "!not_ready"},
                  {"propose c before a", "!wrong_status"},
                  {"propose c behind a", "!wrong_status"}} +
           to_collect_a + on_shift + at_pick_up_of_a},
      {"on the way to a's drop-off", given({start, take_a, arrive_a, collect_a}), "!wrong_status",
       on_shift + with_drop_off_of_a + behind_drop_off_of_a},
      {"at a's drop-off", given({start, take_a, arrive_a, collect_a, arrive_a}), "!wrong_status",
       on_shift + at_drop_off_of_a + behind_drop_off_of_a},
      {"off shift, on the way to a's pick-up", given({start, take_a, end}), "!off_shift",
       exceptions{{"start", "shift_started"},
                  {"start without capacity", "!over_capacity"},
                  {"break down", "broke_down"}} +
           with_pick_up_of_a},
      {"off shift, at a's drop-off", given({start, take_a, arrive_a, collect_a, end, arrive_a}),
       "!off_shift",
       exceptions{{"start", "shift_started"},
                  {"start without capacity", "!over_capacity"},
                  {"break down", "broke_down"}} +
           at_drop_off_of_a},
  };
}

std::string expected(const state_rules<rider>& rules, const std::string& command) {
  if (const auto own = rules.but.find(command); own != rules.but.end()) {
    return own->second;
  }
  if (command.ends_with("says a rider")) {
    return "!not_permitted";
  }
  const auto general = in_general.find(command);
  return general != in_general.end() && rules.state.known ? general->second : rules.otherwise;
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
