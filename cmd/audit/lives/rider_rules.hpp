#pragma once

#include "messages/entities/rider.hpp"

#include <cstdint>
#include <tuple>

namespace dispatch::audit {

/// What a rider must be for an event to come.
enum class need : std::uint8_t { any, yes, no };

struct rider_rule {
  need on_shift = need::any;
  need offer = need::any;
  need arrived = need::any;
  need paused = need::any;
  need on_break = need::any;
};

template <class Event> struct of_rider : rider_rule {};

inline constexpr std::tuple rules_of_a_rider{
    of_rider<shift_started>{need::no, need::no, need::any, need::no},
    of_rider<shift_ended>{need::yes, need::no, need::any},
    of_rider<position_recorded>{need::any, need::any, need::any},
    of_rider<offer_received>{need::yes, need::no, need::any, need::no, need::no},
    of_rider<offer_accepted>{need::yes, need::yes, need::any, need::no},
    of_rider<route_extended>{need::yes, need::no, need::any, need::no, need::no},
    of_rider<offer_declined>{need::yes, need::yes, need::any},
    of_rider<offer_expired>{need::yes, need::yes, need::any},
    of_rider<offer_withdrawn>{need::yes, need::yes, need::any},
    of_rider<stops_released>{need::any, need::any, need::any},
    of_rider<stop_ready>{need::any, need::any, need::any},
    of_rider<rider_arrived>{need::any, need::any, need::no},
    of_rider<order_collected>{need::any, need::any, need::yes},
    of_rider<order_handed_over>{need::any, need::any, need::yes},
    of_rider<actor_paused>{need::any, need::any, need::any, need::no},
    of_rider<actor_resumed>{need::any, need::any, need::any, need::yes},
    of_rider<delivery_failed>{need::any, need::any, need::yes},
    of_rider<return_started>{need::any, need::any, need::any},
    of_rider<waybill_received>{need::any, need::any, need::any},
    of_rider<break_started>{need::yes, need::no, need::any, need::any, need::no},
    of_rider<break_ended>{need::yes, need::no, need::any, need::any, need::yes},
    of_rider<broke_down>{need::any, need::no, need::any},
    of_rider<route_handed_back>{need::yes, need::no, need::any},
    of_rider<transfer_started>{need::yes, need::no, need::no},
    of_rider<transfer_ended>{need::no, need::no, need::no},
    of_rider<rider_received>{need::no, need::no, need::any},
    of_rider<transfer_answered>{},
    of_rider<order_yielded>{},
    of_rider<order_kept>{},
    of_rider<wrong_code_given>{need::any, need::any, need::yes}};

/// An event without a rule does not compile.
template <class Event> constexpr const rider_rule& rider_rule_of() {
  return std::get<of_rider<Event>>(rules_of_a_rider);
}

inline bool holds(need wanted, bool is) {
  return wanted == need::any || is == (wanted == need::yes);
}

} // namespace dispatch::audit
