#include "tests/support/virtual_city.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <stdexcept>

/// A zone that is asked to stop at the next point of rest, or has to stop at once.
namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using testing::virtual_city;
using testing::virtual_node;

/// Asks the zone to drain; true there once it says that it has.
std::shared_ptr<const bool> drain(const virtual_node& node) {
  auto ended = std::make_shared<bool>(false);
  // CAF looks into the arguments of the function, even where there are none.
  const auto ask = [](caf::event_based_actor* self, const zone_actor& to,
                      const std::shared_ptr<bool>& said) {
    self->request(to, caf::infinite, drain_zone{}).then([said](const drained&) { *said = true; });
  };
  node.actor().home_system().spawn(ask, node.actor(), ended);
  return ended;
}

/// What an event of the zone has come to is not known to it.
std::shared_ptr<const bool> drain_while_announcing(virtual_city& city) {
  city.start();
  city.streams.out->inject({memory::fault::lose_request});
  city.begin_shift("r1");
  auto ended = drain(*city.node);
  city.node->run();
  return ended;
}

TEST_CASE("a zone at rest is drained at once, and takes no more commands") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  const auto ended = drain(*city.node);
  city.node->run();
  CHECK(*ended);
  CHECK_FALSE(city.node->running());
  CHECK_FALSE(city.node->halted());
  const auto records = city.records().size();
  city.begin_shift("r2");
  city.node->advance(2s);
  CHECK(city.records().size() == records);
}

TEST_CASE("a zone is drained when what it has decided is announced, and its store says so") {
  virtual_city city;
  const auto ended = drain_while_announcing(city);
  CHECK_FALSE(*ended);
  CHECK(city.node->running());
  city.node->advance(2s);
  CHECK(*ended);
  CHECK(city.count_of("rider.r1.shift_started") == 1);
  CHECK(city.kept->announced()->out_sequence == city.streams.out->last_sequence());
  city.start();
  CHECK(city.node->running());
  CHECK(city.count_of("rider.r1.shift_started") == 1);
}

TEST_CASE("a zone that has lost its log has been drained") {
  virtual_city city;
  city.start();
  city.streams.log->inject({memory::fault::full});
  city.begin_shift("r1");
  const auto ended = drain(*city.node);
  city.node->run();
  CHECK_FALSE(*ended);
  const virtual_node newer(city.streams, std::make_shared<memory_store>(), city.clock);
  city.node->advance(1min);
  REQUIRE(city.node->halted());
  CHECK(city.node->cured_by() == cure::ownership);
  CHECK(*ended);
  const auto again = drain(*city.node);
  city.node->run();
  CHECK(*again);
}

TEST_CASE("whoever waits for a zone to be drained does not wait for one that is let go of") {
  virtual_city city;
  const auto ended = drain_while_announcing(city);
  CHECK_FALSE(*ended);
  caf::anon_send_exit(city.node->actor(), caf::exit_reason::user_shutdown);
  city.node->run();
  CHECK(*ended);
}

TEST_CASE("a zone halts when it or one of its helpers fails, and is cured by being opened again") {
  using call = memory::connection::call;
  for (const auto fails : {call::append, call::publish}) {
    CAPTURE(static_cast<int>(fails));
    virtual_city city;
    city.start();
    city.node->connection()->before_call = [=](call what) {
      if (what == fails) {
        throw std::runtime_error("broken");
      }
    };
    city.begin_shift("r1");
    CHECK(city.node->halted());
    CHECK(city.node->cured_by() == cure::reopening);
    CHECK_FALSE(city.node->running());
    city.start();
    CHECK(city.node->running());
    CHECK(city.count_of("rider.r1.shift_started") == 1);
  }
}

} // namespace
