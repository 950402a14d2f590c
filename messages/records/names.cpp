#include "messages/records/decision.hpp"
#include "messages/records/event.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace dispatch {

namespace {

template <class Code> struct named {
  Code code;
  std::string_view name;
};
template <class Code> named(Code, std::string_view) -> named<Code>;

/// Of a code that the table lacks, which no build writes: empty.
template <class Table, class Code> std::string_view name_in(const Table& table, Code code) {
  const auto known = std::ranges::find(table, code, [](const auto& one) { return one.code; });
  return known == table.end() ? std::string_view{} : known->name;
}

constexpr std::array refusal_names = {
    named{refusal::none, "none"},
    named{refusal::unknown_entity, "unknown_entity"},
    named{refusal::already_exists, "already_exists"},
    named{refusal::wrong_status, "wrong_status"},
    named{refusal::final_status, "final_status"},
    named{refusal::unknown_offer, "unknown_offer"},
    named{refusal::offer_expired, "offer_expired"},
    named{refusal::off_shift, "off_shift"},
    named{refusal::over_capacity, "over_capacity"},
    named{refusal::not_first_stop, "not_first_stop"},
    named{refusal::not_arrived, "not_arrived"},
    named{refusal::not_ready, "not_ready"},
    named{refusal::has_offer, "has_offer"},
    named{refusal::on_board, "on_board"},
    named{refusal::id_reused, "id_reused"},
    named{refusal::not_permitted, "not_permitted"},
    named{refusal::paused, "paused"},
    named{refusal::out_of_stock, "out_of_stock"},
    named{refusal::wrong_code, "wrong_code"},
    named{refusal::out_of_range, "out_of_range"},
    named{refusal::on_break, "on_break"},
    named{refusal::has_route, "has_route"},
    named{refusal::leaving, "leaving"},
    named{refusal::policy_changed, "policy_changed"},
    named{refusal::too_many, "too_many"},
    named{refusal::overloaded, "overloaded"},
    named{refusal::unknown_rider, "unknown_rider"},
    named{refusal::code_locked, "code_locked"},
};

constexpr std::array<std::string_view, 12> order_status_names = {
    "unknown",   "unpaid",    "waiting",       "offered",   "assigned", "picked_up",
    "delivered", "cancelled", "undeliverable", "returning", "returned", "written_off"};

constexpr std::array gate_names = {
    named{gate::none, "none"},
    named{gate::off_shift, "off_shift"},
    named{gate::stale_position, "stale_position"},
    named{gate::vehicle, "vehicle"},
    named{gate::capacity, "capacity"},
    named{gate::route_full, "route_full"},
    named{gate::has_offer, "has_offer"},
    named{gate::passed_before, "passed_before"},
    named{gate::paused, "paused"},
    named{gate::on_break, "on_break"},
    named{gate::skill, "skill"},
    named{gate::shift_ends, "shift_ends"},
    named{gate::rule, "rule"},
};

constexpr std::array waiting_names = {
    named{waiting_reason::none, "none"},
    named{waiting_reason::not_looked_at, "not_looked_at"},
    named{waiting_reason::zone_paused, "zone_paused"},
    named{waiting_reason::station_closed, "station_closed"},
    named{waiting_reason::too_early, "too_early"},
    named{waiting_reason::no_rider_in_reach, "no_rider_in_reach"},
    named{waiting_reason::all_riders_gated, "all_riders_gated"},
    named{waiting_reason::riders_busy, "riders_busy"},
    named{waiting_reason::order_paused, "order_paused"},
    named{waiting_reason::station_paused, "station_paused"},
    named{waiting_reason::no_stock, "no_stock"},
    named{waiting_reason::order_held, "order_held"},
    named{waiting_reason::planned, "planned"},
    named{waiting_reason::rule, "rule"},
};

} // namespace

std::string_view to_string(refusal code) { return name_in(refusal_names, code); }

std::string_view to_string(gate code) { return name_in(gate_names, code); }

std::string_view to_string(waiting_reason code) { return name_in(waiting_names, code); }

std::string_view to_string(order_status code) {
  return order_status_names.at(static_cast<std::size_t>(code));
}

std::string_view event_name(const event_body& body) {
  return std::visit(
      []<class Body>(const Body& one) -> std::string_view {
        if constexpr (requires { Body::traits; }) {
          return Body::traits.name;
        } else { // A group of events.
          return std::visit([]<class Event>(const Event&) { return Event::traits.name.value; },
                            one);
        }
      },
      body);
}

bool announced(const event_body& body) {
  const auto* of_rider = std::get_if<rider_event>(&body);
  return of_rider == nullptr || !std::holds_alternative<position_recorded>(*of_rider);
}

} // namespace dispatch
