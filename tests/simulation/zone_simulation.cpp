#include "tests/simulation/zone_simulation.hpp"

#include "actors/snapshot.hpp"
#include "cmd/audit/auditor.hpp"
#include "tests/support/virtual_city.hpp"

#include <array>
#include <chrono>
#include <random>
#include <set>
#include <vector>

namespace dispatch::testing {

namespace {

using namespace std::chrono_literals;

constexpr int riders = 6;

/// The zone's policy, with spans short enough that everything happens in a short life.
policy hurried() {
  policy p;
  p.offer_ttl = 20s;
  p.max_wait = 300s;
  p.payment_timeout = 60s;
  p.pick_up_service = 5s;
  p.drop_off_service = 5s;
  return p;
}

class simulation {
public:
  simulation(std::uint64_t seed, int steps) : random_(seed), steps_(steps), city_(hurried()) {}

  simulation_result run() {
    city_.start();
    for (int i = 0; i < steps_ && result_.violation.empty(); ++i) {
      disturb();
      act();
      city_.node->run();
      if (chance(30)) {
        city_.node->advance(duration{100ms} * pick(1, 80));
      }
      expect_running();
    }
    settle();
    if (result_.violation.empty()) {
      judge();
    }
    return result_;
  }

private:
  int pick(int least, int most) {
    // std::uniform_int_distribution differs between libraries; seeds must not.
    const auto span = static_cast<std::uint64_t>(most - least + 1);
    return least + static_cast<int>(random_() % span);
  }
  bool chance(int percent) { return pick(1, 100) <= percent; }

  std::string some_rider() { return "r" + std::to_string(pick(1, riders)); }
  std::string some_order() { return "o" + std::to_string(pick(1, std::max(1, orders_))); }

  void send(const std::string& kind, const std::string& id, const std::string& verb,
            const std::string& json = "{}") {
    const auto command_id = "sim." + std::to_string(++commands_);
    city_.send(kind, id, verb, json, command_id);
    if (chance(5)) {
      city_.send(kind, id, verb, json, command_id); // A sender who is not sure sends again.
    }
  }

  static std::string offer_json(const std::string& id) { return R"({"offer":")" + id + R"("})"; }
  static std::string order_json(const std::string& id) { return R"({"order":")" + id + R"("})"; }

  void place() {
    ++orders_;
    const auto latitude = std::to_string(7.1 + pick(0, 100) * 1e-4);
    const auto at = R"({"latitude":)" + latitude + R"(,"longitude":-73.1})";
    const auto to = R"({"latitude":)" + latitude + R"(,"longitude":-73.11})";
    send("order", "o" + std::to_string(orders_), "place",
         R"({"station":"s1","pick_up":)" + at + R"(,"drop_off":)" + to + R"(,"load":)" +
             std::to_string(pick(1, 2)) + R"(,"prepaid":)" + (chance(70) ? "true" : "false") + "}");
  }

  void begin_shift(const std::string& who) {
    const auto latitude = std::to_string(7.1 + pick(0, 100) * 1e-4);
    send("rider", who, "start_shift",
         R"({"vehicle":"VEHICLE_MOTORCYCLE","capacity":)" + std::to_string(pick(1, 4)) +
             R"(,"at":{"latitude":)" + latitude + R"(,"longitude":-73.1}})");
  }

  /// What a sensible rider would do next, by the state that the store shows.
  void ride(const std::string& who) {
    const entity_ref ref{entity_kind::rider, who};
    const auto loaded = city_.kept->load(std::array{ref});
    if (!loaded || !loaded->front()) {
      begin_shift(who);
      return;
    }
    const auto decoded = decode_state(entity_kind::rider, *loaded->front());
    const auto& state = *std::get<std::shared_ptr<const rider>>(*decoded);
    if (state.open_offer) {
      send("rider", who, chance(80) ? "accept" : "decline", offer_json(state.open_offer->id));
    } else if (!state.route.empty()) {
      const auto& next = state.route.front();
      const auto verb = !state.arrived                    ? "arrive"
                        : next.kind == stop_kind::pick_up ? "pick_up"
                                                          : "deliver";
      send("rider", who, verb, order_json(next.order));
    } else if (!state.on_shift) {
      begin_shift(who);
    } else {
      city_.node->positions().publish(who, {7.1 + pick(0, 100) * 1e-4, -73.1}, city_.clock->now());
    }
  }

  void act() {
    switch (pick(1, 12)) {
    case 1:
    case 2:
      place();
      return;
    case 3:
      send("order", some_order(), "pay");
      return;
    case 4:
      send("order", some_order(), chance(50) ? "ready" : "cancel");
      return;
    case 5:
      send("rider", some_rider(), chance(30) ? "end_shift" : "arrive", order_json(some_order()));
      return;
    case 6:
      send("order", some_order(), "assign.ops", R"({"rider":")" + some_rider() + R"("})");
      return;
    case 7:
      send("zone", "z", chance(50) ? "pause.ops" : "resume.ops");
      return;
    case 8:
      city_.streams.in->publish("dispatch.in.z.order.o1.place", "\xff\x00nonsense",
                                city_.clock->now());
      return;
    default:
      ride(some_rider());
    }
  }

  void disturb() {
    using memory::fault;
    constexpr std::array faults = {fault::lose_request, fault::lose_answer, fault::delay,
                                   fault::full};
    if (chance(4)) {
      city_.streams.log->inject({faults.at(static_cast<std::size_t>(pick(0, 3)))});
      ++result_.faults;
    }
    if (chance(4)) {
      std::vector<fault> list(static_cast<std::size_t>(pick(0, 3)), fault::none);
      list.push_back(faults.at(static_cast<std::size_t>(pick(0, 3))));
      city_.streams.out->inject(std::move(list));
      ++result_.faults;
    }
    if (chance(3)) {
      city_.kept->fail_next_write("injected");
      ++result_.faults;
    }
    if (chance(20)) {
      city_.streams.log->release_delayed();
      city_.streams.out->release_delayed();
    }
    if (chance(3)) {
      city_.crash();
      ++result_.crashes;
      if (chance(30)) {
        city_.kept->lose_last(static_cast<std::uint64_t>(pick(1, 20)));
      }
      if (chance(10)) {
        city_.kept = std::make_shared<memory_store>();
      }
      city_.clock->advance(duration{1s} * pick(0, 60));
      city_.start();
    }
  }

  void expect_running() {
    if (city_.node->halted()) {
      result_.violation = "halted: " + city_.node->cause();
    }
  }

  /// No more faults: whatever is on its way arrives, and every order comes to an end.
  void settle() {
    city_.streams.log->inject({});
    city_.streams.out->inject({});
    city_.streams.log->release_delayed();
    city_.streams.out->release_delayed();
    send("zone", "z", "resume.ops");
    for (int i = 0; i < 400 && result_.violation.empty(); ++i) {
      for (int r = 1; r <= riders; ++r) {
        ride("r" + std::to_string(r));
      }
      city_.node->advance(2s);
      expect_running();
    }
  }

  void judge() {
    audit::auditor auditor{"dispatch", "z", {.at_rest = true}};
    std::uint64_t sequence = 0;
    for (const auto& message : city_.streams.in->after(0, SIZE_MAX)) {
      auditor.add_input(message);
    }
    for (const auto& message : city_.streams.log->all()) {
      auditor.add_record(++sequence, message.body);
    }
    sequence = 0;
    for (const auto& message : city_.streams.out->all()) {
      auditor.add_output(++sequence, message.id, message.subject, message.body);
    }
    const auto report = auditor.finish();
    if (!report.violations.empty()) {
      result_.violation = std::string{audit::to_string(report.violations.front().which)} + ": " +
                          report.violations.front().sentence;
      return;
    }
    count();
  }

  void count() {
    result_.records = city_.streams.log->last_sequence();
    result_.events = city_.streams.out->last_sequence();
    std::set<std::string> open;
    for (const auto& e : city_.events()) {
      if (e.entity.kind != entity_kind::order) {
        continue;
      }
      const auto name = event_name(e.body);
      if (name == "placed") {
        open.insert(e.entity.id);
      } else if (name == "delivered" || name == "cancelled" || name == "undeliverable") {
        open.erase(e.entity.id);
        ++result_.orders_ended;
      }
    }
    if (!open.empty()) {
      result_.violation = "order " + *open.begin() + " never ended";
    }
  }

  std::mt19937_64 random_;
  int steps_;
  virtual_city city_;
  int orders_ = 0;
  int commands_ = 0;
  simulation_result result_;
};

} // namespace

simulation_result simulate_zone(std::uint64_t seed, int steps) {
  return simulation{seed, steps}.run();
}

} // namespace dispatch::testing
