#include "messages/limits.hpp"
#include "tests/actors/checks.hpp"
#include "tests/support/virtual_city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Travel times of a zone whose routing engine is slow, fails and recovers.
namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using testing::virtual_city;

/// Says when it is told to that every way takes a minute, and those from west of `slow_west_of`
/// ten.
class scripted_engine final : public travel_engine {
public:
  enum class mood : std::uint8_t { tells, fails, is_silent };

  void ask(travel_question what, std::function<void(std::optional<travel_table>)> done) override {
    asked_.emplace_back(std::move(what), std::move(done));
    if (now != mood::is_silent) {
      answer_all();
    }
  }

  void answer_all() {
    for (const auto& [what, done] : std::exchange(asked_, {})) {
      ++answers;
      done(now == mood::fails ? std::nullopt : std::optional{table_of(what)});
    }
  }

  std::size_t asked() const { return asked_.size(); }

  mood now = mood::tells;
  double slow_west_of = -180.0;
  std::size_t answers = 0;

private:
  travel_table table_of(const travel_question& what) const {
    travel_table table;
    for (const auto& from : what.from) {
      table.insert(table.end(), what.to.size(), from.longitude < slow_west_of ? 600.0 : 60.0);
    }
    return table;
  }

  std::vector<std::pair<travel_question, std::function<void(std::optional<travel_table>)>>> asked_;
};

using mood = scripted_engine::mood;

policy routed() {
  policy p;
  p.routed = true;
  return p;
}

/// The order's place is at -73.1; `near` is a little west of it, `far` to the east.
struct city_with_engine : virtual_city {
  explicit city_with_engine(mood now = mood::tells) : virtual_city(routed()) {
    scripted->now = now;
    scripted->slow_west_of = -73.1;
    engine = scripted;
    start();
    begin_shift("near", 7.1, -73.102);
    begin_shift("far", 7.1, -73.09);
  }

  /// Who is asked to carry the order, and where the travel times come from.
  std::string asked_for(const std::string& order) const {
    for (const auto& r : records()) {
      for (const auto& d : r.decisions) {
        if (d.order == order && !d.offer.empty()) {
          const auto source = d.candidates.at(0).travel;
          return d.rider + (source == travel_source::engine     ? " by engine"
                            : source == travel_source::estimate ? " by estimate"
                                                                : " partly");
        }
      }
    }
    return "nobody";
  }

  std::shared_ptr<scripted_engine> scripted = std::make_shared<scripted_engine>();
};

void check(const city_with_engine& city) {
  testing::check_audit(city);
  testing::check_decided_again(city);
}

} // namespace

TEST_CASE("travel: a routing engine knows that the nearer rider takes longer") {
  city_with_engine city;
  city.place("o1");
  city.node->advance(2s);
  CHECK(city.asked_for("o1") == "far by engine");
  CHECK(city.scripted->answers == 1);
  CHECK(city.node->metrics().travel_questions == 1);
  CHECK(city.node->metrics().travel_times > 0);
  CHECK_FALSE(city.node->metrics().travel_engine_out);
  check(city);
}

TEST_CASE("travel: nothing is asked where the policy wants estimates") {
  city_with_engine city;
  city.policy.routed = false;
  city.policy.version = 2;
  city.streams = {};
  city.kept = std::make_shared<memory_store>();
  city.start();
  city.begin_shift("near", 7.1, -73.102);
  city.begin_shift("far", 7.1, -73.09);
  city.place("o1");
  city.node->advance(2s);
  CHECK(city.asked_for("o1") == "near by estimate");
  CHECK(city.scripted->answers == 0);
  check(city);
}

TEST_CASE("travel: an engine that is silent costs an order half a second") {
  city_with_engine city{mood::is_silent};
  city.node->advance(2s); // So that the next match is due at once.
  city.place("o1");
  city.node->run();
  CHECK(city.scripted->asked() == 1);
  city.node->advance(limits::travel_time_limit - 100ms);
  CHECK(city.asked_for("o1") == "nobody");
  city.node->advance(1s);
  CHECK(city.asked_for("o1") == "near by estimate");
  city.scripted->now = mood::tells;
  city.scripted->answer_all(); // Too late.
  city.node->run();
  city.place("o2", 7.11, -73.1);
  city.node->advance(2s);
  CHECK(city.asked_for("o2") == "far by engine");
  check(city);
}

TEST_CASE("travel: an engine that fails is left alone, and asked again when it may be back") {
  city_with_engine city{mood::fails};
  for (int i = 1; i <= 6; ++i) {
    city.begin_shift("r" + std::to_string(i));
    city.place("o" + std::to_string(i));
    city.node->advance(500ms);
  }
  city.node->advance(2s);
  CHECK(city.asked_for("o6") != "nobody");
  CHECK(city.node->metrics().travel_engine_out);
  CHECK(city.scripted->answers <= limits::travel_failures_max);
  city.scripted->now = mood::tells;
  city.node->advance(limits::travel_pause);
  city.begin_shift("r7");
  city.place("o7");
  city.node->advance(2s);
  CHECK(city.asked_for("o7") == "r7 by engine");
  CHECK_FALSE(city.node->metrics().travel_engine_out);
  check(city);
}

TEST_CASE("travel: without an engine a zone that wants one estimates, and says so") {
  city_with_engine city;
  city.engine = nullptr;
  city.start();
  city.place("o1");
  city.node->advance(2s);
  CHECK(city.asked_for("o1") == "near by estimate");
  CHECK(city.node->metrics().travel_engine_out);
  CHECK(city.node->metrics().travel_unanswered == 1);
  check(city);
}

TEST_CASE("travel: a crash while the engine is asked puts off nothing for ever") {
  city_with_engine city{mood::is_silent};
  city.place("o1");
  city.node->advance(300ms);
  city.crash();
  city.scripted->now = mood::tells;
  city.start();
  city.node->advance(3s);
  CHECK(city.asked_for("o1") == "far by engine");
  check(city);
}
