#include "messages/wire/codec.hpp"
#include "messages/wire/zone/policy_text.hpp"
#include "tests/wire/sample_parts.hpp"

#include <algorithm>
#include <chrono>
#include <concepts>
#include <tuple>

namespace samples {

using namespace dispatch;
using namespace parts;

namespace {

std::vector<event_body> event_bodies() {
  using o = order_event;
  using r = rider_event;
  using s = station_event;
  using z = zone_event;
  const std::vector<std::string> orders = {"order-1", "order-2"};
  return {o{order_placed{placing(), time(), time(15)}},
          o{order_paid{time(90)}},
          o{order_ready{time(2), "rider-1"}},
          o{order_offered{"offer-1", "rider-1"}},
          o{order_offer_lapsed{"offer-1", "rider-1", lapse_reason::reassigned}},
          o{order_assignment_requested{"rider-1"}},
          o{order_assignment_refused{"rider-1", "over capacity"}},
          o{order_assigned{"offer-1", "rider-1"}},
          o{order_unassigned{"rider-1"}},
          o{order_picked_up{"rider-1", time(3)}},
          o{order_delivered{"rider-1", time(4)}},
          o{order_cancelled{"changed their mind", "rider-1"}},
          o{order_undeliverable{7}},
          o{order_refund_requested{}},
          o{actor_paused{"looks wrong", time(10)}},
          o{actor_resumed{time(11)}},
          r{shift_started{shift(), time()}},
          r{shift_ended{}},
          r{position_recorded{home, time(5)}},
          r{offer_received{proposal()}},
          r{offer_accepted{"offer-1", orders, route()}},
          r{route_extended{"assignment-1", orders, route()}},
          r{offer_declined{"offer-1", orders, "flat tyre"}},
          r{offer_expired{"offer-1", orders}},
          r{offer_withdrawn{"offer-1"}},
          r{stops_released{"order-1"}},
          r{stop_ready{"order-1", time(6)}},
          r{rider_arrived{"order-1", stop_kind::drop_off, time(7)}},
          r{order_collected{"order-1", time(8)}},
          r{order_handed_over{"order-1", time(9)}},
          r{actor_paused{"looks wrong", time(10)}},
          r{actor_resumed{time(11)}},
          s{station_opened{shop}},
          s{station_closed{}},
          s{actor_paused{"looks wrong", time(10)}},
          s{actor_resumed{time(11)}},
          z{zone_opened{9, "node-1"}},
          z{zone_paused{"flood"}},
          z{zone_resumed{}},
          o{order_placed{placing_with_skills(), time(), time(15)}},
          o{order_unassigned{"rider-1", unassign_reason::breakdown, time(95)}},
          o{order_stranded{"rider-1", home, time(12), time(95)}},
          r{shift_started{planned_shift(), time(), time(480), shift_end::planned_end}},
          r{shift_ended{shift_end::breakdown}},
          r{break_started{"ignored_offers", time(13)}},
          r{break_ended{time(14)}},
          r{broke_down{"flat tyre", home, time(15), orders, {"order-3"}}},
          r{route_handed_back{orders}},
          r{transfer_started{"jakarta-2", handing_over()}},
          r{transfer_ended{"jakarta-2", 3, true, "why not"}},
          r{rider_received{"jakarta-2", handing_over(), time(480), shift_end::maximum_hours}},
          r{transfer_answered{"jakarta-2", 3, true, "why not"}},
          command_refused{refusal::not_ready, "pick_up", "possible from 10:00"},
          command_repeated{"placed", 41}};
}

/// What the contract has got since its first version.
std::vector<event_body> added_event_bodies() {
  using o = order_event;
  using r = rider_event;
  using s = station_event;
  return {
      o{order_placed{placing_goods(), time(), std::nullopt}},
      o{order_sourced{"station-1", shop}},
      o{order_unsourced{"station-1", stock_loss::expired}},
      o{order_reached{"rider-1", time(12)}},
      o{order_returning{"rider-1", "nobody there", time(13)}},
      o{order_returned{"rider-1", time(14), "station-1", some_goods}},
      o{order_held{"looks wrong", time(15)}},
      o{order_hold_released{time(16)}},
      o{order_assigned{"offer-1", "rider-1", time(17), 2, time(2)}},
      o{waybill_issued{"rider-1", paper()}},
      r{waybill_received{"order-1", paper()}},
      o{order_offered{"offer-1", "rider-1", time(17)}},
      o{order_offer_lapsed{"offer-1", "rider-1", lapse_reason::declined, "too far"}},
      o{order_offer_lapsed{"offer-1", "rider-1", lapse_reason::taken}},
      o{order_offer_lapsed{"offer-1", "rider-1", lapse_reason::kept}},
      o{order_swap_offered{"offer-2", "rider-2", time(19)}},
      o{order_yield_asked{"rider-1", "offer-2", "rider-2"}},
      o{order_unassigned{"rider-1", unassign_reason::better_rider, std::nullopt}},
      r{order_yielded{"order-1"}},
      r{order_kept{"order-1"}},
      o{order_ready{time(2), "rider-1", {"rider-2", "rider-3"}}},
      o{order_unassigned{"rider-1", unassign_reason::late, time(18)}},
      o{order_picked_up{"rider-1", time(3), "station-1"}},
      o{order_undeliverable{7, search_end::attempts, {{"expired", 4}, {"too far", 3}}}},
      r{delivery_failed{"order-1", "nobody there", time(12)}},
      r{return_started{"order-1"}},
      s{station_opened{shop, {480, 1200}}},
      s{stock_reported{{{"gas-11kg", 12, 5}}, time(), time(1)}},
      s{stock_reserved{"order-1", some_goods, time(5)}},
      s{stock_released{"order-1", stock_loss::out_of_stock}},
      s{stock_consumed{"order-1"}},
      s{stock_returned{"order-1", some_goods}},
      s{stock_low{"gas-11kg", 2, 5}},
      s{sensor_silent{time()}},
      zone_event{zone_opened{9, "node-1", policy_of_zone()}},
      zone_event{policy_set{policy_of_zone(), "operator-1"}},
      zone_event{zone_opened{10, "node-2", {}, 1}},
      zone_event{input_loss_accepted{41, "jane"}},
      o{order_paid{time(90), time(2)}},
      o{order_unassigned{"rider-1", unassign_reason::by_operator, time(18), time(3), "station-1"}},
      o{order_reached{"rider-1", time(12), "station-1"}},
      o{order_deadlines_moved{time(20), time(21)}},
      s{stock_reported{
          {{"gas-11kg", 12, 5}}, time(), time(1), {{"order-1", "gas-11kg"}}, {"gas-11kg"}}},
      s{hand_over_began{"order-1"}},
      s{hand_over_ended{"order-1", time(6)}},
      r{offer_received{{"offer-2", {"order-1"}, {}, time(4), true}}},
      r{transfer_answered{"jakarta-2", 3, false, "why not", true}},
      r{shift_ended{shift_end::works_elsewhere}},
      o{order_written_off{"rider-1", "cannot be reached", time(22)}},
      o{order_goods_lost{"rider-1", "station-1", some_goods}},
      o{order_wrong_code_counted{"rider-1", 3}},
      r{wrong_code_given{"order-1", time(23)}}};
}

entity_kind kind_of(const event_body& body) {
  const auto index = body.index();
  return index < 4 ? static_cast<entity_kind>(index + 1) : entity_kind::order;
}

constexpr const char* traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::vector<event> events_of(std::vector<event_body> bodies) {
  std::vector<event> all;
  for (auto& body : bodies) {
    const auto kind = kind_of(body);
    all.push_back({{kind, "entity-1"}, time(), "app.17", traceparent, std::move(body)});
  }
  return all;
}

record record_of(std::vector<event> events, std::vector<command_body> bodies) {
  record all{.format = record_format,
             .kind = record_kind::open,
             .zone = "jakarta-1",
             .epoch = 9,
             .number = 41,
             .previous = {},
             .now = time(30),
             .input_position = 1235,
             .input_fingerprint = 0x8000000000000001,
             .digest = 0xFFFFFFFFFFFFFFFF,
             .commands = {},
             .events = std::move(events),
             .decisions = {a_decision()},
             .dead_letters = {a_dead_letter()}};
  for (std::size_t i = 0; i < all.previous.size(); ++i) {
    all.previous.at(i) = static_cast<std::byte>(0xF0 - i);
  }
  for (auto& body : bodies) {
    const auto kind = static_cast<entity_kind>(body.index() + 1);
    all.commands.push_back({.source = command_source::deadline,
                            .target = {kind, "entity-1"},
                            .sequence = 1235,
                            .at = time(29),
                            .id = "app.18",
                            .by = "operator-1",
                            .trace = traceparent,
                            .body_hash = 0x9000000000000002,
                            .body = std::move(body)});
  }
  return all;
}

} // namespace

timestamp time(int minutes) {
  using namespace std::chrono;
  return sys_days{year{2026} / November / 21} + 9h + 30min + 15s + 123'456us +
         std::chrono::minutes{minutes};
}

std::vector<command_body> outside_commands() {
  return {order_command{placing()},
          order_command{pay_order{}},
          order_command{ready_order{}},
          order_command{cancel_order{"changed their mind"}},
          order_command{assign_order{"rider-1"}},
          order_command{pause_actor{"looks wrong"}},
          order_command{resume_actor{}},
          rider_command{shift()},
          rider_command{end_shift{}},
          rider_command{accept_offer{"offer-1"}},
          rider_command{decline_offer{"offer-1", "flat tyre"}},
          rider_command{arrive_at_stop{"order-1"}},
          rider_command{pick_up_order{"order-1"}},
          rider_command{deliver_order{"order-1"}},
          rider_command{pause_actor{"looks wrong"}},
          rider_command{resume_actor{}},
          station_command{open_station{shop}},
          station_command{close_station{}},
          station_command{pause_actor{"looks wrong"}},
          station_command{resume_actor{}},
          zone_command{pause_zone{"flood"}},
          zone_command{resume_zone{}},
          order_command{placing_with_skills()},
          rider_command{planned_shift()},
          rider_command{end_shift{true}},
          rider_command{start_break{"lunch"}},
          rider_command{end_break{}},
          rider_command{report_breakdown{"flat tyre"}},
          rider_command{transfer_rider{"jakarta-2"}},
          rider_command{receive_rider{"jakarta-2", handing_over()}},
          rider_command{conclude_transfer{3, true, "why not"}}};
}

std::vector<command_body> inner_commands() {
  return {order_command{pass_deadline{}}, rider_command{pass_deadline{}},
          rider_command{record_position{home}}};
}

std::vector<command_body> added_commands() {
  return {order_command{placing_goods()},
          order_command{unassign_order{"ill"}},
          order_command{hold_order{"check"}},
          order_command{release_hold{}},
          rider_command{deliver_order{"order-1", "4711"}},
          rider_command{fail_delivery{"order-1", "nobody there"}},
          station_command{open_station{shop, {480, 1200}}},
          station_command{count()},
          zone_command{setting_policy()}};
}

std::vector<command_body> all_outside_commands() {
  auto all = outside_commands();
  std::ranges::copy(added_commands(), std::back_inserter(all));
  all.emplace_back(zone_command{accept_loss{41}});
  all.emplace_back(order_command{write_off_order{"cannot be reached"}});
  return all;
}

std::vector<command_body> added_inner_commands() {
  return {station_command{pass_deadline{}}, order_command{attach_waybill{paper()}}};
}

std::vector<event> events() { return events_of(event_bodies()); }
std::vector<event> added_events() { return events_of(added_event_bodies()); }

decision a_decision() {
  return {.order = "order-1",
          .rider = "rider-1",
          .offer = "offer-1",
          .waiting = waiting_reason::riders_busy,
          .by_operator = true,
          .policy_version = 3,
          .radius_m = 5250.5,
          .in_reach = 17,
          .candidates = {{"rider-1", 601.5, 300.25, 100.0, 50.5, 150.75, 2103.9}},
          .gated = {{"rider-2", gate::stale_position}, {"rider-3", gate::vehicle}},
          .counts = {{gate::stale_position, 1}, {gate::vehicle, 15}}};
}

dead_letter a_dead_letter() {
  return {.sequence = 1234,
          .at = time(),
          .subject = "dispatch.in.z.order.order-1.place",
          .reason = "bad_field",
          .detail = "load: must be within [1, 1000], is 0",
          .hash = 0xFEDCBA9876543210,
          .excerpt = std::string{"\x00\xFF{", 3}};
}

record a_record() {
  auto bodies = outside_commands();
  std::ranges::copy(inner_commands(), std::back_inserter(bodies));
  return record_of(events(), std::move(bodies));
}

record added_record() {
  auto bodies = added_commands();
  std::ranges::copy(added_inner_commands(), std::back_inserter(bodies));
  auto r = record_of(added_events(), std::move(bodies));
  r.decisions.front().candidates.front().station = "station-1";
  r.decisions.front().candidates.front().ride_s = 240.5;
  r.decisions.front().candidates.front().rules_cost_s = -20.5;
  r.decisions.front().candidates.front().rules = {"near"};
  r.decisions.front().gated.push_back({"rider-4", gate::rule, "no-cars"});
  r.decisions.front().rules = {"night", "boost"};
  r.decisions.front().failed_rules = {"odd"};
  r.decisions.front().candidates.front().travel = travel_source::partly;
  r.travel = {{"order-1", {{{vehicle::bicycle, 0xd2461, 7}, 61.5}}}, {"order-2", {}}};
  r.decisions.front().swap_from = candidate{"rider-9", 801.5, 800.25, 1.25};
  r.decisions.front().gain_s = 240.75;
  r.decisions.front().also = {{"rider-2", "offer-2"}, {"rider-3", "offer-3"}};
  r.local_offset_s = -18000;
  return r;
}

record an_intake_record() {
  auto all = a_record();
  all.commands = {all.commands.front()};
  auto& refused = all.commands.front();
  refused.source = command_source::input;
  refused.refused_at_intake = refusal::overloaded;
  refused.retry_after_ms = 30'000;
  all.events = {{refused.target, refused.at, refused.id, refused.trace,
                 command_refused{refusal::overloaded, "place", "the zone is behind", 30'000}}};
  all.decisions.clear();
  all.dead_letters.clear();
  return all;
}

} // namespace samples
