#include "messages/limits.hpp"
#include "tests/domain/scenario.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

place_order unpaid_order() {
  auto o = simple_order();
  o.prepaid = false;
  return o;
}

order given(const std::vector<named_command<order_command>>& history) {
  order state;
  for (const auto& [name, command, at, by_operator] : history) {
    REQUIRE(perform(state, command, at, by_operator).refused == refusal::none);
  }
  return state;
}

named_command<order_command> after(timestamp::duration since, order_command command,
                                   bool by_operator = false) {
  return {"", std::move(command), dawn + since, by_operator};
}

const auto place_it = after(0s, simple_order());
const auto place_unpaid = after(0s, unpaid_order());
const auto pay_it = after(10s, pay_order{});
const auto offer_it = after(20s, offer_order{"o1", "r1"});
const auto accept_it = after(30s, confirm_order{"o1", "r1", true});
const auto collect_it = after(40s, collect_order{"r1"});
const auto complete_it = after(50s, complete_order{"r1"});
const auto cancel_it = after(60s, cancel_order{"changed_mind"});
const auto name_rider_2 = after(20s, assign_order{"r2"}, true);
attach_waybill paper(const std::string& number, const std::string& signature) {
  return {{number, "what was assigned", {}, {}, signature}};
}

const auto attach_unsigned = after(35s, paper("x-1", ""));
const auto attach_signed = after(36s, paper("x-1", "s"));
const auto much_later = after(3h, pass_deadline{});

/// Every command, and variants that a machine may take for each other.
const std::vector<named_command<order_command>> commands{
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
    {"operator pauses", pause_actor{"why"}, dawn + 61s, true},
    {"operator resumes", resume_actor{}, dawn + 61s, true},
    {"waybill 1", paper("x-1", ""), dawn + 61s},
    {"waybill 1, signed", paper("x-1", "s"), dawn + 61s},
    {"waybill 2, signed", paper("x-2", "s"), dawn + 61s},
};

/// In every state, unless the state says otherwise.
const std::map<std::string, std::string> in_general{
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
    {"waybill 1", "!wrong_status"},
    {"waybill 1, signed", "!wrong_status"},
    {"waybill 2, signed", "!wrong_status"},
};

std::vector<state_rules<order>> specification() {
  return {
      {"unknown",
       {},
       "!unknown_entity",
       {{"place", "placed paid"}, {"operator resumes", "!unknown_entity"}}},
      {"unpaid",
       given({place_unpaid}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"pay", "paid"},
        {"ready", "ready"},
        {"cancel", "cancelled"},
        {"a deadline, late", "cancelled"}}},
      {"waiting",
       given({place_it}),
       "!wrong_status",
       {{"operator pauses", "paused"},
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
       {{"operator pauses", "paused"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r2", "unassigned assignment_requested"},
        {"waybill 1", "waybill_issued"},
        {"waybill 1, signed", "waybill_issued"},
        {"r1 collects", "picked_up"}}},
      {"assigned to r1, who has an unsigned waybill",
       given({place_it, offer_it, accept_it, attach_unsigned}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r2", "unassigned assignment_requested"},
        {"waybill 1, signed", "waybill_issued"},
        {"r1 collects", "picked_up"}}},
      {"assigned to r1, who has the signed waybill",
       given({place_it, offer_it, accept_it, attach_unsigned, attach_signed}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r2", "unassigned assignment_requested"},
        {"r1 collects", "picked_up"}}},
      {"assigned to r2, whom an operator named after r1",
       given({place_it, offer_it, accept_it, attach_signed, after(40s, assign_order{"r2"}, true),
              after(40s, confirm_order{"f", "r2"})}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"ready", "ready"},
        {"cancel", "cancelled refund_requested"},
        {"operator assigns r1", "unassigned assignment_requested"},
        {"waybill 2, signed", "waybill_issued"},
        {"r2 collects", "picked_up"}}},
      {"picked up by r1",
       given({place_it, offer_it, accept_it, collect_it}),
       "!wrong_status",
       {{"operator pauses", "paused"},
        {"cancel", "!on_board"},
        {"waybill 1", "waybill_issued"},
        {"waybill 1, signed", "waybill_issued"},
        {"r1 completes", "delivered"}}},
      {"delivered",
       given({place_it, offer_it, accept_it, collect_it, complete_it}),
       "!final_status",
       {}},
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
                         status == order_status::picked_up || status == order_status::delivered;
  CHECK(o.rider.empty() != has_rider);
  CHECK(o.offer.empty() != has_rider);
  CHECK((status != order_status::unknown) == (o.placed_at != timestamp{}));
  CHECK((status == order_status::delivered) == (o.delivered_at != timestamp{}));
  CHECK((status == order_status::picked_up || status == order_status::delivered) ==
        (o.picked_up_at != timestamp{}));
  CHECK((status == order_status::cancelled) == !o.end_reason.empty());
  const auto waits = status == order_status::unpaid || status == order_status::waiting;
  CHECK(deadline(o).has_value() == (waits && !o.pause));
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
      CHECK(result.events.empty() == (result.refused != refusal::none));
      CHECK(result.detail.empty() == (result.refused == refusal::none));
      check_consistent(state);
      if (result.refused != refusal::none) {
        CHECK(state == rules.state);
      }
      if (is_final(rules.state)) {
        auto but_for_refund = state;
        but_for_refund.refunded = rules.state.refunded;
        CHECK(but_for_refund == rules.state);
      }
    }
  }
}

TEST_CASE("order: the specification covers every status and names every command once") {
  std::vector<bool> covered(9, false);
  for (const auto& rules : specification()) {
    covered[static_cast<std::size_t>(rules.state.status)] = true;
    check_consistent(rules.state);
    for (const auto& [name, line] : rules.but) {
      CAPTURE(name);
      CHECK(std::ranges::count(commands, name, &named_command<order_command>::name) == 1);
    }
  }
  CHECK(covered == std::vector<bool>(9, true));
  std::vector<bool> kinds(std::variant_size_v<order_command>, false);
  for (const auto& c : commands) {
    kinds[c.command.index()] = true;
  }
  CHECK(kinds == std::vector<bool>(std::variant_size_v<order_command>, true));
}

TEST_CASE("order: given it is prepaid, when all goes well, then its times are kept") {
  const auto o = given({place_it, offer_it, accept_it, collect_it, complete_it});
  CHECK(status_name(o) == "delivered");
  CHECK(o.placed_at == dawn);
  CHECK(o.picked_up_at == dawn + 40s);
  CHECK(o.delivered_at == dawn + 50s);
  CHECK(o.rider == "r1");
  CHECK(o.offer == "o1");
  CHECK(o.offers == 1);
  CHECK_FALSE(o.refunded);
}

TEST_CASE("order: deadlines of payment and search") {
  const policy rules;
  SUBCASE("given it is unpaid, then it waits for the payment, and fires no earlier") {
    auto o = given({place_unpaid});
    CHECK(deadline(o) == dawn + rules.payment_timeout);
    CHECK(to_line(perform(o, pass_deadline{}, dawn + rules.payment_timeout - 1us)) ==
          "!wrong_status");
    CHECK(to_line(perform(o, pass_deadline{}, dawn + rules.payment_timeout)) == "cancelled");
    CHECK(o.end_reason == "payment_timeout");
  }
  SUBCASE("given it was paid, then the search lasts from the payment") {
    CHECK(deadline(given({place_unpaid, pay_it})) == dawn + 10s + rules.max_wait);
  }
  SUBCASE("given it is for tomorrow, then the search lasts from when riders are looked for") {
    auto tomorrow = simple_order();
    tomorrow.ready_at = dawn + 24h;
    CHECK(deadline(given({after(0s, tomorrow)})) ==
          dawn + 24h - rules.dispatch_ahead + rules.max_wait);
  }
  SUBCASE("given it is offered, when the search should have ended, then the rider may accept") {
    auto o = given({place_it, offer_it});
    CHECK_FALSE(deadline(o));
    CHECK(to_line(perform(o, confirm_order{"o1", "r1", true}, dawn + 3h)) == "assigned");
  }
  SUBCASE("given the offer lapsed after that, then it is given up") {
    auto o = given({place_it, offer_it});
    perform(o, lapse_order{"o1", "r1", lapse_reason::expired}, dawn + 3h);
    CHECK(to_line(perform(o, pass_deadline{}, dawn + 3h)) == "undeliverable refund_requested");
  }
}

TEST_CASE("order: it is ready when it was said to be, or earlier, never in the past") {
  auto late = simple_order();
  late.ready_at = dawn + 30min;
  auto o = given({after(0s, late)});
  CHECK(o.details.ready_at == dawn + 30min);
  perform(o, ready_order{}, dawn + 10min);
  CHECK(o.details.ready_at == dawn + 10min);
  perform(o, ready_order{}, dawn + 20min);
  CHECK(o.details.ready_at == dawn + 10min);
  CHECK(given({after(5min, simple_order())}).details.ready_at == dawn + 5min);
}

TEST_CASE("order: who is told that it is ready is who is asked or bound") {
  const auto told = [](order o) {
    const auto result = perform(o, ready_order{}, dawn + 1min);
    return std::get<order_ready>(result.events.at(0)).rider;
  };
  CHECK(told(given({place_it})).empty());
  CHECK(told(given({place_it, offer_it})) == "r1");
  CHECK(told(given({place_it, offer_it, accept_it})) == "r1");
}

TEST_CASE("order: riders who passed are remembered, the newest last, and not too many") {
  auto o = given({place_it});
  const auto ask = [&](const std::string& rider, lapse_reason why) {
    perform(o, offer_order{"o", rider}, dawn);
    perform(o, lapse_order{"o", rider, why}, dawn);
  };
  ask("r1", lapse_reason::declined);
  ask("r2", lapse_reason::expired);
  ask("r1", lapse_reason::expired);
  ask("r3", lapse_reason::withdrawn);
  CHECK(o.passed == std::vector<std::string>{"r2", "r1"});
  CHECK(o.offers == 4);
  for (std::size_t i = 0; i < limits::passed_riders_max; ++i) {
    ask("n" + std::to_string(i), lapse_reason::declined);
  }
  CHECK(o.passed.size() == limits::passed_riders_max);
  CHECK(o.passed.front() == "n0");
}

TEST_CASE("order: a cancellation names who held it, so that the rider hears of it") {
  const auto held_by = [](order o) {
    const auto result = perform(o, cancel_order{"why"}, dawn + 1min);
    return std::get<order_cancelled>(result.events.at(0)).rider;
  };
  CHECK(held_by(given({place_it})).empty());
  CHECK(held_by(given({place_it, offer_it})) == "r1");
  CHECK(held_by(given({place_it, offer_it, accept_it})) == "r1");
}
