#pragma once

#include "messages/entities/rider.hpp"

#include <array>
#include <cstdint>
#include <variant>

namespace dispatch::audit {

/// What a rider must be for an event to come.
enum class need : std::uint8_t { any, yes, no };

struct condition {
  need on_shift = need::any;
  need offer = need::any;
  need arrived = need::any;
  need paused = need::any;
  need on_break = need::any;
};

/// The rules of a rider, by the place of the event in `rider_event`.
inline constexpr std::array<condition, std::variant_size_v<rider_event>> rules_of_a_rider = {{
    /* shift_started */ {need::no, need::no, need::any, need::no},
    /* shift_ended */ {need::yes, need::no, need::any},
    /* position_recorded */ {need::any, need::any, need::any},
    /* offer_received */ {need::yes, need::no, need::any, need::no, need::no},
    /* offer_accepted */ {need::yes, need::yes, need::any, need::no},
    /* route_extended */ {need::yes, need::no, need::any, need::no, need::no},
    /* offer_declined */ {need::yes, need::yes, need::any},
    /* offer_expired */ {need::yes, need::yes, need::any},
    /* offer_withdrawn */ {need::yes, need::yes, need::any},
    /* stops_released */ {need::any, need::any, need::any},
    /* stop_ready */ {need::any, need::any, need::any},
    /* arrived */ {need::any, need::any, need::no},
    /* order_collected */ {need::any, need::any, need::yes},
    /* order_handed_over */ {need::any, need::any, need::yes},
    /* paused */ {need::any, need::any, need::any, need::no},
    /* resumed */ {need::any, need::any, need::any, need::yes},
    /* delivery_failed */ {need::any, need::any, need::yes},
    /* return_started */ {need::any, need::any, need::any},
    /* waybill_received */ {need::any, need::any, need::any},
    /* break_started */ {need::yes, need::no, need::any, need::any, need::no},
    /* break_ended */ {need::yes, need::no, need::any, need::any, need::yes},
    /* broke_down */ {need::any, need::no, need::any},
    /* route_handed_back */ {need::yes, need::no, need::any},
    /* transfer_started */ {need::yes, need::no, need::no},
    /* transfer_ended */ {need::no, need::no, need::no},
    /* received */ {need::no, need::no, need::any},
    /* transfer_answered */ {},
    /* order_yielded */ {},
    /* order_kept */ {},
    /* wrong_code_given */ {need::any, need::any, need::yes},
}};

inline bool holds(need wanted, bool is) {
  return wanted == need::any || is == (wanted == need::yes);
}

} // namespace dispatch::audit
