#include "messages/decision.hpp"
#include "messages/event.hpp"

#include <array>
#include <cstddef>

namespace dispatch {

namespace {

constexpr std::array<std::string_view, 26> refusal_names = {"none",
                                                            "unknown_entity",
                                                            "already_exists",
                                                            "wrong_status",
                                                            "final_status",
                                                            "unknown_offer",
                                                            "offer_expired",
                                                            "off_shift",
                                                            "over_capacity",
                                                            "not_first_stop",
                                                            "not_arrived",
                                                            "not_ready",
                                                            "has_offer",
                                                            "on_board",
                                                            "id_reused",
                                                            "not_permitted",
                                                            "paused",
                                                            "out_of_stock",
                                                            "wrong_code",
                                                            "",
                                                            "",
                                                            "",
                                                            "out_of_range",
                                                            "on_break",
                                                            "has_route",
                                                            "leaving"};

constexpr std::array<std::string_view, 12> gate_names = {
    "none",      "off_shift",     "stale_position", "vehicle",  "capacity", "route_full",
    "has_offer", "passed_before", "paused",         "on_break", "skill",    "shift_ends"};

constexpr std::array<std::string_view, 12> waiting_names = {
    "none",         "not_looked_at",     "zone_paused",      "station_closed",
    "too_early",    "no_rider_in_reach", "all_riders_gated", "riders_busy",
    "order_paused", "station_paused",    "no_stock",         "order_held"};

constexpr std::array<std::string_view, 25> order_event_names = {"placed",
                                                                "paid",
                                                                "ready",
                                                                "offered",
                                                                "offer_lapsed",
                                                                "assignment_requested",
                                                                "assignment_refused",
                                                                "assigned",
                                                                "unassigned",
                                                                "picked_up",
                                                                "delivered",
                                                                "cancelled",
                                                                "undeliverable",
                                                                "refund_requested",
                                                                "paused",
                                                                "resumed",
                                                                "sourced",
                                                                "unsourced",
                                                                "reached",
                                                                "returning",
                                                                "returned",
                                                                "held",
                                                                "hold_released",
                                                                "waybill_issued",
                                                                "stranded"};

constexpr std::array<std::string_view, 27> rider_event_names = {
    "shift_started",    "shift_ended",       "position_recorded",
    "offer_received",   "offer_accepted",    "route_extended",
    "offer_declined",   "offer_expired",     "offer_withdrawn",
    "stops_released",   "stop_ready",        "arrived",
    "order_collected",  "order_handed_over", "paused",
    "resumed",          "delivery_failed",   "return_started",
    "waybill_received", "break_started",     "break_ended",
    "broke_down",       "route_handed_back", "transfer_started",
    "transfer_ended",   "received",          "transfer_answered"};

constexpr std::array<std::string_view, 11> station_event_names = {
    "opened",         "closed",         "paused",         "resumed",
    "stock_reported", "stock_reserved", "stock_released", "stock_consumed",
    "stock_returned", "stock_low",      "sensor_silent"};

constexpr std::array<std::string_view, 3> zone_event_names = {"opened", "paused", "resumed"};

static_assert(order_event_names.size() == std::variant_size_v<order_event>);
static_assert(rider_event_names.size() == std::variant_size_v<rider_event>);
static_assert(station_event_names.size() == std::variant_size_v<station_event>);
static_assert(zone_event_names.size() == std::variant_size_v<zone_event>);

struct namer {
  std::string_view operator()(const order_event& e) const {
    return order_event_names.at(e.index());
  }
  std::string_view operator()(const rider_event& e) const {
    return rider_event_names.at(e.index());
  }
  std::string_view operator()(const station_event& e) const {
    return station_event_names.at(e.index());
  }
  std::string_view operator()(const zone_event& e) const { return zone_event_names.at(e.index()); }
  std::string_view operator()(const command_refused&) const { return "refused"; }
  std::string_view operator()(const command_repeated&) const { return "repeated"; }
};

} // namespace

std::string_view to_string(refusal code) {
  return refusal_names.at(static_cast<std::size_t>(code));
}

std::string_view to_string(gate code) { return gate_names.at(static_cast<std::size_t>(code)); }

std::string_view to_string(waiting_reason code) {
  return waiting_names.at(static_cast<std::size_t>(code));
}

std::string_view event_name(const event_body& body) { return std::visit(namer{}, body); }

bool announced(const event_body& body) {
  const auto* of_rider = std::get_if<rider_event>(&body);
  return of_rider == nullptr || !std::holds_alternative<position_recorded>(*of_rider);
}

} // namespace dispatch
