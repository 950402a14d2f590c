#include "actors/turn/turn.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// In which rounds a turn delivers its commands.
namespace {

using namespace dispatch;
using names = std::vector<std::string>;

const entity_ref the_rider{entity_kind::rider, "r1"};

command from_input(const entity_ref& target, command_body body, std::uint64_t sequence) {
  command c;
  c.target = target;
  c.sequence = sequence;
  c.id = std::to_string(sequence);
  c.body = std::move(body);
  return c;
}

command pick_up(const std::string& order, std::uint64_t sequence) {
  return from_input(the_rider, rider_command{pick_up_order{order}}, sequence);
}

command cancel(const std::string& order, std::uint64_t sequence) {
  return from_input({entity_kind::order, order}, order_command{cancel_order{"changed_mind"}},
                    sequence);
}

command break_down(std::uint64_t sequence) {
  return from_input(the_rider, rider_command{report_breakdown{"flat tyre"}}, sequence);
}

command hand_back(std::uint64_t sequence) {
  return from_input(the_rider, rider_command{end_shift{true}}, sequence);
}

turn turn_of(std::vector<command> commands) {
  return {timestamp{duration{1}}, std::move(commands), {}, applied_ids{}};
}

names targets(const std::vector<turn::batch>& round) {
  names list;
  for (const auto& batch : round) {
    list.push_back(batch.target.id);
  }
  return list;
}

/// Answers each batch of a round: a rider who picks up has collected, one who accepts or stops had
/// the order o1, and nothing else causes anything.
void answer_all(turn& in, const std::vector<turn::batch>& round) {
  for (const auto& batch : round) {
    answer said;
    said.who = batch.target;
    said.state = std::make_shared<const order>();
    for (const auto& item : batch.items) {
      reply r;
      r.input = item.input;
      if (const auto* of_rider = std::get_if<rider_command>(&item.command)) {
        said.state = std::make_shared<const rider>();
        if (const auto* step = std::get_if<pick_up_order>(of_rider)) {
          r.events.emplace_back(order_collected{step->order, {}});
        } else if (std::holds_alternative<accept_offer>(*of_rider)) {
          r.events.emplace_back(offer_accepted{"f1", {"o1"}, {}});
        } else {
          r.events.emplace_back(broke_down{"", {}, {}, {"o1"}, {}});
        }
      }
      said.replies.push_back(std::move(r));
    }
    in.take(std::move(said));
  }
  in.finish_round();
}

/// Whom the rounds of a turn went to, until it has come to rest.
std::vector<names> rounds_of(turn& in) {
  std::vector<names> list;
  for (auto round = in.next_round(); !round.empty(); round = in.next_round()) {
    list.push_back(targets(round));
    answer_all(in, round);
  }
  return list;
}

TEST_CASE("a cancel stored behind the rider's step waits until the order has heard of the step") {
  auto t = turn_of({pick_up("o1", 1), cancel("o1", 2)});
  CHECK(rounds_of(t) == std::vector<names>{{"r1"}, {"o1"}, {"o1"}});
}

TEST_CASE("a rider's step stored behind a cancel waits for what the cancel causes") {
  auto t = turn_of({cancel("o1", 1), pick_up("o1", 2)});
  CHECK(rounds_of(t) == std::vector<names>{{"o1"}, {"r1"}, {"o1"}});
}

TEST_CASE("a rider who gives up a route, and the orders that it may have") {
  for (const auto& gives_up : {break_down(1), hand_back(1)}) {
    auto behind = turn_of({gives_up, cancel("o1", 2)});
    CHECK(rounds_of(behind) == std::vector<names>{{"r1"}, {"o1"}, {"o1"}});
    auto between = turn_of({cancel("o1", 0), gives_up, cancel("o2", 2)});
    CHECK(rounds_of(between) == std::vector<names>{{"o1"}, {"r1"}, {"o1"}, {"o2"}});
  }
  auto own_step = turn_of({pick_up("o1", 1), break_down(2)});
  CHECK(rounds_of(own_step) == std::vector<names>{{"r1"}, {"o1"}});
}

TEST_CASE("what a rider does behind accepting an offer waits until the order has answered") {
  const auto accept = [](const entity_ref& who, std::uint64_t sequence) {
    return from_input(who, rider_command{accept_offer{"f1"}}, sequence);
  };
  auto own_step = turn_of({accept(the_rider, 1), pick_up("o1", 2)});
  CHECK(rounds_of(own_step) == std::vector<names>{{"r1"}, {"o1"}, {"r1"}, {"o1"}});
  auto gives_up = turn_of({accept(the_rider, 1), break_down(2)});
  CHECK(rounds_of(gives_up) == std::vector<names>{{"r1"}, {"o1"}, {"r1"}, {"o1"}});
  const entity_ref other{entity_kind::rider, "r2"};
  auto of_another = turn_of({accept(other, 1), pick_up("o1", 2)});
  CHECK(rounds_of(of_another) == std::vector<names>{{"r2", "r1"}, {"o1"}});
}

TEST_CASE("commands about different orders share a round") {
  auto t = turn_of({pick_up("o1", 1), cancel("o2", 2), cancel("o3", 3)});
  CHECK(rounds_of(t) == std::vector<names>{{"r1", "o2", "o3"}, {"o1"}});
}

TEST_CASE("a command sent twice in one turn takes effect once") {
  auto again = cancel("o1", 2);
  again.id = "1";
  auto t = turn_of({cancel("o1", 1), std::move(again)});
  const auto round = t.next_round();
  REQUIRE(round.size() == 1);
  CHECK(round.front().items.size() == 1);
  answer_all(t, round);
  record r;
  t.move_into(r);
  REQUIRE(r.events.size() == 1);
  CHECK(std::holds_alternative<command_repeated>(r.events.front().body));
}

/// Everybody accepts what is proposed; `refuses` says no.
void answer_proposals(turn& to, const std::vector<turn::batch>& round, const std::string& refuses) {
  for (const auto& batch : round) {
    answer said;
    said.who = batch.target;
    said.state = std::make_shared<const order>();
    reply r;
    r.input = batch.items.front().input;
    r.refused = batch.target.id == refuses ? refusal::has_offer : refusal::none;
    said.replies.push_back(std::move(r));
    to.take(std::move(said));
  }
}

/// Two riders are asked about one order; `refuses` says no.
std::vector<entity_ref> adopted_unless(const std::string& refuses, record& into) {
  turn t = turn_of({});
  domain::plan p;
  p.ran = true;
  domain::proposal both{"r1", {"f1-0", {"o1"}, {}, {}}, false, {{"o1"}}};
  both.also.push_back({"r2", {"f1-1", {"o1"}, {}, {}}, {}});
  p.proposals.push_back(both);
  decision d;
  d.order = "o1";
  d.rider = "r1";
  d.offer = "f1-0";
  d.also = {{"r2", "f1-1"}};
  p.decisions.push_back(d);
  const auto round = t.propose(std::move(p));
  CHECK(targets(round) == names{"r1", "r2", "o1"});
  const auto& made =
      std::get<offer_order>(std::get<order_command>(round.back().items.front().command));
  CHECK(made.also == std::vector<asked_rider>{{"f1-1", "r2", {}}});
  answer_proposals(t, round, refuses);
  auto adopted = t.finish_proposals();
  t.move_into(into);
  return adopted;
}

TEST_CASE("riders who are asked at once are all asked, or none of them") {
  record made;
  CHECK(adopted_unless("", made).size() == 3);
  CHECK(made.decisions.front().also.size() == 1);
  for (const auto* one : {"r1", "r2", "o1"}) {
    record not_made;
    CHECK(adopted_unless(one, not_made).empty());
    CHECK(not_made.decisions.front().also.empty());
    CHECK(not_made.decisions.front().waiting == waiting_reason::not_looked_at);
  }
}

TEST_CASE("a proposal that its rider does not take is not made, the others of the match are") {
  for (const std::string refuses : {"1", "2", "3"}) {
    CAPTURE(refuses);
    turn t = turn_of({});
    domain::plan p;
    p.ran = true;
    for (const std::string n : {"1", "2", "3"}) {
      p.proposals.push_back({"r" + n, {"f" + n, {"o" + n}, {}, {}}, false, {{"o" + n}}});
      decision d;
      d.order = "o" + n;
      d.rider = "r" + n;
      d.offer = "f" + n;
      p.decisions.push_back(d);
    }
    answer_proposals(t, t.propose(std::move(p)), "r" + refuses);
    CHECK(t.finish_proposals().size() == 4);
    record r;
    t.move_into(r);
    REQUIRE(r.decisions.size() == 3);
    for (const auto& d : r.decisions) {
      const auto is_made = d.order != "o" + refuses;
      CHECK(d.rider.empty() != is_made);
      CHECK(d.offer.empty() != is_made);
      CHECK((d.waiting == waiting_reason::not_looked_at) != is_made);
    }
  }
}

} // namespace
