#pragma once

#include "tests/domain/order_words.hpp"

#include <string>
#include <vector>

namespace dispatch::domain {

/// The part of an order's specification in which more than one rider is asked.
inline std::vector<state_rules<order>> rules_of_several_riders() {
  return {
      {"offered to r1 and r2",
       given({place_it, offer_to_both}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "offer_lapsed cancelled refund_requested"},
        {"operator assigns r1", "offer_lapsed offer_lapsed assignment_requested"},
        {"operator assigns r2", "offer_lapsed offer_lapsed assignment_requested"},
        {"r1 accepts o1", "offer_lapsed assigned"},
        {"r2 accepts o2", "offer_lapsed assigned"},
        {"o1 lapses", "offer_lapsed"},
        {"o2 lapses", "offer_lapsed"}}},
      {"offered to r2, turned down by r1",
       given({place_it, offer_to_both, decline_it}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r1", "offer_lapsed assignment_requested"},
        {"operator assigns r2", "offer_lapsed assignment_requested"},
        {"r2 accepts o2", "assigned"},
        {"o2 lapses", "offer_lapsed"}}},
      {"assigned to r2, who was faster than r1",
       given({place_it, offer_to_both, after(30s, confirm_order{"o2", "r2", true})}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"waybill 1", "waybill_issued"},
        {"waybill 1, signed", "waybill_issued"},
        {"operator holds", "held"},
        {"operator unassigns", "unassigned"},
        {"r2 is there", "reached"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r1", "unassigned assignment_requested"},
        {"r2 gives it up", "unassigned"},
        {"a deadline, late", "unassigned"},
        {"r2 collects", "picked_up"}}},
      {"offered to r1 and r2 with goods at s1",
       given({place_goods,
              after(20s,
                    offer_order{
                        "o1", "r1", chosen_station{"s1", metres(5, 5)}, {}, {{"o2", "r2", {}}}})}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "offer_lapsed unsourced cancelled refund_requested"},
        {"operator assigns r1", "offer_lapsed offer_lapsed assignment_requested"},
        {"operator assigns r2", "offer_lapsed offer_lapsed assignment_requested"},
        {"r1 accepts o1", "offer_lapsed assigned"},
        {"r2 accepts o2", "offer_lapsed assigned"},
        {"s1 loses the goods", "offer_lapsed offer_lapsed unsourced"},
        {"o1 lapses", "offer_lapsed"},
        {"o2 lapses", "offer_lapsed"}}},
  };
}

} // namespace dispatch::domain
