#include "tests/simulation/zone_simulation.hpp"

#include "cmd/shared/time_text.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/zone/policy_text.hpp"
#include "tests/simulation/contenders.hpp"
#include "tests/support/audited.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <vector>

namespace dispatch::testing {

namespace {

using namespace std::chrono_literals;

constexpr int riders = 6;

/// A zone that has an owner does at once what is due; who is paused comes to it when it wakes.
constexpr duration late_by_max = 60s;

/// The zone's policy, with spans short enough that everything happens in a short life.
/// Of some seeds, several riders are asked at once, better ones get orders of others, or another
/// planner decides.
policy hurried(const simulated_life& life) {
  const auto seed = life.seed;
  policy p;
  p.planner = seed % 8 == 7 ? "nearest" : seed % 8 == 6 ? "horizon" : "greedy";
  p.late_after = life.late_after;
  p.dispatch_ahead = life.dispatch_ahead;
  p.offers_at_once = seed % 2 == 0 ? 1 : 3;
  p.swap_gain = std::chrono::seconds{seed % 2 == 0 ? 0 : 1};
  p.swap_pause = 2s;
  p.swaps_max = 2;
  p.bundle_orders_max = seed % 3 == 0 ? 1 : 3;
  p.bundle_detour_max = std::chrono::hours{1};
  p.offer_ttl = 20s;
  p.max_wait = 300s;
  p.payment_timeout = 60s;
  p.reservation_ttl = 30s;
  p.pick_up_service = 5s;
  p.drop_off_service = 5s;
  p.shift_max = 600s;
  p.overtime = 60s;
  p.ignored_offers_max = 2;
  return p;
}

class simulation {
public:
  explicit simulation(const simulated_life& life)
      : life_(life), dice_(life.seed), city_(dice_, life.nodes, hurried(life)) {
    city_.let_clocks_jump(life.clock_jump);
  }

  simulation_result run() {
    for (int i = 0; i < life_.steps && city_.violation().empty(); ++i) {
      city_.disturb();
      act();
      city_.work();
      if (chance(30)) {
        city_.pass(duration{100ms} * pick(1, 80));
      }
    }
    if (!life_.damaged || city_.damage_streams()) {
      settle();
    }
    result_.violation = result_.violation.empty() ? city_.violation() : result_.violation;
    result_.faults.merge(fault_counts{city_.faults()});
    return std::move(result_);
  }

private:
  int pick(int least, int most) { return dice_.pick(least, most); }
  bool chance(int percent) { return dice_.chance(percent); }

  std::string some_rider() { return "r" + std::to_string(pick(1, riders)); }
  std::string some_order() { return "o" + std::to_string(pick(1, std::max(1, orders_))); }

  void send(const std::string& kind, const std::string& id, const std::string& verb,
            const std::string& json = "{}") {
    const auto number = std::to_string(++commands_);
    const auto command_id = !life_.numbered_commands ? "sim." + number : chance(50) ? number : "";
    const auto subject = "dispatch.in.z." + kind + "." + id + "." + verb;
    city_.streams.in->publish(subject, json, city_.clock->now(), command_id);
    if (chance(5) && !command_id.empty()) { // A sender who is not sure sends again.
      city_.streams.in->publish(subject, json, city_.clock->now(), command_id);
    }
  }

  static std::string offer_json(const std::string& id) { return R"({"offer":")" + id + R"("})"; }
  static std::string order_json(const std::string& id) { return R"({"order":")" + id + R"("})"; }

  void place() {
    ++orders_;
    const auto latitude = std::to_string(7.1 + pick(0, 100) * 1e-4);
    const auto at = R"({"latitude":)" + latitude + R"(,"longitude":-73.1})";
    const auto to = R"({"latitude":)" + latitude + R"(,"longitude":-73.11})";
    const auto from =
        chance(30) ? R"({"items":[{"item":"gas"}])" : R"({"station":"s1","pick_up":)" + at;
    send("order", "o" + std::to_string(orders_), "place",
         from + R"(,"drop_off":)" + to + R"(,"load":)" + std::to_string(pick(1, 2)) +
             R"(,"prepaid":)" + (chance(70) ? "true" : "false") + ready_json() +
             (orders_ % 3 == 0 ? R"(,"delivery_code":"4711"})" : "}"));
  }

  std::string ready_json() {
    const auto most = static_cast<int>(life_.ready_ahead.count());
    return most == 0
               ? ""
               : R"(,"ready_at":")" + cli::to_text(city_.clock->now() + 1s * pick(0, most)) + '"';
  }

  void begin_shift(const std::string& who) {
    const auto latitude = std::to_string(7.1 + pick(0, 100) * 1e-4);
    send("rider", who, "start_shift",
         R"({"vehicle":"VEHICLE_MOTORCYCLE","capacity":)" + std::to_string(pick(1, 4)) +
             R"(,"at":{"latitude":)" + latitude + R"(,"longitude":-73.1}})");
  }

  /// What a sensible rider would do next, by the state that the store shows.
  void ride(const std::string& who) {
    const auto known = city_.look_up(who);
    if (!known) {
      begin_shift(who);
      return;
    }
    const auto& state = *known;
    if (state.on_break) {
      send("rider", who, "end_break");
    } else if (state.open_offer) {
      send("rider", who, chance(80) ? "accept" : "decline", offer_json(state.open_offer->id));
    } else if (!state.route.empty()) {
      const auto& next = state.route.front();
      const std::string verb = !state.arrived                    ? "arrive"
                               : next.kind == stop_kind::pick_up ? "pick_up"
                               : chance(5)                       ? "fail"
                                                                 : "deliver";
      const auto json = R"({"order":")" + next.order + '"'; // Codes are said at every door.
      send("rider", who, verb, json + (verb == "deliver" ? R"(,"code":"4711"})" : "}"));
    } else if (!state.on_shift) {
      begin_shift(who);
    } else {
      city_.report_position(who, {7.1 + pick(0, 100) * 1e-4, -73.1});
    }
  }

  /// Another one, sometimes by somebody who has not seen the newest, or that is none.
  void set_policy() {
    auto policy = hurried(life_);
    policy.offers_at_once = static_cast<std::uint32_t>(pick(1, 3));
    policy.bundle_orders_max = static_cast<std::uint32_t>(pick(1, 3));
    policy.offer_ttl = std::chrono::seconds{pick(10, 30)};
    policy.route_orders_max = static_cast<std::uint32_t>(pick(1, 3));
    policy.time_zone = chance(50) ? "America/Bogota" : "UTC";
    const std::string effects = pick(1, 4) == 1 ? "rider_orders / 0 +" : "rider_orders *";
    policy.rules = {{.name = "few",
                     .when = "order_waited_min < 1",
                     .cost_s = effects + std::to_string(pick(0, 200)),
                     .group = {}},
                    {.name = "boost",
                     .when = "order_waited_min > 1",
                     .cost_s = {},
                     .weight = 1.0 + pick(1, 30) / 10.0,
                     .group = {}},
                    {.name = "night",
                     .when = "local_hour * 60 % 2 < 1",
                     .forbid = true,
                     .cost_s = {},
                     .group = {}}};
    if (!chance(10)) {
      policy.rules.back().when = "local_hour < " + std::to_string(pick(0, 2));
    }
    send("zone", "z", "set_policy.ops",
         nlohmann::json{{"toml", wire::canonical_toml(policy)}, {"based_on", pick(0, 3)}}.dump());
  }

  void act() {
    if (chance(1)) {
      send("order", poison + std::to_string(pick(1, 3)), "cancel");
      return;
    }
    if (chance(4)) {
      pause_or_resume();
      return;
    }
    if (chance(8)) {
      run_station();
      return;
    }
    if (chance(4)) {
      stop_working(some_rider());
      return;
    }
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
      if (chance(25)) {
        set_policy();
      } else {
        send("zone", "z", chance(50) ? "pause.ops" : "resume.ops");
      }
      return;
    case 8:
      city_.streams.in->publish("dispatch.in.z.order.o1.place", "\xff\x00nonsense",
                                city_.clock->now());
      return;
    default:
      ride(some_rider());
    }
  }

  /// Its stock is counted, or it closes, or an operator has something to say.
  void run_station() {
    switch (pick(1, 8)) {
    case 1:
      send("station", "s1", "close");
      return;
    case 2:
      send("order", some_order(), chance(50) ? "hold.ops" : "release.ops");
      return;
    case 3:
      send("order", some_order(), "unassign.ops");
      return;
    case 4:
    case 5:
      send("station", "s1", "open", R"({"at":{"latitude":7.1,"longitude":-73.1}})");
      return;
    default:
      count_gas(pick(0, 6));
    }
  }

  void count_gas(int pieces) {
    send("station", "s1", "stock",
         R"({"levels":[{"item":"gas","on_hand":)" + std::to_string(pieces) + "}]}");
  }

  void stop_working(const std::string& who) {
    switch (pick(1, 4)) {
    case 1:
      send("rider", who, "report_breakdown", R"({"reason":"flat tyre"})");
      return;
    case 2:
      send("rider", who, "end_shift", R"({"hand_back":true})");
      return;
    default:
      send("rider", who, "start_break");
    }
  }

  void pause_or_resume() {
    const auto verb = chance(50) ? "pause.ops" : "resume.ops";
    switch (pick(1, 3)) {
    case 1:
      send("order", some_order(), verb);
      return;
    case 2:
      send("rider", some_rider(), verb);
      return;
    default:
      send("station", "s1", chance(30) ? "open" : verb,
           R"({"at":{"latitude":7.1,"longitude":-73.1}})");
    }
  }

  void resume_all() {
    send("zone", "z", "resume.ops");
    send("station", "s1", "resume.ops");
    for (int i = 1; i <= orders_; ++i) {
      send("order", "o" + std::to_string(i), "resume.ops");
      send("order", "o" + std::to_string(i), "release.ops");
    }
    for (int i = 1; i <= riders; ++i) {
      send("rider", "r" + std::to_string(i), "resume.ops");
    }
  }

  /// Every order comes to an end, and the audit is clean.
  void settle() {
    if (city_.violation().empty() && city_.settle()) {
      resume_all();
      city_.expect_all_archived();
      const auto rounds = 400 + life_.ready_ahead / 2s;
      for (int i = 0; i < rounds && city_.violation().empty(); ++i) {
        for (int r = 1; r <= riders; ++r) {
          ride("r" + std::to_string(r));
        }
        city_.pass(2s);
        city_.expect_settled();
      }
    }
    result_.violation = city_.violation();
    if (result_.violation.empty()) {
      judge();
    }
  }

  void judge() {
    audit::audit_options how{.at_rest = true, .violations_kept = SIZE_MAX};
    how.clock = zone_clock{};
    // Deadlines are suspended while a clock is off, which the next jump may prolong.
    how.late_by_max = late_by_max + 6 * life_.clock_jump;
    const auto report = audited(city_.streams, std::move(how));
    for (const auto& each : report.violations) {
      result_.found.try_emplace(std::string{audit::to_string(each.which)}, each.sentence);
    }
    count();
  }

  void count() {
    result_.records = city_.streams.log->last_sequence();
    result_.events = city_.streams.out->last_sequence();
    std::set<std::string> open;
    for (const auto& message : city_.streams.log->all()) {
      const auto r = wire::decode_record(message.body);
      for (const auto& e : r->events) {
        if (e.entity.kind == entity_kind::order) {
          follow(e, open);
        }
        if (const auto* of_order = std::get_if<order_event>(&e.body)) {
          note_race(*of_order);
        }
        const auto* refused = std::get_if<command_refused>(&e.body);
        if (refused != nullptr && refused->code == refusal::wrong_code) {
          result_.violation = "rider " + e.entity.id + " was refused the right code";
        }
      }
      for (const auto& letter : r->dead_letters) {
        if (letter.reason == "quarantined") {
          const auto guilty = letter.subject.find(poison) != std::string::npos;
          ++result_.faults[guilty ? "quarantined" : "quarantined, killed by chance"];
        }
      }
    }
    if (!open.empty()) {
      result_.violation = "order " + *open.begin() + " never ended";
    }
  }

  /// What becomes of an order that several riders consider, one after the other or at once.
  void note_race(const order_event& e) {
    const auto* lapsed = std::get_if<order_offer_lapsed>(&e);
    if (lapsed != nullptr && lapsed->reason == lapse_reason::taken) {
      ++result_.faults["another rider was faster"];
    }
    const auto* lost = std::get_if<order_unassigned>(&e);
    if (lost != nullptr && lost->reason == unassign_reason::better_rider) {
      ++result_.faults["a better rider got it"];
    }
  }

  void follow(const event& e, std::set<std::string>& open) {
    const auto name = event_name(e.body);
    if (name == "placed") {
      open.insert(e.entity.id);
    } else if (name == "delivered" || name == "cancelled" || name == "undeliverable" ||
               name == "returned" || name == "written_off") {
      open.erase(e.entity.id);
      ++result_.orders_ended;
    }
  }

  const simulated_life life_;
  dice dice_;
  contenders city_;
  int orders_ = 0;
  int commands_ = 0;
  simulation_result result_;
};

} // namespace

simulation_result simulate_zone(const simulated_life& life) { return simulation{life}.run(); }

} // namespace dispatch::testing
