#include "messages/limits.hpp"
#include "messages/nats/connection/server_info.hpp"
#include "messages/nats/ports/snapshot_shelf.hpp"
#include "messages/wire/codec.hpp"
#include "tests/nats/fixture.hpp"

#include <vector>

using namespace dispatch;
using namespace dispatch::nats;
using namespace dispatch::nats::testing;

namespace {

byte_source parts(std::vector<std::string> all) {
  return [all = std::move(all), at = std::size_t{0}]() mutable -> result<std::string> {
    return at < all.size() ? all[at++] : std::string{};
  };
}

snapshot_manifest manifest_of(std::uint64_t number) {
  snapshot_manifest m;
  m.zone = "z";
  m.number = number;
  m.log_sequence = number;
  m.hash = wire::hash_of("record");
  m.input_position = ~std::uint64_t{0};
  m.digest = 17;
  m.made_at = timestamp{1h};
  m.bytes = 5;
  m.chunks = 2;
  m.content = wire::hash_of("all of it");
  return m;
}

struct shelf_fixture : installation {
  nats_snapshot_shelf shelf{on(), "dispatch", "z"};

  void create_stream_of(std::int64_t bytes_max = std::int64_t{1} << 30) {
    stream_sizes sizes;
    sizes.snapshot_bytes_max = bytes_max;
    value_of(create_stream(*on(), snapshot_stream("dispatch", sizes)));
  }
};

} // namespace

TEST_CASE_FIXTURE(shelf_fixture, "a shipped snapshot is found, newest first, and read back") {
  create_stream_of();
  const std::string large(limits::snapshot_chunk_bytes, '\xff');
  for (const std::uint64_t number : {9, 10, 2}) {
    check_ok(shelf.put_chunks(number, parts({large, std::string("a\0b", 3)})));
    check_ok(shelf.put_manifest(manifest_of(number)));
  }
  const auto complete = value_of(shelf.complete());
  REQUIRE(complete.size() == 3);
  CHECK(complete[0] == manifest_of(10));
  CHECK(complete[1] == manifest_of(9));
  CHECK(complete[2] == manifest_of(2));
  CHECK(value_of(shelf.chunk(10, 0)) == large);
  CHECK(value_of(shelf.chunk(10, 1)) == std::string("a\0b", 3));
  CHECK(value_of(shelf.chunk(10, 2)) == std::nullopt);
}

TEST_CASE_FIXTURE(shelf_fixture, "an upload without a manifest is begun, not complete") {
  create_stream_of();
  const auto put = shelf.put_chunks(7, [n = 0]() mutable -> result<std::string> {
    return n++ < 3 ? result<std::string>{std::string("part")} : failure{"stopped"};
  });
  REQUIRE_FALSE(put);
  CHECK(put.error().what == "stopped");
  CHECK(value_of(shelf.complete()).empty());
  CHECK(value_of(shelf.begun()) == std::vector<std::uint64_t>{7});
  check_ok(shelf.remove(7));
  check_ok(shelf.remove(7));
  CHECK(value_of(shelf.begun()).empty());
}

TEST_CASE_FIXTURE(shelf_fixture, "one snapshot is removed, others and other zones' stay") {
  create_stream_of();
  nats_snapshot_shelf other{on(), "dispatch", "other"};
  for (auto* one : {&shelf, &other}) {
    for (const std::uint64_t number : {1, 11}) {
      check_ok(one->put_chunks(number, parts({"x"})));
      auto manifest = manifest_of(number);
      manifest.zone = one == &shelf ? "z" : "other";
      check_ok(one->put_manifest(manifest));
    }
  }
  check_ok(shelf.remove(1));
  CHECK(value_of(shelf.begun()) == std::vector<std::uint64_t>{11});
  CHECK(value_of(other.complete()).size() == 2);
  check_ok(delete_zone_streams(*on(), "dispatch", "z"));
  CHECK(value_of(shelf.begun()).empty());
  CHECK(value_of(other.begun()) == std::vector<std::uint64_t>{1, 11});
}

TEST_CASE_FIXTURE(shelf_fixture, "a full stream and a missing one are told") {
  CHECK(value_of(shelf.complete()).empty());
  CHECK(value_of(shelf.begun()).empty());
  CHECK_FALSE(shelf.put_chunks(1, parts({"x"})));
  create_stream_of(64 * 1024);
  const auto put =
      shelf.put_chunks(1, parts(std::vector<std::string>(8, std::string(30'000, 'x'))));
  REQUIRE_FALSE(put);
  CHECK_MESSAGE(put.error().what.find("SNAP") != std::string::npos, put.error().what);
}

TEST_CASE("a replicated stream is trimmed by servers that do it safely") {
  CHECK_FALSE(refusal_to_trim("2.9.10", 1));
  CHECK(refusal_to_trim("2.9.10", 3));
  CHECK(refusal_to_trim("2.9.17", 3));
  CHECK_FALSE(refusal_to_trim("2.9.18", 3));
  CHECK_FALSE(refusal_to_trim("2.10.27", 3));
  CHECK(refusal_to_trim("?", 3));
}
