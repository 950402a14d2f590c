#include "actors/host/ownership.hpp"
#include "messages/nats/bucket.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/ctl/server.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>

/// What `zone create` waits for, and what it says when there is nothing to wait for.
using namespace dispatch;
using namespace dispatch::testing;

namespace {

const wire::subjects names;

struct server_with_node : server_alone {
  server_with_node() {
    create("z1");
    ownership::member node;
    node.who = {"a", "run-1"};
    nats::bucket leases{on, wire::leases_bucket(wire::default_root)};
    REQUIRE(leases.set(wire::heartbeat_key("a"), ownership::to_json(node)));
  }

  ended create_again() const { return ctl({"zone", "create", "z1", "--timeout", "800ms"}); }
};

} // namespace

TEST_CASE_FIXTURE(server_alone, "A zone that no node will open is created, and it is said so") {
  const auto made = ctl({"zone", "create", "z1"});
  CHECK(made.code == exit_code::done);
  CHECK_MESSAGE(made.says("stream LOG_z1 created, keeps at most 4 GiB"), made.err);
  CHECK_MESSAGE(made.says("zone z1 is not open: there never was a node"), made.err);
  CHECK_MESSAGE(made.says("`dispatchd --server URL --data DIRECTORY`"), made.err);
  CHECK_FALSE(made.says("waiting until"));
}

TEST_CASE_FIXTURE(server_with_node, "The creation of a zone waits until the zone is open") {
  std::atomic<int> asked = 0;
  const auto owner = on->serve(names.admin_of_zone("z1"), [&](const nats::question& question) {
    question.answer(++asked < 3 ? R"({"running":false})" : R"({"running":true})");
  });
  REQUIRE(owner);
  const auto made = create_again();
  CHECK(made.code == exit_code::done);
  CHECK(asked == 3);
  CHECK_MESSAGE(made.says("waiting until zone z1 is open: node a is to take it\n"), made.err);
  CHECK_MESSAGE(made.says("zone z1 is open\n"), made.err);
}

TEST_CASE_FIXTURE(server_with_node, "A creation that waits in vain says what it has waited for") {
  const auto made = create_again();
  CHECK(made.code == exit_code::done);
  CHECK_MESSAGE(made.says("zone z1 is not open after 800 ms: node a is to take it"), made.err);
}

TEST_CASE_FIXTURE(server_with_node, "A creation does not wait for a zone that has halted") {
  const auto owner = on->serve(names.admin_of_zone("z1"), [&](const nats::question& question) {
    question.answer(R"({"halted":true,"cause":"the log forked"})");
  });
  REQUIRE(owner);
  CHECK(create_again().says("zone z1 has halted: the log forked\n"));
}

TEST_CASE_FIXTURE(server_alone, "Sizes of streams are for people, and bytes in JSON") {
  create("z1");
  const auto shown = ctl({"zone", "get", "z1"});
  CHECK_MESSAGE(shown.shows("4 GiB"), shown.out);
  CHECK_MESSAGE(shown.shows("0 bytes"), shown.out);
  CHECK_FALSE(shown.shows("4294967296"));
  const auto streams = ctl::json::parse(ctl({"zone", "get", "-o", "json"}).out)["streams"];
  CHECK(streams[1]["bytes_max"] == std::int64_t{4} << 30);
  CHECK(ctl({"zone", "resize", "z1", "--log-bytes", "96MiB"})
            .says("stream LOG_z1 keeps at most 96 MiB\n"));
}

TEST_CASE_FIXTURE(server_alone, "Nothing is accepted for a rider without an open offer") {
  create("z1");
  const auto owner = on->serve(names.admin_of_zone("z1"), [&](const nats::question& question) {
    question.answer(R"({"id":"r1","status":"idle","state":{"known":true}})");
  });
  REQUIRE(owner);
  const auto told = ctl({"rider", "accept", "r1"});
  CHECK(told.code == exit_code::conflict);
  CHECK_MESSAGE(told.says("rider r1 has no open offer: the rider is idle"), told.err);
}
