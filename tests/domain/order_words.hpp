#pragma once

#include "tests/domain/scenario.hpp"

#include <doctest/doctest.h>

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
inline const auto cancel_it = after(60s, cancel_order{"changed_mind"});
inline const auto name_rider_2 = after(20s, assign_order{"r2"}, true);
inline attach_waybill paper(const std::string& number, const std::string& signature) {
  return {{number, "what was assigned", {}, {}, signature}};
}

inline const auto attach_unsigned = after(35s, paper("x-1", ""));
inline const auto attach_signed = after(36s, paper("x-1", "s"));
inline const auto much_later = after(3h, pass_deadline{});

} // namespace dispatch::domain
