#include "actors/upkeep/standby_actor.hpp"
#include "tests/support/virtual_city.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

namespace {

using namespace dispatch;
using testing::virtual_city;

/// A process that follows the log of a city, which comes to it as a stream of its own.
struct follower {
  struct config : caf::actor_system_config {
    config() { set("scheduler.policy", caf::atom("testing")); }
  };

  config how;
  caf::actor_system system{how};
  std::shared_ptr<memory::input_stream> log = std::make_shared<memory::input_stream>();
  std::shared_ptr<memory_store> kept;
  std::string failed;
  bool permanent = false; ///< of the failure
  standby_options options;
  standby_actor actor;

  /// Appends of the standby go to `written`.
  explicit follower(
      std::shared_ptr<memory_store> store = std::make_shared<memory_store>(),
      std::shared_ptr<memory::fenced_stream> written = std::make_shared<memory::fenced_stream>())
      : kept(std::move(store)) {
    options.zone_name = "z";
    options.feed = std::make_shared<memory::feed>(log);
    options.log = std::make_shared<memory::log>(std::move(written));
    options.kept = kept;
    options.on_failed = [this](const std::string& cause, bool for_good) {
      failed = cause;
      permanent = for_good;
    };
    actor = spawn_standby(system, options);
    run();
  }

  ~follower() {
    caf::anon_send(actor, stop_following{});
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    actor = nullptr;
    run();
  }

  void run() { dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler()).run(); }

  void receive(const std::string& bytes) {
    log->publish("dispatch.log.z", bytes, timestamp{}, "");
    run();
  }
};

/// The stored records of a city in which something has happened.
std::vector<std::string> busy_log(virtual_city& city) {
  city.start();
  city.begin_shift("r1");
  city.place("o1");
  std::vector<std::string> bytes;
  for (const auto& message : city.streams.log->all()) {
    bytes.push_back(message.body);
  }
  return bytes;
}

TEST_CASE("a standby's store is what the owner's is") {
  virtual_city city;
  follower standby;
  const auto log = busy_log(city);
  REQUIRE(log.size() >= 3);
  for (const auto& bytes : log) {
    standby.receive(bytes);
  }
  CHECK(standby.failed.empty());
  CHECK(*standby.options.followed == log.size());
  CHECK(standby.kept->position()->digest == city.kept->position()->digest);
  CHECK(standby.kept->position()->hash == city.kept->position()->hash);
  CHECK(standby.kept->get({entity_kind::order, "o1"})->value().snapshot ==
        city.kept->get({entity_kind::order, "o1"})->value().snapshot);
}

TEST_CASE("a standby does not follow a log that was changed") {
  virtual_city city;
  follower standby;
  const auto log = busy_log(city);
  standby.receive(log[0]);
  standby.receive(log[2]);
  CHECK(standby.failed.find("expected number 2") != std::string::npos);
  CHECK(*standby.options.followed == 1);
}

TEST_CASE("a standby restores what the log has lost") {
  virtual_city city;
  const auto log = busy_log(city);
  city.crash();
  city.streams.log->truncate(1);
  const follower standby{city.kept, city.streams.log};
  REQUIRE(city.streams.log->last_sequence() == log.size());
  CHECK(city.streams.log->at(log.size())->body == log.back());
}

TEST_CASE("a standby whose log has forked appends nothing and says so") {
  virtual_city city;
  busy_log(city);
  city.crash();
  city.streams.log->truncate(1);
  city.streams.log->write({"dispatch.log.z", "other", "other record", "other"}, 1, {});
  const follower standby{city.kept, city.streams.log};
  CHECK(standby.failed.find("forked") != std::string::npos);
  CHECK(standby.permanent);
  CHECK(city.streams.log->last_sequence() == 2);
}

} // namespace
