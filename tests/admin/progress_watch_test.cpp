#include "cmd/dispatchd/zones/progress_watch.hpp"

#include <doctest/doctest.h>

using namespace dispatch::daemon;
using namespace std::chrono_literals;

namespace {

struct watched {
  progress_watch watch;
  progress_watch::clock::time_point now;

  void look(progress_watch::clock::duration later, std::uint64_t position,
            std::optional<std::uint64_t> stored) {
    now += later;
    watch.look(now, {position, stored});
  }
};

} // namespace

TEST_CASE_FIXTURE(watched, "a zone that takes none of what waits stands") {
  look(2s, 5, 5);
  look(2s, 5, 6);
  CHECK(watch.waits());
  CHECK(watch.stands() == 0s); // It may have come just now.
  look(2s, 5, 6);
  look(2s, 5, 9);
  CHECK(watch.stands() == 4s);
}

TEST_CASE_FIXTURE(watched, "a zone that takes something goes on, however much waits") {
  look(2s, 5, 100);
  look(2s, 5, 100);
  look(2s, 6, 200);
  CHECK(watch.stands() == 0s);
  look(2s, 6, 200);
  CHECK(watch.stands() == 2s);
  look(2s, 200, 200);
  CHECK(watch.stands() == 0s);
  CHECK_FALSE(watch.waits());
  look(2s, 200, 201);
  CHECK(watch.stands() == 0s);
}

TEST_CASE_FIXTURE(watched, "what the server does not say counts for nothing") {
  look(2s, 5, 6);
  look(2s, 5, 6);
  look(2s, 5, std::nullopt);
  CHECK(watch.stands() == 0s);
  look(2s, 5, 6);
  CHECK(watch.stands() == 0s);
}

TEST_CASE_FIXTURE(watched, "a process that stood still itself blames no zone") {
  look(2s, 5, 6);
  look(10min, 5, 6);
  CHECK(watch.stands() == progress_watch::look_interval_max);
}
