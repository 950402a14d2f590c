#include "actors/output/announcing.hpp"
#include "messages/nats/ports/event_sink.hpp"
#include "messages/wire/subjects.hpp"
#include "persistence/sqlite/journal_file.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/workload.hpp"
#include "tests/integration/zone_client.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>

/// dispatchd dies at every step of a turn and of an opening, and its successor goes on.
namespace {

using namespace dispatch;
using namespace dispatch::integration;

/// Everything that was committed is announced by the time it has stopped. The city may have ended
/// before its node died, so that the successor has only just begun.
void check_stops_clean(const site& where, dispatchd& node) {
  await("the zone to run", [&] { return node.page("/readyz") == "ready\n"; });
  CHECK(node.stop() == 0);
  const auto audited = audit_at_rest(*where.on(), "z", where.data());
  CHECK_MESSAGE(audited.clean(), audit::to_text(audited));
  CHECK(audited.lives_judged);
}

void check_death_at(
    const std::string& failpoint, const retention_rules& kept = {},
    const std::function<void(const site&)>& check_left = [](const site&) {}) {
  CAPTURE(failpoint);
  site where;
  workload city(where, "z", kept);
  dispatchd victim(where, {.failpoint = failpoint});
  CHECK(victim.wait_for_end() == status_of_killed);
  check_left(where);

  dispatchd successor(where);
  const auto report = city.finish();
  CHECK(report.failure.empty());
  CHECK(report.live.open() == 0);
  CHECK(report.without_outcome == 0);
  CHECK(report.commands.dead == 0);
  CHECK_MESSAGE(report.good(), report.audit_text);
  check_stops_clean(where, successor);
}

TEST_CASE("death while opening a zone") {
  check_death_at("before_open");
  check_death_at("after_open");
}

TEST_CASE("death around an append") {
  check_death_at("before_append");
  check_death_at("before_append:40");
  check_death_at("after_append");
  check_death_at("after_append:40");
}

TEST_CASE("death around a materialisation") {
  check_death_at("before_materialise");
  check_death_at("before_materialise:40");
  check_death_at("after_materialise");
  check_death_at("after_materialise:40");
}

TEST_CASE("death around an announcement") {
  check_death_at("before_announce");
  check_death_at("before_announce:40");
  check_death_at("mid_announce:40");
  check_death_at("after_announce");
  check_death_at("after_announce:40");
}

TEST_CASE("death when events are out that the store has not seen") {
  for (const auto* times : {"", ":2", ":40"}) {
    check_death_at(std::string{"announced_unwritten"} + times, {}, [](const site& where) {
      nats::nats_event_sink sink{where.on(), wire::output_stream("dispatch", "z")};
      const auto end = value_of(find_output_end(sink, "z"));
      const auto kept = value_of(journal_file::open(where.data(), "z"));
      REQUIRE(end.last);
      CHECK(value_of(kept->position()).number < end.last->number);
    });
  }
}

TEST_CASE("death while a snapshot is shipped and the log is trimmed") {
  const retention_rules short_past{.log = std::chrono::seconds{0},
                                   .snapshot_interval = std::chrono::seconds{1},
                                   .snapshot_records = 20};
  check_death_at("before_manifest", short_past);
  check_death_at("before_manifest:2", short_past);
  check_death_at("after_manifest", short_past);
  check_death_at("after_manifest:2", short_past);
  check_death_at("before_trim", short_past);
}

TEST_CASE("death at an opening that follows a death") {
  site where;
  workload city(where, "z");
  for (const auto* failpoint : {"after_append:30", "before_open", "after_open", "mid_announce",
                                "after_materialise", "before_announce:5"}) {
    CAPTURE(failpoint);
    dispatchd victim(where, {.failpoint = failpoint});
    CHECK(victim.wait_for_end() == status_of_killed);
  }
  dispatchd last(where);
  const auto report = city.finish();
  CHECK_MESSAGE(report.good(), report.audit_text);
  check_stops_clean(where, last);
}

TEST_CASE("a dispatchd that is asked to stop ends by itself, having announced everything") {
  site where;
  workload city(where, "z");
  {
    dispatchd first(where);
    zone_client(where.on(), "z").await_count("delivered", 3);
    check_stops_clean(where, first);
  }
  dispatchd second(where);
  const auto report = city.finish();
  CHECK_MESSAGE(report.good(), report.audit_text);
  check_stops_clean(where, second);
}

} // namespace
