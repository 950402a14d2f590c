#pragma once

#include "messages/entities/order.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <variant>

namespace dispatch::audit {

constexpr std::uint32_t any_of(std::initializer_list<order_status> statuses) {
  std::uint32_t set = 0;
  for (const auto status : statuses) {
    set |= 1U << static_cast<unsigned>(status);
  }
  return set;
}

/// In which statuses an event may come, and where it leads; nullopt: nowhere.
struct transition {
  std::uint32_t from = 0;
  std::optional<order_status> to;
  bool while_paused = false; ///< also of an order that an operator has paused
};

/// The life of an order, by the place of the event in `order_event`.
inline constexpr auto life_of_an_order = [] {
  using enum order_status;
  return std::array<transition, std::variant_size_v<order_event>>{{
      /* placed */ {any_of({unknown}), unpaid},
      /* paid */ {any_of({unpaid}), waiting},
      /* ready */ {any_of({unpaid, waiting, offered, assigned}), std::nullopt},
      /* offered */ {any_of({waiting, offered}), offered},
      /* offer_lapsed, waiting if it was the last one */
      {any_of({offered, assigned}), std::nullopt, true},
      /* assignment_requested, of an assigned order while its rider keeps it */
      {any_of({waiting, assigned}), std::nullopt},
      /* assignment_refused */ {any_of({waiting, assigned}), std::nullopt, true},
      /* assigned */ {any_of({waiting, offered}), assigned, true},
      /* unassigned */ {any_of({assigned}), waiting, true},
      /* picked_up */ {any_of({assigned}), picked_up, true},
      /* delivered */ {any_of({picked_up}), delivered, true},
      /* cancelled */ {any_of({unpaid, waiting, offered, assigned}), cancelled},
      /* undeliverable */ {any_of({waiting}), undeliverable},
      /* refund_requested */
      {any_of({cancelled, undeliverable, returned, written_off}), std::nullopt, true},
      /* paused */
      {any_of({unpaid, waiting, offered, assigned, picked_up, returning}), std::nullopt},
      /* resumed */
      {any_of({unpaid, waiting, offered, assigned, picked_up, returning}), std::nullopt, true},
      /* sourced */ {any_of({waiting}), std::nullopt, true},
      /* unsourced */ {any_of({waiting, offered, assigned}), std::nullopt, true},
      /* reached */ {any_of({assigned}), std::nullopt, true},
      /* returning */ {any_of({picked_up}), returning, true},
      /* returned */ {any_of({returning}), returned, true},
      /* held */ {any_of({unpaid, waiting, offered, assigned}), std::nullopt},
      /* hold_released */ {any_of({unpaid, waiting, offered, assigned}), std::nullopt},
      /* waybill_issued */
      {any_of({assigned, picked_up, returning, delivered, returned, written_off}), std::nullopt,
       true},
      /* stranded */ {any_of({picked_up}), waiting, true},
      /* swap_offered */ {any_of({assigned}), std::nullopt},
      /* yield_asked */ {any_of({assigned}), std::nullopt, true},
      /* deadlines_moved */ {any_of({unpaid, waiting, offered, assigned}), std::nullopt},
      /* written_off */ {any_of({picked_up, returning}), written_off},
      /* goods_lost, of an order that is stranded or on board */
      {any_of({waiting, offered, assigned, picked_up, returning}), std::nullopt},
      /* wrong_code_counted */ {any_of({picked_up}), std::nullopt, true},
  }};
}();

} // namespace dispatch::audit
