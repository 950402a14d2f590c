#include "messages/nats/connection/api.hpp"
#include "messages/nats/stream_admin.hpp"
#include "tests/edge/edge.hpp"

#include <string>
#include <vector>

/// A zone whose output stream is gone.
namespace {

using namespace dispatch;
using namespace dispatch::edge;

constexpr auto lost_stream = "OUT_untouched";

/// The town after somebody has deleted the zone's events.
struct town_without_output : town {
  town_without_output() {
    REQUIRE(answers());
    value_of(nats::delete_stream(*where.on(), lost_stream));
  }
};

TEST_CASE_FIXTURE(town_without_output, "dispatchctl names a missing output stream") {
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"send", "station", "s1", "close"},
                                             {"order", "hold", "u1", "--operator", "jane"},
                                             {"events", "tail"},
                                             {"dead", "list"},
                                             {"dead", "show", "1"}}) {
    CAPTURE(words.front());
    const auto told = ctl(words);
    CHECK(told.code == exit_code::conflict);
    CHECK_MESSAGE(told.says(lost_stream), told.err);
    CHECK_MESSAGE(told.says("`dispatchctl zone repair untouched`"), told.err);
  }
  CHECK(ctl({"events", "tail", "--zone", "elsewhere"}).code == exit_code::not_found);
}

TEST_CASE_FIXTURE(town_without_output,
                  "a repaired output stream has its events without a command") {
  const auto repaired = ctl({"zone", "repair", town::untouched});
  REQUIRE_MESSAGE(repaired.code == exit_code::done, repaired.err);
  zone_client reader{where.on(), town::untouched};
  CHECK(event_name(reader.await_event("order.u1.placed").body) == "placed");
  CHECK(comes([&] { return is_ready(); }));
  CHECK(ctl({"zone", "verify"}).code == exit_code::done);
}

} // namespace
