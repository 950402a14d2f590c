#include "tests/domain/order_words.hpp"
#include "tests/domain/several_riders.hpp"

#include <algorithm>
#include <iterator>
#include <map>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

std::vector<state_rules<order>> specification() {
  std::vector<state_rules<order>> all = {
      {"unknown",
       {},
       "!unknown_entity",
       {{"place", "placed paid"}, {"operator resumes", "!unknown_entity"}}},
      {"unpaid",
       given({place_unpaid}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"pay", "paid"},
        {"ready", "ready"},
        {"cancel", "cancelled"},
        {"a deadline, late", "cancelled"}}},
      {"waiting",
       given({place_it}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r1", "assignment_requested"},
        {"operator assigns r2", "assignment_requested"},
        {"offer o2", "offered"},
        {"a deadline, late", "undeliverable refund_requested"}}},
      {"waiting for r2, whom an operator named",
       given({place_it, name_rider_2}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r1", "assignment_requested"},
        {"operator assigns r2", "assignment_requested"},
        {"offer o2", "offered"},
        {"dispatcher binds r2", "assigned"},
        {"dispatcher refuses r2", "assignment_refused"},
        {"a deadline, late", "undeliverable refund_requested"}}},
      {"offered to r1",
       given({place_it, offer_it}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r1", "offer_lapsed assignment_requested"},
        {"operator assigns r2", "offer_lapsed assignment_requested"},
        {"r1 accepts o1", "assigned"},
        {"o1 lapses", "offer_lapsed"}}},
      {"taken from r1, to whom it was offered, for r1",
       given({place_it, offer_it, after(25s, assign_order{"r1"}, true)}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r1", "assignment_requested"},
        {"operator assigns r2", "assignment_requested"},
        {"offer o2", "offered"},
        {"r1 accepts o1", "!unknown_offer"},
        {"dispatcher binds r1", "assigned"},
        {"dispatcher refuses r1", "assignment_refused"},
        {"a deadline, late", "undeliverable refund_requested"}}},
      {"assigned to r1",
       given({place_it, offer_it, accept_it}),
       "!wrong_status",
       {{"swap r1 for r2", "swap_offered"},
        {"r1 yields", "unassigned"},
        {"r1 keeps it", ""},
        {"operator pauses", "paused"},
        {"waybill 1", "waybill_issued"},
        {"waybill 1, signed", "waybill_issued"},
        {"operator holds", "held"},
        {"operator unassigns", "unassigned"},
        {"r1 is there", ""},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r2", "assignment_requested"},
        {"r1 gives it up", "unassigned"},
        {"r1 collects", "picked_up"}}},
      {"assigned to r1, who has an unsigned waybill",
       given({place_it, offer_it, accept_it, attach_unsigned}),
       "!wrong_status",
       {{"swap r1 for r2", "swap_offered"},
        {"r1 yields", "unassigned"},
        {"r1 keeps it", ""},
        {"operator pauses", "paused"},
        {"r1 gives it up", "unassigned"},
        {"operator holds", "held"},
        {"operator unassigns", "unassigned"},
        {"r1 is there", ""},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r2", "assignment_requested"},
        {"waybill 1, signed", "waybill_issued"},
        {"r1 collects", "picked_up"}}},
      {"assigned to r1, who has the signed waybill",
       given({place_it, offer_it, accept_it, attach_unsigned, attach_signed}),
       "!wrong_status",
       {{"swap r1 for r2", "swap_offered"},
        {"r1 yields", "unassigned"},
        {"r1 keeps it", ""},
        {"operator pauses", "paused"},
        {"r1 gives it up", "unassigned"},
        {"operator holds", "held"},
        {"operator unassigns", "unassigned"},
        {"r1 is there", ""},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r2", "assignment_requested"},
        {"r1 collects", "picked_up"}}},
      {"assigned to r2, whom an operator named after r1",
       given({place_it, offer_it, accept_it, attach_signed, after(40s, assign_order{"r2"}, true),
              after(40s, confirm_order{"f", "r2"})}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"r2 gives it up", "unassigned"},
        {"operator holds", "held"},
        {"operator unassigns", "unassigned"},
        {"r2 is there", ""},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r1", "assignment_requested"},
        {"waybill 2, signed", "waybill_issued"},
        {"r2 collects", "picked_up"}}},
      {"picked up by r1",
       given({place_it, offer_it, accept_it, collect_it}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator writes off", "written_off refund_requested"},
        {"r1 gives a wrong code", "wrong_code_counted"},
        {"waybill 1", "waybill_issued"},
        {"waybill 1, signed", "waybill_issued"},
        {"cancel", "returning"},
        {"r1 cannot deliver", "returning"},
        {"r1 breaks down with it", "stranded"},
        {"r1 completes", "delivered"}}},
      {"brought back by r1",
       given({place_it, offer_it, accept_it, collect_it, after(50s, cancel_order{"late"})}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator writes off", "written_off refund_requested"},
        {"waybill 1", "waybill_issued"},
        {"waybill 1, signed", "waybill_issued"},
        {"r1 completes", "returned refund_requested"}}},
      {"brought back by r1 with goods of s1",
       given({place_goods, offer_from_s1, accept_it, collect_it, cancel_it}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator writes off", "goods_lost written_off refund_requested"},
        {"waybill 1", "waybill_issued"},
        {"waybill 1, signed", "waybill_issued"},
        {"r1 completes", "returned refund_requested"}}},
      {"written off",
       given({place_it, offer_it, accept_it, collect_it, write_off_it}),
       "!final_status",
       {}},
      {"returned",
       given({place_it, offer_it, accept_it, collect_it,
              after(50s, fail_delivery_of{"r1", "nobody there"}),
              after(60s, complete_order{"r1"})}),
       "!final_status",
       {}},
      {"stranded with r1",
       given({place_it, offer_it, accept_it, collect_it, strand_it}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r1", "assignment_requested"},
        {"operator assigns r2", "assignment_requested"},
        {"offer o2", "offered"},
        {"a deadline, late", "undeliverable refund_requested"}}},
      {"stranded with r1, with goods of s1",
       given({place_goods, offer_from_s1, accept_it, collect_it, strand_it}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "goods_lost cancelled refund_requested"},
        {"operator assigns r1", "assignment_requested"},
        {"operator assigns r2", "assignment_requested"},
        {"offer o2", "offered"},
        {"a deadline, late", "goods_lost undeliverable refund_requested"}}},
      {"held",
       given({place_it, after(10s, hold_order{"check"}, true)}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator releases", "hold_released deadlines_moved"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r1", "assignment_requested"},
        {"operator assigns r2", "assignment_requested"},
        {"offer o2", "offered"}}},
      {"waiting for goods",
       given({place_goods}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r1", "assignment_requested"},
        {"operator assigns r2", "assignment_requested"},
        {"offer o2", "!out_of_stock"},
        {"a deadline, late", "undeliverable refund_requested"}}},
      {"waiting, with goods at s1",
       given({place_goods, offer_from_s1,
              after(25s, lapse_order{"o1", "r1", lapse_reason::declined})}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "unsourced cancelled refund_requested"},
        {"operator assigns r1", "assignment_requested"},
        {"operator assigns r2", "assignment_requested"},
        {"offer o2", "offered"},
        {"s1 loses the goods", "unsourced"},
        {"a deadline, late", "unsourced undeliverable refund_requested"}}},
      {"offered with goods at s1",
       given({place_goods, offer_from_s1}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "unsourced cancelled refund_requested"},
        {"operator assigns r1", "offer_lapsed assignment_requested"},
        {"operator assigns r2", "offer_lapsed assignment_requested"},
        {"r1 accepts o1", "assigned"},
        {"s1 loses the goods", "offer_lapsed unsourced"},
        {"o1 lapses", "offer_lapsed"}}},
      {"assigned with goods at s1, until a time",
       given({place_goods, offer_from_s1, accept_it}),
       "!wrong_status",
       {{"swap r1 for r2", "swap_offered"},
        {"r1 yields", "unassigned"},
        {"r1 keeps it", ""},
        {"operator pauses", "paused"},
        {"waybill 1", "waybill_issued"},
        {"waybill 1, signed", "waybill_issued"},
        {"operator holds", "held"},
        {"ready", "ready"},
        {"cancel", "unsourced cancelled refund_requested"},
        {"operator assigns r2", "assignment_requested"},
        {"operator unassigns", "unassigned"},
        {"s1 loses the goods", "unassigned unsourced"},
        {"r1 is there", "reached"},
        {"r1 gives it up", "unassigned"},
        {"a deadline, late", "unassigned"},
        {"r1 collects", "picked_up"}}},
      {"picked up with goods of s1",
       given({place_goods, offer_from_s1, accept_it, collect_it}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"operator writes off", "goods_lost written_off refund_requested"},
        {"r1 gives a wrong code", "wrong_code_counted"},
        {"waybill 1", "waybill_issued"},
        {"waybill 1, signed", "waybill_issued"},
        {"cancel", "returning"},
        {"r1 cannot deliver", "returning"},
        {"r1 breaks down with it", "stranded"},
        {"r1 completes", "delivered"}}},
      {"delivered",
       given({place_it, offer_it, accept_it, collect_it, complete_it}),
       "!final_status",
       {}},
      {"delivered with an unsigned waybill",
       given({place_it, offer_it, accept_it, attach_unsigned, collect_it, complete_it}),
       "!final_status",
       {{"waybill 1, signed", "waybill_issued"}}},
      {"cancelled unpaid",
       given({place_unpaid, cancel_it}),
       "!final_status",
       {{"pay", "refund_requested"}}},
      {"cancelled because nobody paid",
       given({place_unpaid, much_later}),
       "!final_status",
       {{"pay", "refund_requested"}}},
      {"cancelled unpaid, then paid",
       given({place_unpaid, cancel_it, after(61s, pay_order{})}),
       "!final_status",
       {}},
      {"cancelled paid", given({place_unpaid, pay_it, cancel_it}), "!final_status", {}},
      {"cancelled while offered", given({place_it, offer_it, cancel_it}), "!final_status", {}},
      {"cancelled while assigned",
       given({place_it, offer_it, accept_it, cancel_it}),
       "!final_status",
       {}},
      {"undeliverable", given({place_it, much_later}), "!final_status", {}},
  };
  std::ranges::copy(rules_of_several_riders(), std::back_inserter(all));
  return all;
}

std::string expected(const state_rules<order>& rules, const std::string& command) {
  if (const auto own = rules.but.find(command); own != rules.but.end()) {
    return own->second;
  }
  const auto general = in_general.find(command);
  return general != in_general.end() ? general->second : rules.otherwise;
}

/// What holds of every order, however it came about.
void check_consistent(const order& o) {
  const auto status = o.status;
  const auto has_rider = status == order_status::offered || status == order_status::assigned ||
                         status == order_status::picked_up || status == order_status::delivered ||
                         status == order_status::returning || status == order_status::returned ||
                         status == order_status::written_off;
  CHECK(o.rider.empty() != has_rider);
  CHECK(o.offer.empty() != has_rider);
  CHECK((o.also_asked.empty() || status == order_status::offered ||
         (status == order_status::assigned && o.also_asked.size() == 1)));
  CHECK((status != order_status::unknown) == (o.placed_at != timestamp{}));
  CHECK((status == order_status::delivered) == (o.delivered_at != timestamp{}));
  const auto turned_back = status == order_status::returning || status == order_status::returned ||
                           status == order_status::written_off;
  CHECK((status == order_status::picked_up || status == order_status::delivered || turned_back) ==
        (o.picked_up_at != timestamp{}));
  CHECK((status == order_status::cancelled || turned_back) == !o.end_reason.empty());
  const auto waits = status == order_status::unpaid || status == order_status::waiting ||
                     (status == order_status::assigned && o.pick_up_by);
  CHECK(deadline(o).has_value() ==
        (waits && !o.pause && !(o.hold && status == order_status::waiting)));
  CHECK_FALSE((is_final(o) && o.hold));
  const auto goes_with_goods =
      !o.details.items.empty() && (has_rider && status != order_status::unknown);
  CHECK((!goes_with_goods || o.sourced));
  CHECK((!o.sourced || !o.details.station.empty()));
  CHECK_FALSE((is_final(o) && o.pause));
  if (status == order_status::unpaid || status == order_status::unknown) {
    CHECK_FALSE(o.paid);
  } else if (status != order_status::cancelled) {
    CHECK(o.paid);
  }
  if (o.refunded || is_final(o)) {
    CHECK(is_final(o));
    CHECK(o.requested_rider.empty());
  }
  if (o.paid && is_final(o)) {
    CHECK(o.refunded == (status != order_status::delivered));
  }
}

} // namespace

TEST_CASE("order: what every command comes to in every state") {
  for (const auto& rules : specification()) {
    for (const auto& [name, command, at, by_operator] : commands) {
      CAPTURE(rules.name);
      CAPTURE(name);
      auto state = rules.state;
      const auto result = perform(state, command, at, by_operator);
      CHECK(to_line(result) == expected(rules, name));
      CHECK((result.events.empty() || result.refused == refusal::none));
      CHECK(result.detail.empty() == (result.refused == refusal::none));
      check_consistent(state);
      if (result.refused != refusal::none) {
        CHECK(state == rules.state);
      }
      if (is_final(rules.state)) {
        auto but_for_papers = state;
        but_for_papers.refunded = rules.state.refunded;
        but_for_papers.waybill_signed = rules.state.waybill_signed;
        CHECK(but_for_papers == rules.state);
      }
    }
  }
}

TEST_CASE("order: the specification covers every status and names every command once") {
  std::vector<bool> covered(12, false);
  for (const auto& rules : specification()) {
    covered[static_cast<std::size_t>(rules.state.status)] = true;
    check_consistent(rules.state);
    for (const auto& [name, line] : rules.but) {
      CAPTURE(name);
      CHECK(std::ranges::count(commands, name, &named_command<order_command>::name) == 1);
    }
  }
  CHECK(covered == std::vector<bool>(12, true));
  std::vector<bool> kinds(std::variant_size_v<order_command>, false);
  for (const auto& c : commands) {
    kinds[c.command.index()] = true;
  }
  CHECK(kinds == std::vector<bool>(std::variant_size_v<order_command>, true));
}
