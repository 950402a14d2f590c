#include "messages/wire/codec.hpp"
#include "tests/integration/deciding.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/workload.hpp"
#include "tests/integration/zone_client.hpp"

#include <doctest/doctest.h>

#include <string>

/// The log of a real run, decided again from its commands alone.
namespace {

using namespace dispatch;
using namespace dispatch::integration;

TEST_CASE("a real log, decided again by any number of threads, gives the same bytes") {
  site where;
  workload city(where, "z");
  zone_client disturber(where.on(), "z");
  for (const auto* failpoint : {"after_append:25", "mid_announce:15", "before_append:20"}) {
    dispatchd victim(where, {.failpoint = failpoint});
    for (int i = 0; i < 30; ++i) {
      const auto id = "nobody" + std::to_string(i);
      disturber.tell("order." + id + ".place", i % 3 == 0 ? "{" : order_body(i % 3 == 1));
      disturber.tell("order." + id + ".cancel");
      disturber.tell("order." + id + ".cancel");
    }
    CHECK(victim.wait_for_end() == status_of_killed);
  }
  {
    dispatchd last(where);
    const auto report = city.finish();
    CHECK(report.live.open() == 0);
    CHECK_MESSAGE(*report.audit_clean, report.audit_text);
    CHECK(last.stop() == 0);
  }
  const auto original = stored_log(where, "z");
  std::size_t opens = 0;
  std::size_t dead_letters = 0;
  for (const auto& bytes : original) {
    const auto r = value_of(wire::decode_record(bytes));
    opens += r.kind == record_kind::open ? 1 : 0;
    dead_letters += r.dead_letters.size();
  }
  CHECK(opens == 4);
  CHECK(dead_letters == 30);
  for (const std::size_t threads : {1, 4}) {
    CAPTURE(threads);
    CHECK(difference_when_decided_again(city.definition(), original, threads).value_or("") == "");
  }
}

} // namespace
