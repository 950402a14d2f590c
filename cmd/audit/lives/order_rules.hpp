#pragma once

#include "messages/entities/order.hpp"
#include "messages/entities/traits.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <tuple>

namespace dispatch::audit {

constexpr std::uint32_t any_of(std::initializer_list<order_status> statuses) {
  std::uint32_t set = 0;
  for (const auto status : statuses) {
    set |= 1U << static_cast<unsigned>(status);
  }
  return set;
}

/// Whether the event may come of an order that an operator has paused.
enum class pause : std::uint8_t { forbids, allows };

/// What the audit keeps besides the status, and the event changes.
enum class books : std::uint8_t {
  none,
  life,  ///< cmd/audit/lives/orders.cpp
  times, ///< cmd/audit/time/deadlines.cpp
  both,
};

/// What the audit wants of an event of an order.
struct order_rule {
  stated<std::uint32_t> from; ///< in which statuses it may come
  stated<std::optional<order_status>> to;
  stated<pause> when_paused;
  stated<books> changes;
};

template <class Event> struct of_order : order_rule {};

inline constexpr std::optional<order_status> nowhere;

/// The life of an order.
inline constexpr auto life_of_an_order = [] {
  using enum order_status;
  return std::tuple{
      of_order<order_placed>{any_of({unknown}), unpaid, pause::forbids, books::both},
      of_order<order_paid>{any_of({unpaid}), waiting, pause::forbids, books::both},
      of_order<order_ready>{any_of({unpaid, waiting, offered, assigned}), nowhere, pause::forbids,
                            books::both},
      of_order<order_offered>{any_of({waiting, offered}), offered, pause::forbids, books::both},
      // Waiting if it was the last one.
      of_order<order_offer_lapsed>{any_of({offered, assigned}), nowhere, pause::allows,
                                   books::both},
      // Of an assigned order while its rider keeps it.
      of_order<order_assignment_requested>{any_of({waiting, assigned}), nowhere, pause::forbids,
                                           books::life},
      of_order<order_assignment_refused>{any_of({waiting, assigned}), nowhere, pause::allows,
                                         books::life},
      of_order<order_assigned>{any_of({waiting, offered}), assigned, pause::allows, books::both},
      of_order<order_unassigned>{any_of({assigned}), waiting, pause::allows, books::both},
      of_order<order_picked_up>{any_of({assigned}), picked_up, pause::allows, books::both},
      of_order<order_delivered>{any_of({picked_up}), delivered, pause::allows, books::both},
      of_order<order_cancelled>{any_of({unpaid, waiting, offered, assigned}), cancelled,
                                pause::forbids, books::both},
      of_order<order_undeliverable>{any_of({waiting}), undeliverable, pause::forbids, books::both},
      of_order<order_refund_requested>{any_of({cancelled, undeliverable, returned, written_off}),
                                       nowhere, pause::allows, books::life},
      of_order<actor_paused>{any_of({unpaid, waiting, offered, assigned, picked_up, returning}),
                             nowhere, pause::forbids, books::both},
      of_order<actor_resumed>{any_of({unpaid, waiting, offered, assigned, picked_up, returning}),
                              nowhere, pause::allows, books::both},
      of_order<order_sourced>{any_of({waiting}), nowhere, pause::allows, books::life},
      of_order<order_unsourced>{any_of({waiting, offered, assigned}), nowhere, pause::allows,
                                books::life},
      of_order<order_reached>{any_of({assigned}), nowhere, pause::allows, books::both},
      of_order<order_returning>{any_of({picked_up}), returning, pause::allows, books::both},
      of_order<order_returned>{any_of({returning}), returned, pause::allows, books::both},
      of_order<order_held>{any_of({unpaid, waiting, offered, assigned}), nowhere, pause::forbids,
                           books::times},
      of_order<order_hold_released>{any_of({unpaid, waiting, offered, assigned}), nowhere,
                                    pause::forbids, books::times},
      of_order<waybill_issued>{
          any_of({assigned, picked_up, returning, delivered, returned, written_off}), nowhere,
          pause::allows, books::none},
      of_order<order_stranded>{any_of({picked_up}), waiting, pause::allows, books::both},
      of_order<order_swap_offered>{any_of({assigned}), nowhere, pause::forbids, books::both},
      of_order<order_yield_asked>{any_of({assigned}), nowhere, pause::allows, books::life},
      of_order<order_deadlines_moved>{any_of({unpaid, waiting, offered, assigned}), nowhere,
                                      pause::forbids, books::times},
      of_order<order_written_off>{any_of({picked_up, returning}), written_off, pause::forbids,
                                  books::both},
      // Of an order that is stranded or on board.
      of_order<order_goods_lost>{any_of({waiting, offered, assigned, picked_up, returning}),
                                 nowhere, pause::forbids, books::none},
      of_order<order_wrong_code_counted>{any_of({picked_up}), nowhere, pause::allows, books::life}};
}();

/// An event without a rule does not compile.
template <class Event> constexpr const order_rule& rule_of() {
  return std::get<of_order<Event>>(life_of_an_order);
}

constexpr bool changes(books which, books one) { return which == books::both || which == one; }

template <class Event>
concept leaves_life = !changes(rule_of<Event>().changes, books::life);

template <class Event>
concept leaves_times = !changes(rule_of<Event>().changes, books::times);

} // namespace dispatch::audit
