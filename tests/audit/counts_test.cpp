// Counts that are wrong, and turns for nothing, in logs whose chain is sound: each is rejected by
// name.

#include "tests/audit/lives.hpp"

using namespace dispatch;
using namespace script;
using namespace std::chrono_literals;

namespace {

/// A turn in which nothing happens but that this is said of an order.
turn saying(const std::string& order, waiting_reason why) {
  turn t;
  decision d;
  d.order = order;
  d.waiting = why;
  d.policy_version = 1;
  d.in_reach = 1;
  d.counts.push_back({gate::off_shift, 1});
  t.r.decisions.push_back(std::move(d));
  return t;
}

/// The good day until the first order waits, and then these turns.
story waiting_with(const std::vector<turn>& more) {
  auto day = with_policy(good_day(), {});
  day.resize(offer_turn);
  day.insert(day.end(), more.begin(), more.end());
  return day;
}

/// The good day, at whose end the order whose offer expired is given up.
story given_up(const order_undeliverable& how, const policy& policy = {}) {
  auto day = with_policy(good_day(), policy);
  turn last;
  last.order("o3", how).order("o3", order_refund_requested{});
  day.push_back(last);
  return day;
}

/// The good day, where the rider who lets the offer of the third order expire gets a break.
story with_break(std::uint32_t ignored_offers_max) {
  policy policy;
  policy.ignored_offers_max = ignored_offers_max;
  auto day = with_policy(good_day(), policy);
  day.resize(expiry_turn + 1);
  day.back().rider("r1", break_started{"ignored_offers", time_of(expiry_turn)});
  return day;
}

} // namespace

TEST_CASE("audit: a zone that says the same again and again, though nothing comes in") {
  const auto gated = saying("o1", waiting_reason::all_riders_gated);
  expect(waiting_with({gated, gated, gated}), check::idle_turn);
  expect_clean(waiting_with({gated, gated}));
  turn came;
  came.command(script::rider("r1"), rider_command{start_break{}})
      .answer(script::rider("r1"), command_refused{refusal::wrong_status, "start_break", ""});
  expect_clean(waiting_with({gated, gated, came, gated}));
  const auto busy = saying("o1", waiting_reason::riders_busy);
  expect_clean(waiting_with({gated, busy, gated, busy, gated}));
}

TEST_CASE("audit: more turns for nothing than there are orders to look at") {
  expect(waiting_with(std::vector<turn>(4)), check::idle_turn);
  expect_clean(waiting_with(std::vector<turn>(3)));
  // Each turn is 10 s behind the one before; an order is looked at again after 60 s.
  std::vector<turn> with_answers(12);
  for (std::size_t i = 0; i < with_answers.size(); i += 3) {
    with_answers[i].r.travel.push_back({"o1", {}});
  }
  expect_clean(waiting_with(with_answers));
}

TEST_CASE("audit: an order that is given up with another count of offers than were in vain") {
  const std::vector<lapse_count> one_expired{{"expired", 1}};
  expect_none(given_up({1, search_end::max_wait, one_expired}), check::attempts);
  expect(given_up({2, search_end::max_wait, one_expired}), check::attempts);
  expect(given_up({1, search_end::max_wait, {}}), check::attempts);
  policy one_offer;
  one_offer.offers_max = 1;
  expect_clean(given_up({1, search_end::attempts, one_expired}, one_offer));
  expect(given_up({1, search_end::attempts, one_expired}), check::attempts);
}

TEST_CASE("audit: offers that others won are not in vain") {
  policy policy;
  auto day = with_policy(good_day(), policy);
  day.resize(offer_turn);
  const std::vector<stop> stops{pick_up("o1"), drop_off("o1")};
  for (const auto reason : {lapse_reason::withdrawn, lapse_reason::declined}) {
    CAPTURE(static_cast<int>(reason));
    auto lost = day;
    turn asked;
    asked.rider("r1", offer_received{{"f4-0", {"o1"}, stops, time_of(20)}})
        .order("o1", order_offered{"f4-0", "r1"});
    turn over;
    if (reason == lapse_reason::declined) {
      over.rider("r1", offer_declined{"f4-0", {"o1"}, ""});
    } else {
      over.rider("r1", offer_withdrawn{"f4-0"});
    }
    over.order("o1", order_offer_lapsed{"f4-0", "r1", reason});
    const auto in_vain = reason == lapse_reason::declined ? 1U : 0U;
    const auto give_up = [&](std::uint32_t offers) {
      std::vector<lapse_count> lapses;
      if (in_vain > 0) {
        lapses.push_back({"declined", in_vain});
      }
      turn end;
      end.order("o1", order_undeliverable{offers, search_end::max_wait, lapses})
          .order("o1", order_refund_requested{});
      auto whole = lost;
      whole.insert(whole.end(), {asked, over, end});
      return whole;
    };
    expect_none(give_up(in_vain), check::attempts);
    expect(give_up(1 - in_vain), check::attempts);
  }
}

TEST_CASE("audit: a break after fewer ignored offers than the policy says") {
  expect_clean(with_break(1));
  expect(with_break(2), check::attempts);
  expect(with_break(0), check::attempts);
}

TEST_CASE("audit: a swap that a rider lets go by is no ignored offer") {
  policy policy;
  policy.ignored_offers_max = 1;
  auto day = with_policy(good_day(), policy);
  day.resize(accept_turn + 1);
  const std::vector<stop> stops{pick_up("o1"), drop_off("o1")};
  day.emplace_back()
      .rider("r2", offer_received{{"f6-0", {"o1"}, stops, time_of(accept_turn + 1) + 1s}})
      .order("o1", order_swap_offered{"f6-0", "r2"});
  day.emplace_back()
      .deadline(script::rider("r2"))
      .rider("r2", offer_expired{"f6-0", {"o1"}})
      .order("o1", order_offer_lapsed{"f6-0", "r2", lapse_reason::expired});
  expect_clean(day);
  day.back().rider("r2", break_started{"ignored_offers", time_of(accept_turn + 2)});
  expect(day, check::attempts);
}

namespace {

/// The good day until the rider stands at the customer's, where so many codes are wrong.
story guessing(std::uint32_t codes, std::uint32_t code_attempts_max) {
  policy policy;
  policy.code_attempts_max = code_attempts_max;
  auto day = with_policy(good_day(), policy);
  day.resize(deliver_turn);
  for (std::uint32_t i = 1; i <= codes; ++i) {
    day.emplace_back()
        .command(script::rider("r1"), rider_command{deliver_order{"o1", "1"}})
        .answer(script::rider("r1"), command_refused{refusal::wrong_code, "deliver", ""})
        .rider("r1", wrong_code_given{"o1", time_of(deliver_turn)})
        .order("o1", order_wrong_code_counted{"r1", i});
  }
  return day;
}

} // namespace

TEST_CASE("audit: more wrong codes than the policy says, or another count of them") {
  expect_clean(guessing(2, 2));
  expect(guessing(3, 2), check::attempts);
  auto twice = guessing(1, 2);
  twice.back().order("o1", order_wrong_code_counted{"r1", 1});
  expect(twice, check::attempts);
}

TEST_CASE("audit: a wrong code that is counted and not refused, or refused with another effect") {
  auto taken = guessing(1, 2);
  std::erase_if(taken.back().r.events,
                [](const event& e) { return std::holds_alternative<command_refused>(e.body); });
  expect(taken, check::refusal_effect);
  auto delivered = guessing(1, 2);
  delivered.back().order("o1", order_delivered{"r1", time_of(deliver_turn)});
  expect(delivered, check::refusal_effect);
}
