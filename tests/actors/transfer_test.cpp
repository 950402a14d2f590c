#include "actors/output/transfers.hpp"
#include "cmd/audit/lives/neighbours.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "tests/support/virtual_city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

/// Riders carried between two whole zones, which both call themselves `z`: on the road they are
/// `here` and `there`.
namespace {

using namespace dispatch;
using namespace dispatch::testing;
using namespace std::chrono_literals;

class road final : public zone_road {
public:
  std::map<std::string, virtual_city*> zones;
  bool loses_answers = false; ///< what is told arrives, and the teller hears of a failure
  int told = 0;

  result<bool> exists(const std::string& zone) override { return zones.contains(zone); }

  status tell(const std::string& zone, const std::string& rider, const rider_command& command,
              const std::string& id, const std::string& by) override {
    ++told;
    auto& city = *zones.at(zone);
    const command_body body{command};
    city.streams.in->publish(
        "dispatch.in.z.rider." + rider + "." + std::string{wire::verb_of(body)} + "." + by,
        wire::encode_command(body, wire::encoding::json), city.clock->now(), id);
    return loses_answers ? status{failure{"no answer"}} : status{nothing{}};
  }

  result<std::optional<event>> newest(const std::string& zone, const std::string& rider,
                                      std::string_view name) override {
    if (!zones.contains(zone)) {
      return std::optional<event>{};
    }
    std::optional<event> last;
    const auto subject = "dispatch.out.z.rider." + rider + "." + std::string{name};
    for (const auto& message : zones.at(zone)->streams.out->all()) {
      if (message.subject == subject) {
        last = *wire::decode_event(message.body);
      }
    }
    return last;
  }
};

/// Two zones that run, a rider at work in the first one, and who carries from there.
struct neighbours {
  virtual_city here;
  virtual_city there;
  std::shared_ptr<road> between = std::make_shared<road>();
  std::shared_ptr<transfers> carrier = make();

  neighbours() {
    there.clock = here.clock;
    between->zones = {{"here", &here}, {"there", &there}};
    here.start();
    there.start();
    here.begin_shift("r1");
  }

  std::shared_ptr<transfers> make() const {
    return std::make_shared<transfers>("here", here.kept, between, here.clock);
  }
  std::shared_ptr<transfers> make_back() const {
    return std::make_shared<transfers>("there", there.kept, between, there.clock);
  }

  void leave_for(const std::string& zone) {
    here.tell("rider", "r1", "transfer", R"({"zone":")" + zone + R"("})");
    REQUIRE(here.count_of("rider.r1.transfer_started") == 1);
  }

  bool works(const virtual_city& city) const {
    auto r = rider{};
    const auto row = *city.kept->get({entity_kind::rider, "r1"});
    if (row) {
      r = *wire::decode_rider(row->snapshot.state);
    }
    return r.on_shift;
  }

  void check_works_in_one_at_most() const { CHECK_FALSE((works(here) && works(there))); }

  void go_rounds(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      REQUIRE(carrier->go_round());
      there.node->run();
      here.node->run();
    }
  }

  /// The audit finds nothing wrong with both zones together.
  void check_audit() const {
    audit::neighbour_auditor auditor;
    for (const auto& [name, city] : between->zones) {
      for (const auto& r : city->records()) {
        auditor.add(name, r.now, r);
      }
    }
    const auto report = auditor.finish();
    CHECK_MESSAGE(report.clean(), audit::to_text(report));
  }
};

} // namespace

TEST_CASE("a rider is carried in steps, each of which may be repeated or forgotten") {
  neighbours n;
  n.leave_for("there");
  CHECK_FALSE(n.works(n.here));
  SUBCASE("one step after the other") {}
  SUBCASE("nobody knows whether anything arrived") { n.between->loses_answers = true; }
  SUBCASE("who carries forgets all, each time") {
    for (int i = 0; i < 3; ++i) {
      static_cast<void>(n.make()->go_round());
      n.here.clock->advance(1s);
    }
  }
  for (int round = 0; round < 4; ++round) {
    const auto went = n.carrier->go_round();
    CHECK((went || n.between->loses_answers));
    n.check_works_in_one_at_most();
    n.there.node->run();
    n.check_works_in_one_at_most();
    n.here.node->run();
    n.check_works_in_one_at_most();
  }
  CHECK(n.there.count_of("rider.r1.received") == 1);
  CHECK(n.here.count_of("rider.r1.transfer_ended") == 1);
  CHECK(n.works(n.there));
  n.there.place("o1");
  n.there.node->advance(2s);
  CHECK(n.there.count_of("order.o1.offered") == 1);
  n.here.place("o1");
  n.here.node->advance(2s);
  CHECK(n.here.count_of("order.o1.offered") == 0);
}

TEST_CASE("a zone that does not answer is asked again after a while, twice as long each time") {
  neighbours n;
  n.there.crash();
  n.leave_for("there");
  std::vector<duration> waits;
  auto last = n.here.clock->now();
  for (int second = 0; second < 200; ++second) {
    const auto before = n.between->told;
    REQUIRE(n.carrier->go_round());
    if (n.between->told > before) {
      waits.push_back(n.here.clock->now() - last);
      last = n.here.clock->now();
    }
    n.here.clock->advance(1s);
  }
  CHECK(waits == std::vector<duration>{0s, 2s, 4s, 8s, 16s, 32s, 60s, 60s});
  n.there.start();
  REQUIRE(n.carrier->go_round());
  n.here.node->run();
  CHECK(n.there.count_of("rider.r1.received") == 1);
  CHECK(n.there.count_of("rider.r1.transfer_answered") == static_cast<long>(waits.size()));
  CHECK(n.here.count_of("rider.r1.transfer_ended") == 1);
}

TEST_CASE("a rider who is at work in the next zone works there alone") {
  neighbours n;
  n.there.begin_shift("r1");
  n.leave_for("there");
  for (int round = 0; round < 2; ++round) {
    REQUIRE(n.carrier->go_round());
    n.there.node->run();
    n.here.node->run();
  }
  CHECK(n.works(n.there));
  CHECK_FALSE(n.works(n.here));
  CHECK(n.here.announced().back() == "rider.r1.shift_ended");
}

TEST_CASE("a rider who cannot be received goes on where he was") {
  neighbours n;
  std::string why;
  SUBCASE("no such zone") {
    n.leave_for("nowhere");
    why = "there is no zone nowhere";
  }
  SUBCASE("this very zone") {
    n.leave_for("here");
    why = "the rider is in this zone";
  }
  for (int round = 0; round < 2; ++round) {
    REQUIRE(n.carrier->go_round());
    n.there.node->run();
    n.here.node->run();
  }
  CHECK(n.works(n.here));
  const auto said = *n.between->newest("here", "r1", "transfer_ended");
  CHECK(std::get<transfer_ended>(std::get<rider_event>(said->body)).detail == why);
  n.here.place("o1");
  n.here.node->advance(2s);
  CHECK(n.here.count_of("order.o1.offered") == 1);
}

TEST_CASE("a rider who begins to work in the next zone before the transfer works there alone") {
  neighbours n;
  n.leave_for("there");
  n.there.begin_shift("r1");
  n.go_rounds(2);
  n.here.clock->advance(10s);
  n.there.tell("rider", "r1", "end_shift");
  n.check_audit();
}

TEST_CASE("of two transfers that cross the later one counts, whichever zone is asked first") {
  neighbours n;
  n.leave_for("there");
  n.there.clock->advance(1s);
  n.there.begin_shift("r1");
  n.there.clock->advance(1s);
  n.there.tell("rider", "r1", "transfer", R"({"zone":"here"})");
  const auto back = n.make_back();
  auto first = n.carrier;
  auto second = back;
  SUBCASE("the one that was left first") {}
  SUBCASE("the one that was left last") { std::swap(first, second); }
  for (int round = 0; round < 4; ++round) {
    REQUIRE(first->go_round());
    REQUIRE(second->go_round());
    n.there.node->run();
    n.here.node->run();
    n.check_works_in_one_at_most();
  }
  CHECK(n.works(n.here));
  CHECK_FALSE(n.works(n.there));
  n.here.clock->advance(10s);
  n.here.tell("rider", "r1", "end_shift");
  n.check_audit();
}

TEST_CASE("a transfer does not end a break") {
  neighbours n;
  n.here.tell("rider", "r1", "start_break");
  n.here.tell("rider", "r1", "transfer", R"({"zone":"there"})");
  n.go_rounds(2);
  n.here.place("o1");
  n.there.place("o1");
  n.here.node->advance(2s);
  n.there.node->advance(2s);
  n.check_audit();
}

TEST_CASE("nobody but a zone hands riders over") {
  neighbours n;
  const auto body = wire::encode_command(
      rider_command{receive_rider{"there", {1, {}, {}, {}, {}, {}}}}, wire::encoding::json);
  n.here.tell("rider", "r7", "receive", body);
  CHECK(n.here.announced().back() == "rider.r7.refused");
}
