#include "messages/limits.hpp"
#include "tests/domain/order_words.hpp"

using namespace dispatch;
using namespace dispatch::domain;

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
  const policy policy;
  SUBCASE("given it is unpaid, then it waits for the payment, and fires no earlier") {
    auto o = given({place_unpaid});
    CHECK(deadline(o) == dawn + policy.payment_timeout);
    CHECK(to_line(perform(o, pass_deadline{}, dawn + policy.payment_timeout - 1us)) ==
          "!wrong_status");
    CHECK(to_line(perform(o, pass_deadline{}, dawn + policy.payment_timeout)) == "cancelled");
    CHECK(o.end_reason == "payment_timeout");
  }
  SUBCASE("given it was paid, then the search lasts from the payment") {
    CHECK(deadline(given({place_unpaid, pay_it})) == dawn + 10s + policy.max_wait);
  }
  SUBCASE("given it is for tomorrow, then the search lasts from when riders are looked for") {
    auto tomorrow = simple_order();
    tomorrow.ready_at = dawn + 24h;
    CHECK(deadline(given({after(0s, tomorrow)})) ==
          dawn + 24h - policy.dispatch_ahead + policy.max_wait);
    auto lost = given({after(0s, tomorrow), offer_it, accept_it});
    REQUIRE(lost.status == order_status::assigned);
    perform(lost, unassign_order{"why"}, dawn + 1min, true);
    CHECK(deadline(lost) == dawn + 24h - policy.dispatch_ahead + policy.max_wait);
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

TEST_CASE("order: so many offers in vain as the zone makes, and it is given up, with the reasons") {
  const policy policy;
  auto o = given({place_it});
  const auto ask = [&](const std::string& rider, const lapse_order& how) {
    perform(o, offer_order{how.offer, rider}, dawn);
    return to_line(perform(o, how, dawn));
  };
  for (std::uint32_t i = 1; i < policy.offers_max; ++i) {
    CHECK(ask("r1", {"o", "r1", lapse_reason::declined, "too far"}) == "offer_lapsed");
  }
  CHECK(ask("r2", {"o", "r2", lapse_reason::expired, {}}) ==
        "offer_lapsed undeliverable refund_requested");
  CHECK(o.lapses == std::vector<lapse_count>{{"too far", policy.offers_max - 1}, {"expired", 1}});
  auto told = given({place_it});
  for (int i = 0; i < 20; ++i) {
    perform(told, offer_order{"o", "r"}, dawn);
    perform(told, lapse_order{"o", "r", lapse_reason::declined, std::to_string(i)}, dawn);
  }
  CHECK(told.lapses.size() == limits::lapse_reasons_max);
  CHECK(told.lapses.back() == lapse_count{"other", 13});
}

TEST_CASE("order: promised for later, it is released before the window") {
  const policy policy;
  auto later = simple_order();
  later.promised_from = dawn + 5h;
  CHECK(search_begins(later, policy) == dawn + 5h - policy.release_ahead);
  CHECK(deadline(given({after(0s, later)})) == dawn + 5h - policy.release_ahead + policy.max_wait);
  later.ready_at = dawn + 6h;
  CHECK(search_begins(later, policy) == dawn + 6h - policy.dispatch_ahead);
}

TEST_CASE("order: while it is held or paused the end of the search stands still") {
  const policy policy;
  auto o = given({place_it, after(10s, hold_order{"check"}, true)});
  CHECK_FALSE(deadline(o));
  perform(o, pause_actor{"why"}, dawn + 20s, true);
  perform(o, resume_actor{}, dawn + 30s, true);
  perform(o, release_hold{}, dawn + 70s, true);
  CHECK(deadline(o) == dawn + policy.max_wait + 60s);
}

TEST_CASE("order: a rider who is late loses it, one who is there does not") {
  auto o = given({place_goods, offer_from_s1, accept_it});
  CHECK(deadline(o) == dawn + 2h);
  auto reached = o;
  perform(reached, reach_pick_up{"r1"}, dawn + 2h - 1s);
  CHECK_FALSE(deadline(reached));
  CHECK(to_line(perform(o, pass_deadline{}, dawn + 2h)) == "unassigned");
  CHECK(o.passed == std::vector<std::string>{"r1"});
  CHECK(o.sourced);
  CHECK(deadline(o) == dawn + 2h + policy{}.max_wait);
}

TEST_CASE("order: goods of any station are given up with the station, those of a named one not") {
  auto any = given({place_goods, offer_from_s1});
  CHECK(any.details.station == "s1");
  CHECK(any.details.pick_up == metres(5, 5));
  perform(any, lose_stock{"s1", stock_loss::closed}, dawn + 1min);
  CHECK(any.details.station.empty());
  auto named_order = goods_order();
  named_order.station = "s1";
  auto named = given({after(0s, named_order), offer_from_s1});
  perform(named, lose_stock{"s1", stock_loss::closed}, dawn + 1min);
  CHECK(named.details.station == "s1");
  CHECK_FALSE(named.sourced);
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

TEST_CASE("order: several riders are asked at once, and each offer counts") {
  auto o = given({place_it, offer_to_both});
  CHECK(o.offers == 2);
  CHECK(o.rider == "r1");
  CHECK(o.also_asked == std::vector<asked_rider>{{"o2", "r2", dawn + 2h}});
  SUBCASE("all of them hear that it is ready") {
    const auto result = perform(o, ready_order{}, dawn + 1min);
    CHECK(std::get<order_ready>(result.events.at(0)) == order_ready{dawn + 1min, "r1", {"r2"}});
  }
  SUBCASE("the first who accepts gets it, by the time that was said then") {
    const auto result = perform(o, confirm_order{"o2", "r2", true}, dawn + 30s);
    CHECK(std::get<order_offer_lapsed>(result.events.at(0)) ==
          order_offer_lapsed{"o1", "r1", lapse_reason::taken});
    CHECK(o.rider == "r2");
    CHECK(o.offer == "o2");
    CHECK(o.pick_up_by == dawn + 2h);
    CHECK(o.passed.empty());
    CHECK(o.lapses.empty());
    CHECK(to_line(perform(o, confirm_order{"o1", "r1", true}, dawn + 30s)) == "!unknown_offer");
  }
  SUBCASE("one who declines leaves the others asked, the last one lets it wait") {
    perform(o, lapse_order{"o1", "r1", lapse_reason::declined, "far"}, dawn + 30s);
    CHECK(status_name(o) == "offered");
    CHECK(o.rider == "r2");
    CHECK(o.offer == "o2");
    CHECK(o.pick_up_by == dawn + 2h);
    CHECK(o.also_asked.empty());
    perform(o, lapse_order{"o2", "r2", lapse_reason::expired}, dawn + 40s);
    CHECK(status_name(o) == "waiting");
    CHECK(o.passed == std::vector<std::string>{"r1", "r2"});
    CHECK(o.lapses == std::vector<lapse_count>{{"far", 1}, {"expired", 1}});
  }
  SUBCASE("a cancellation takes all offers back") {
    const auto result = perform(o, cancel_order{"why"}, dawn + 30s);
    CHECK(std::get<order_offer_lapsed>(result.events.at(0)) ==
          order_offer_lapsed{"o2", "r2", lapse_reason::withdrawn});
    CHECK(std::get<order_cancelled>(result.events.at(1)).rider == "r1");
    CHECK(o.also_asked.empty());
  }
}

TEST_CASE("order: with the last try in vain it is given up, not while another rider considers it") {
  policy policy;
  policy.offers_max = 2;
  auto o = given({place_it, offer_to_both});
  const auto declines = [&](const char* offer, const char* rider) {
    const auto result = apply(o, lapse_order{offer, rider, lapse_reason::declined},
                              context{"x", dawn + 1min, false, policy});
    for (const auto& e : result.events) {
      evolve(o, e);
    }
    return to_line(result);
  };
  CHECK(declines("o2", "r2") == "offer_lapsed");
  CHECK(declines("o1", "r1") == "offer_lapsed undeliverable refund_requested");
  CHECK(o.lapses == std::vector<lapse_count>{{"declined", 2}});
}

TEST_CASE("order: only a better rider counts as a swap") {
  order o;
  perform(o, order_command{simple_order()}, dawn);
  perform(o, order_command{assign_order{"r1"}}, dawn, true);
  perform(o, order_command{confirm_order{"o1", "r1", false}}, dawn);
  perform(o, order_command{unassign_order{"why"}}, dawn, true);
  CHECK(o.swaps == 0);
}
