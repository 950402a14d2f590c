#pragma once

#include "tests/domain/scenario.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

/// Words in which the tests of orders are written.
namespace dispatch::domain {

inline place_order unpaid_order() {
  auto o = simple_order();
  o.prepaid = false;
  return o;
}

inline order given(const std::vector<named_command<order_command>>& history) {
  order state;
  for (const auto& [name, command, at, by_operator] : history) {
    REQUIRE(perform(state, command, at, by_operator).refused == refusal::none);
  }
  return state;
}

inline named_command<order_command> after(timestamp::duration since, order_command command,
                                          bool by_operator = false) {
  return {"", std::move(command), dawn + since, by_operator};
}

inline const auto place_it = after(0s, simple_order());
inline const auto place_unpaid = after(0s, unpaid_order());
inline const auto pay_it = after(10s, pay_order{});
inline const auto offer_it = after(20s, offer_order{"o1", "r1"});
inline const auto accept_it = after(30s, confirm_order{"o1", "r1", true});
inline const auto collect_it = after(40s, collect_order{"r1"});
inline const auto strand_it =
    after(50s, lose_rider{"r1", unassign_reason::breakdown, metres(7, 7), true});
inline const auto complete_it = after(50s, complete_order{"r1"});
inline place_order goods_order() {
  auto o = simple_order();
  o.station.clear();
  o.items = {{"gas", 2}};
  return o;
}

inline const auto place_goods = after(0s, goods_order());
inline const auto offer_from_s1 =
    after(20s, offer_order{"o1", "r1", chosen_station{"s1", metres(5, 5)}, dawn + 2h});
inline const auto offer_to_both =
    after(20s, offer_order{"o1", "r1", {}, dawn + 1h, {{"o2", "r2", dawn + 2h}}});
inline const auto decline_it = after(25s, lapse_order{"o1", "r1", lapse_reason::declined});
inline const auto swap_it = after(35s, swap_order{"o2", "r2", "r1", dawn + 2h});
inline const auto cancel_it = after(60s, cancel_order{"changed_mind"});
inline const auto write_off_it = after(60s, write_off_order{"gone"}, true);
inline const auto name_rider_2 = after(20s, assign_order{"r2"}, true);
inline attach_waybill paper(const std::string& number, const std::string& signature) {
  return {{number, "what was assigned", {}, {}, signature}};
}

inline const auto attach_unsigned = after(35s, paper("x-1", ""));
inline const auto attach_signed = after(36s, paper("x-1", "s"));
inline const auto much_later = after(3h, pass_deadline{});

/// Every command, and variants that a machine may take for each other.
inline const std::vector<named_command<order_command>> commands{
    {"place", simple_order(), dawn + 61s},
    {"pay", pay_order{}, dawn + 61s},
    {"ready", ready_order{}, dawn + 61s},
    {"cancel", cancel_order{"why"}, dawn + 61s},
    {"operator assigns r1", assign_order{"r1"}, dawn + 61s, true},
    {"operator assigns r2", assign_order{"r2"}, dawn + 61s, true},
    {"anyone assigns r2", assign_order{"r2"}, dawn + 61s},
    {"offer o2", offer_order{"o2", "r2"}, dawn + 61s},
    {"r1 accepts o1", confirm_order{"o1", "r1", true}, dawn + 61s},
    {"r2 accepts o2", confirm_order{"o2", "r2", true}, dawn + 61s},
    {"dispatcher binds r1", confirm_order{"o3", "r1"}, dawn + 61s},
    {"dispatcher binds r2", confirm_order{"o3", "r2"}, dawn + 61s},
    {"dispatcher refuses r1", refuse_assignment{"r1", "capacity"}, dawn + 61s},
    {"dispatcher refuses r2", refuse_assignment{"r2", "capacity"}, dawn + 61s},
    {"o1 lapses", lapse_order{"o1", "r1", lapse_reason::declined}, dawn + 61s},
    {"o2 lapses", lapse_order{"o2", "r2", lapse_reason::declined}, dawn + 61s},
    {"r1 collects", collect_order{"r1"}, dawn + 61s},
    {"r2 collects", collect_order{"r2"}, dawn + 61s},
    {"r1 completes", complete_order{"r1"}, dawn + 61s},
    {"r2 completes", complete_order{"r2"}, dawn + 61s},
    {"a deadline, early", pass_deadline{}, dawn + 61s},
    {"a deadline, late", pass_deadline{}, dawn + 3h},
    {"r1 gives it up", lose_rider{"r1", unassign_reason::breakdown, metres(7, 7), false},
     dawn + 61s},
    {"r2 gives it up", lose_rider{"r2", unassign_reason::breakdown, metres(7, 7), false},
     dawn + 61s},
    {"r1 breaks down with it", lose_rider{"r1", unassign_reason::breakdown, metres(7, 7), true},
     dawn + 61s},
    {"r2 breaks down with it", lose_rider{"r2", unassign_reason::breakdown, metres(7, 7), true},
     dawn + 61s},
    {"operator pauses", pause_actor{"why"}, dawn + 61s, true},
    {"operator resumes", resume_actor{}, dawn + 61s, true},
    {"operator unassigns", unassign_order{"why"}, dawn + 61s, true},
    {"anyone unassigns", unassign_order{"why"}, dawn + 61s},
    {"operator writes off", write_off_order{"why"}, dawn + 61s, true},
    {"anyone writes off", write_off_order{"why"}, dawn + 61s},
    {"r1 gives a wrong code", count_wrong_code{"r1"}, dawn + 61s},
    {"r2 gives a wrong code", count_wrong_code{"r2"}, dawn + 61s},
    {"operator holds", hold_order{"why"}, dawn + 61s, true},
    {"anyone holds", hold_order{"why"}, dawn + 61s},
    {"operator releases", release_hold{}, dawn + 61s, true},
    {"anyone releases", release_hold{}, dawn + 61s},
    {"s1 loses the goods", lose_stock{"s1", stock_loss::closed}, dawn + 61s},
    {"s2 loses the goods", lose_stock{"s2", stock_loss::closed}, dawn + 61s},
    {"r1 is there", reach_pick_up{"r1"}, dawn + 61s},
    {"r2 is there", reach_pick_up{"r2"}, dawn + 61s},
    {"r1 cannot deliver", fail_delivery_of{"r1", "nobody there"}, dawn + 61s},
    {"r2 cannot deliver", fail_delivery_of{"r2", "nobody there"}, dawn + 61s},
    {"swap r1 for r2", swap_order{"o2", "r2", "r1"}, dawn + 61s},
    {"r1 yields", settle_swap{"r1", true}, dawn + 61s},
    {"r1 keeps it", settle_swap{"r1", false}, dawn + 61s},
    {"waybill 1", paper("x-1", ""), dawn + 61s},
    {"waybill 1, signed", paper("x-1", "s"), dawn + 61s},
    {"waybill 2, signed", paper("x-2", "s"), dawn + 61s},
};

/// In every state, unless the state says otherwise.
inline const std::map<std::string, std::string> in_general{
    {"place", "!already_exists"},
    {"anyone assigns r2", "!not_permitted"},
    {"r1 accepts o1", "!unknown_offer"},
    {"r2 accepts o2", "!unknown_offer"},
    {"dispatcher binds r1", "!unknown_offer"},
    {"dispatcher binds r2", "!unknown_offer"},
    {"o1 lapses", "!unknown_offer"},
    {"o2 lapses", "!unknown_offer"},
    {"dispatcher refuses r1", "!wrong_status"},
    {"dispatcher refuses r2", "!wrong_status"},
    {"operator resumes", "!wrong_status"},
    {"anyone unassigns", "!not_permitted"},
    {"anyone holds", "!not_permitted"},
    {"anyone writes off", "!not_permitted"},
    {"anyone releases", "!not_permitted"},
    {"waybill 1", "!wrong_status"},
    {"waybill 1, signed", "!wrong_status"},
    {"waybill 2, signed", "!wrong_status"},
};

} // namespace dispatch::domain
