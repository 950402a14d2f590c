#include "tests/support/virtual_city.hpp"

#include "messages/wire/codec.hpp"

#include <caf/atom.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace dispatch::testing {

namespace {

using namespace std::chrono_literals;

const std::string zone_name = "z";

std::string place_json(double latitude, double longitude) {
  return R"({"latitude":)" + std::to_string(latitude) + R"(,"longitude":)" +
         std::to_string(longitude) + "}";
}

} // namespace

virtual_node::config::config() { set("scheduler.policy", caf::atom("testing")); }

virtual_node::virtual_node(virtual_process process)
    : system_(std::make_unique<caf::actor_system>(config_)), streams_(std::move(process.streams)),
      clock_(std::move(process.clock)), connection_(std::move(process.connection)),
      log_(std::make_shared<memory::log>(streams_.log, connection_)) {
  ports_.feed = std::make_shared<memory::feed>(streams_.in);
  ports_.log = log_;
  ports_.sink = std::make_shared<memory::sink>(streams_.out, connection_);
  ports_.positions = positions_;
  ports_.store = std::move(process.kept);
  ports_.clock = clock_;
  ports_.signer = std::move(process.signer);
  ports_.travel = std::move(process.engine);
  ports_.snapshots = std::make_shared<memory::shelf>(streams_.snapshots, connection_);

  zone_options options;
  options.settings.definition.name = zone_name;
  options.settings.definition.policy = std::move(process.policy);
  options.settings.owner = std::move(process.owner);
  options.settings.known_elsewhere = [known = process.known_elsewhere] { return known; };
  options.ports = ports_;
  options.metrics = metrics_;
  options.on_halted = [end = end_](const std::string& cause, cure by) { *end = {cause, by}; };
  options.scripted = process.scripted;
  options.deciding = std::move(process.deciding);
  actor_ = spawn_zone(*system_, std::move(options));
  caf::anon_send(actor_, open_zone{});
}

virtual_node::virtual_node(city_streams streams, std::shared_ptr<store> kept,
                           std::shared_ptr<virtual_clock> clock, dispatch::policy policy,
                           bool scripted)
    : virtual_node(virtual_process{.streams = std::move(streams),
                                   .kept = std::move(kept),
                                   .clock = std::move(clock),
                                   .policy = std::move(policy),
                                   .scripted = scripted}) {
  run();
}

virtual_node::~virtual_node() {
  cut_off();
  caf::anon_send_exit(actor_, caf::exit_reason::kill);
  actor_ = nullptr;
  scheduler().run();
  // A wake-up on its way refers to the zone until it fires.
  scheduler().advance_time(std::chrono::hours{24 * 365});
  scheduler().run();
}

caf::scheduler::test_coordinator& virtual_node::scheduler() {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
}

void virtual_node::run() { scheduler().run(); }

bool virtual_node::step() { return scheduler().try_run_once(); }

void virtual_node::let_pass(duration by) { scheduler().advance_time(by); }

void virtual_node::advance(duration by) {
  constexpr duration step = 100ms;
  for (duration passed{0}; passed < by; passed += step) {
    clock_->advance(step);
    scheduler().advance_time(step);
    run();
  }
}

void virtual_node::cut_off() {
  connection_->up = false;
  streams_.log->forget_answers(connection_->name);
  streams_.out->forget_answers(connection_->name);
}

void virtual_node::tell(decide_again message) {
  caf::anon_send(actor_, std::move(message));
  run();
}

virtual_city::virtual_city(dispatch::policy how) : policy(std::move(how)) {}

void virtual_city::start() {
  node.reset();
  node = std::make_unique<virtual_node>(virtual_process{.streams = streams,
                                                        .kept = kept,
                                                        .clock = clock,
                                                        .policy = policy,
                                                        .signer = signer,
                                                        .engine = engine});
  node->run();
}

std::uint64_t virtual_city::send(const std::string& kind, const std::string& id,
                                 const std::string& verb, const std::string& json,
                                 const std::string& command_id) {
  const auto subject = "dispatch.in." + zone_name + "." + kind + "." + id + "." + verb;
  return streams.in->publish(subject, json, clock->now(), command_id);
}

void virtual_city::tell(const std::string& kind, const std::string& id, const std::string& verb,
                        const std::string& json, const std::string& command_id) {
  send(kind, id, verb, json, command_id);
  node->run();
}

void virtual_city::place(const std::string& order, double latitude, double longitude) {
  tell("order", order, "place",
       R"({"station":"s1","prepaid":true,"pick_up":)" + place_json(latitude, longitude) +
           R"(,"drop_off":)" + place_json(latitude + 0.01, longitude) + R"(,"load":1})");
}

void virtual_city::begin_shift(const std::string& rider, double latitude, double longitude,
                               unsigned capacity) {
  tell("rider", rider, "start_shift",
       R"({"vehicle":"VEHICLE_MOTORCYCLE","capacity":)" + std::to_string(capacity) + R"(,"at":)" +
           place_json(latitude, longitude) + "}");
}

std::int64_t virtual_city::count_of(const std::string& what) const {
  return std::ranges::count(announced(), what);
}

std::vector<std::string> virtual_city::announced() const {
  const std::string prefix = "dispatch.out." + zone_name + ".";
  std::vector<std::string> list;
  for (const auto& message : streams.out->all()) {
    list.push_back(message.subject.substr(prefix.size()));
  }
  return list;
}

std::vector<event> virtual_city::events() const {
  std::vector<event> list;
  for (const auto& r : records()) {
    list.insert(list.end(), r.events.begin(), r.events.end());
  }
  return list;
}

offer virtual_city::offer_of(const std::string& rider) const {
  offer last;
  for (const auto& e : events()) {
    if (e.entity != entity_ref{entity_kind::rider, rider}) {
      continue;
    }
    if (const auto* said = std::get_if<rider_event>(&e.body)) {
      if (const auto* received = std::get_if<offer_received>(said)) {
        last = received->offer;
      }
    }
  }
  return last;
}

std::vector<record> virtual_city::records() const {
  std::vector<record> list;
  for (const auto& message : streams.log->all()) {
    auto decoded = wire::decode_record(message.body);
    if (!decoded) {
      throw std::runtime_error(decoded.error().what);
    }
    list.push_back(std::move(*decoded));
  }
  return list;
}

} // namespace dispatch::testing
