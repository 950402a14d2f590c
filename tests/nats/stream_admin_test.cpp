#include "messages/limits.hpp"
#include "messages/nats/ports/commit_log.hpp"
#include "messages/nats/stream_admin.hpp"
#include "tests/nats/fixture.hpp"

#include <utility>

using namespace dispatch;
using namespace dispatch::nats;
using namespace dispatch::nats::testing;

TEST_CASE_FIXTURE(installation, "a zone's streams are created once and as they were asked for") {
  stream_sizes sizes;
  check_ok(create_zone_streams(*on(), "dispatch", "hanoi", sizes));
  check_ok(create_zone_streams(*on(), "dispatch", "hanoi", sizes));
  for (const auto& wanted : zone_streams("dispatch", "hanoi", sizes)) {
    CHECK(value_of(describe_stream(*on(), wanted.name)).settings == wanted);
    CHECK(value_of(create_stream(*on(), wanted)) == creation::existed);
  }
  const auto positions = position_stream("dispatch", 1);
  CHECK(value_of(describe_stream(*on(), positions.name)).settings == positions);

  sizes.log_bytes_max /= 2;
  const auto other = create_zone_streams(*on(), "dispatch", "hanoi", sizes);
  REQUIRE_FALSE(other);
  CHECK(other.error().what.find("max_bytes is 4294967296 instead of 2147483648") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(installation, "an empty log goes on as if earlier records had been there") {
  for (const std::uint64_t first : {1, 2, 3, 900}) {
    CAPTURE(first);
    const auto log = zone_streams("dispatch", "z" + std::to_string(first), {}).at(1);
    value_of(create_stream(*on(), log));
    check_ok(begin_stream_at(*on(), log.name, first, log.subjects.front()));
    nats_commit_log records(on(), log.name, log.subjects.front());
    answer<append_result> told;
    records.append("a record", first - 1, "id", told.receiver());
    CHECK(told.wait().sequence == first);
    CHECK(value_of(records.state()).messages == 1);
  }
}

TEST_CASE_FIXTURE(installation, "the window of a stream that an older build made is shortened") {
  auto older = zone_streams("dispatch", "hanoi", {}).front();
  const auto window = std::exchange(older.duplicate_window, 2min);
  CHECK(value_of(create_stream(*on(), older)) == creation::created);
  check_ok(create_zone_streams(*on(), "dispatch", "hanoi", {}));
  CHECK(value_of(describe_stream(*on(), older.name)).settings.duplicate_window == window);
}

TEST_CASE_FIXTURE(installation, "commands above the size limit are refused") {
  check_ok(create_zone_streams(*on(), "dispatch", "hanoi", {}));
  const auto send = [&](std::size_t bytes) {
    return value_of(on()->publish_stored("dispatch.in.hanoi.order.o1.place", {},
                                         std::string(bytes, 'x'), patience));
  };
  CHECK(send(limits::command_bytes_max - 100).error_code == 0);
  CHECK(send(limits::command_bytes_max + 100).error_code != 0);
}

TEST_CASE_FIXTURE(installation, "streams are resized with what is in them, and deleted") {
  create("IN_z", "in.z");
  fill("in.z", 1, 10);
  check_ok(resize_stream(*on(), "IN_z", std::int64_t{2} << 20, 1h));
  const auto resized = value_of(describe_stream(*on(), "IN_z"));
  CHECK(resized.settings.bytes_max == std::int64_t{2} << 20);
  CHECK(resized.settings.age_max == 1h);
  CHECK(resized.state.last_sequence == 10);
  CHECK(resized.state.messages == 10);

  check_ok(delete_stream(*on(), "IN_z"));
  check_ok(delete_stream(*on(), "IN_z"));
  CHECK_FALSE(describe_stream(*on(), "IN_z"));
  CHECK_FALSE(resize_stream(*on(), "IN_z", 1 << 20, 1h));
}

TEST_CASE_FIXTURE(installation, "only the zone's own streams are deleted with it") {
  check_ok(create_zone_streams(*on(), "dispatch", "hanoi", {}));
  check_ok(create_zone_streams(*on(), "dispatch", "hue", {}));
  check_ok(delete_zone_streams(*on(), "dispatch", "hanoi"));
  CHECK_FALSE(describe_stream(*on(), "LOG_hanoi"));
  CHECK(describe_stream(*on(), "LOG_hue"));
  CHECK(describe_stream(*on(), position_stream("dispatch", 1).name));
}
