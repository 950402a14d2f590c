// What a zone does in a random city, with bursts of commands that race in one turn, repeats,
// crashes and lost answers, is found clean. So a check that asks for too much is noticed, and so is
// a reducer that does what must never be.

#include "actors/commit_log/log_verifier.hpp"
#include "cmd/audit/auditor.hpp"
#include "messages/wire/codec.hpp"
#include "tests/support/known_faults.hpp"
#include "tests/support/virtual_city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace dispatch;
using namespace std::chrono_literals;

namespace {

constexpr auto riders = 5U;
constexpr auto steps = 250U;

class random_city {
public:
  explicit random_city(std::uint32_t seed) : random_(seed) { city_.start(); }

  void play() {
    for (auto step = 0U; step < steps; ++step) {
      for (auto burst = pick(4); burst > 0; --burst) {
        act();
      }
      city_.node->advance(duration(100ms) * (1 + pick(30)));
      if (pick(40) == 0) {
        city_.streams.log->inject({memory::fault::lose_answer});
        city_.streams.out->inject({memory::fault::lose_answer});
      }
      if (pick(40) == 0) {
        city_.crash();
        city_.start();
      }
      look();
    }
    city_.node->advance(3h);
    REQUIRE(city_.node->cause().empty());
  }

  audit::audit_report judge() const {
    audit::auditor auditor("dispatch", "z", {.at_rest = true});
    for (const auto& message : city_.streams.in->after(0, 1'000'000)) {
      auditor.add_input(message);
    }
    std::uint64_t sequence = 0;
    for (const auto& message : city_.streams.log->all()) {
      auditor.add_record(++sequence, message.body);
    }
    sequence = 0;
    for (const auto& message : city_.streams.out->all()) {
      auditor.add_output(++sequence, message.id, message.subject, message.body);
    }
    return auditor.finish();
  }

  std::vector<std::string> log() const {
    std::vector<std::string> records;
    for (const auto& message : city_.streams.log->all()) {
      records.push_back(message.body);
    }
    return records;
  }

private:
  struct rider_view {
    std::string offer;
    std::vector<stop> route;
  };

  std::size_t pick(std::size_t below) { return random_() % below; }
  std::string some_rider() { return "r" + std::to_string(pick(riders)); }
  std::string some_order() { return "o" + std::to_string(pick(orders_ + 1)); }
  static std::string of(const std::string& field, const std::string& value) {
    return R"({")" + field + R"(":")" + value + R"("})";
  }

  void act() {
    const auto rider = some_rider();
    const auto& view = riders_[rider];
    switch (pick(13)) {
    case 0:
      return shift(rider);
    case 1:
    case 2:
    case 3:
      return place();
    case 4:
      city_.send("order", some_order(), "cancel");
      return;
    case 5:
      city_.send("order", some_order(), "pay");
      return;
    case 6:
      city_.send("order", some_order(), "assign.anna", of("rider", rider));
      return;
    case 7:
      city_.send("order", some_order(), "ready");
      return;
    case 8:
    case 9:
      city_.send("rider", rider, pick(4) == 0 ? "decline" : "accept", of("offer", view.offer));
      return;
    case 10:
      city_.send("rider", rider, "sing");
      return;
    default:
      return work(rider, view);
    }
  }

  void shift(const std::string& rider) {
    if (pick(5) == 0) {
      city_.send("rider", rider, "end_shift");
      return;
    }
    city_.send("rider", rider, "start_shift",
               R"({"vehicle":"VEHICLE_MOTORCYCLE","capacity":)" + std::to_string(1 + pick(4)) +
                   R"(,"at":{"latitude":7.1,"longitude":-73.1}})");
  }

  /// A new order; now and then the sender of the last one did not hear the answer.
  void place() {
    if (last_placed_.empty() || pick(8) > 0) {
      const auto where = [](double off) {
        return R"({"latitude":)" + std::to_string(7.1 + off) + R"(,"longitude":-73.1})";
      };
      ++orders_;
      last_placed_ = R"({"station":"s1","prepaid":)" +
                     std::string(pick(4) == 0 ? "false" : "true") + R"(,"pick_up":)" +
                     where(0.001 * static_cast<double>(pick(9))) + R"(,"drop_off":)" + where(0.01) +
                     R"(,"load":)" + std::to_string(1 + pick(3)) + "}";
    }
    const auto id = "o" + std::to_string(orders_);
    city_.send("order", id, "place", last_placed_, "shop." + id);
  }

  /// The next stop, or the whole route in one burst; now and then the customer gives up, or an
  /// operator steps in, meanwhile.
  void work(const std::string& rider, const rider_view& view) {
    const auto stops =
        pick(3) == 0 ? view.route.size() : std::min<std::size_t>(view.route.size(), 1);
    for (std::size_t i = 0; i < stops; ++i) {
      const auto& s = view.route[i];
      city_.send("rider", rider, "arrive", of("order", s.order));
      if (pick(6) == 0) {
        city_.send("order", s.order, pick(2) == 0 ? "cancel" : "assign.anna",
                   of("rider", some_rider()));
      }
      city_.send("rider", rider, s.kind == stop_kind::pick_up ? "pick_up" : "deliver",
                 of("order", s.order));
    }
  }

  /// Reads what was announced since the last time.
  void look() {
    const auto all = city_.streams.out->all();
    for (; seen_ < all.size(); ++seen_) {
      const auto e = wire::decode_event(all[seen_].body);
      const auto* body = e ? std::get_if<rider_event>(&e->body) : nullptr;
      if (body == nullptr) {
        continue;
      }
      auto& view = riders_[e->entity.id];
      if (const auto* received = std::get_if<offer_received>(body)) {
        view.offer = received->offer.id;
      } else if (const auto* accepted = std::get_if<offer_accepted>(body)) {
        view.route = accepted->route;
      } else if (const auto* extended = std::get_if<route_extended>(body)) {
        view.route = extended->route;
      } else if (const auto* released = std::get_if<stops_released>(body)) {
        std::erase_if(view.route, [&](const stop& s) { return s.order == released->order; });
      } else if (std::holds_alternative<order_collected>(*body) ||
                 std::holds_alternative<order_handed_over>(*body)) {
        view.route.erase(view.route.begin());
      }
    }
  }

  testing::virtual_city city_;
  std::mt19937 random_;
  std::map<std::string, rider_view> riders_;
  std::size_t orders_ = 0;
  std::string last_placed_; ///< body
  std::size_t seen_ = 0;
};

} // namespace

TEST_CASE("a random city is clean") {
  const auto known = testing::known_violations("audit_city:a random city is clean");
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    random_city city(seed);
    city.play();
    const auto report = city.judge();
    CAPTURE(audit::to_text(report));
    for (const auto& each : report.violations) {
      CHECK(known.contains(std::string{audit::to_string(each.which)}));
    }
    CHECK(report.orders_with(order_status::delivered) > 0);
    CHECK(report.orders_with(order_status::cancelled) > 0);
    CHECK(report.repeats > 0);
    CHECK(report.epochs > 1);
    CHECK(report.not_yet_announced == 0);
  }
}

namespace {

/// The verdict on a log alone, digests included.
audit::audit_report judge_log(const std::vector<std::string>& log) {
  log_verifier verifier;
  audit::auditor judge{
      "dispatch", "z", {.fold = [&](std::uint64_t sequence, std::string_view bytes) {
        return verifier.verify(sequence, bytes);
      }}};
  for (std::size_t i = 0; i < log.size(); ++i) {
    judge.add_record(i + 1, log[i]);
  }
  return judge.finish();
}

} // namespace

TEST_CASE("a changed digest is named, though the chain of hashes was made anew") {
  random_city city(1);
  city.play();
  auto log = city.log();
  const auto good = judge_log(log);
  CHECK(good.clean());
  CHECK(good.digests == log.size());

  const auto place = log.size() / 2;
  record_hash previous{};
  for (std::size_t i = place; i < log.size(); ++i) {
    auto r = *wire::decode_record(log[i]);
    const auto events = *wire::encoded_events_of(log[i]);
    r.digest ^= i == place ? 1U : 0U;
    r.previous = i == place ? r.previous : previous;
    log[i] = wire::encode_record(r, events);
    previous = wire::hash_of(log[i]);
  }
  const auto report = judge_log(log);
  CHECK(report.violations_total == 1);
  CHECK(report.violations.front().which == audit::check::state_digest);
  CHECK(report.violations.front().record == place + 1);
}
