#include "messages/limits.hpp"
#include "persistence/files/archive.hpp"
#include "persistence/files/snapshot_file.hpp"
#include "tests/sqlite/support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

// Copies of stores, in memory, in files and in SQLite; and archives of records.

using namespace dispatch;
using namespace dispatch::testing;

namespace {

/// Three records that leave something of every kind behind.
void fill(store& to) {
  auto first = make_record(
      1, {make_row(order_ref("o2"), std::string("a\0b", 3)), make_row(order_ref("o1"), "x")});
  first.entities[1].deadline = std::nullopt;
  first.applied = {applied("s.1", 1), applied("s.2", 1)};
  first.waiting = {{"o2", waiting_reason::riders_busy}};
  auto second = make_record(2, {make_row(order_ref("o1"), "y", "delivered", false),
                                make_row({entity_kind::rider, "r1"}, "r")});
  second.applied = {applied("s.3", 2)};
  REQUIRE(to.write(std::array{first, second, make_record(3, {make_row(order_ref("o2"), "c")})}));
  REQUIRE(to.write_announced({2, 5, 17}));
}

/// All that a sink is given.
struct recorder final : store_sink {
  std::vector<store_head> heads;
  std::vector<kept_entity> entities;
  std::vector<applied_id> ids;

  status put(const store_head& head) override {
    heads.push_back(head);
    return nothing{};
  }
  status put(const kept_entity& entity) override {
    entities.push_back(entity);
    return nothing{};
  }
  status put(const applied_id& id) override {
    ids.push_back(id);
    return nothing{};
  }
};

recorder contents(store& of) {
  recorder all;
  REQUIRE(of.copy_to(all));
  std::ranges::sort(all.entities, {}, [](const auto& e) { return e.snapshot.entity; });
  return all;
}

void check_same(store& one, store& other) {
  const auto left = contents(one);
  const auto right = contents(other);
  CHECK(left.heads == right.heads);
  CHECK(left.entities == right.entities);
  CHECK(left.ids == right.ids);
}

auto copy_of(store& from) {
  return [&from](store_sink& to) { return from.copy_to(to); };
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

byte_source parts_of(std::string bytes, std::size_t size) {
  return [bytes = std::move(bytes), size, at = std::size_t{0}]() mutable -> result<std::string> {
    auto part = bytes.substr(std::min(at, bytes.size()), size);
    at += size;
    return part;
  };
}

} // namespace

TEST_CASE_TEMPLATE("a store becomes a copy of another one", fixture, in_memory, in_sqlite) {
  fixture made;
  in_memory original;
  fill(original.get());
  // What was there before is gone.
  REQUIRE(made.get().write(std::array{make_record(1, {make_row(order_ref("old"), "z")})}));
  REQUIRE(made.get().become(copy_of(original.get())));
  check_same(made.get(), original.get());
  CHECK(live_entities(made.get()) == live_entities(original.get()));
  CHECK(*made.get().touched(order_ref("o2")) == std::vector<std::uint64_t>{1, 3});
  CHECK(*made.get().journal(3) == make_record(3).bytes);
  CHECK_FALSE(*made.get().journal(2));
  CHECK(made.get().write(std::array{make_record(4)}));

  in_memory back;
  REQUIRE(back.get().become(copy_of(made.get())));
  check_same(made.get(), back.get());
}

TEST_CASE_TEMPLATE("a copy that fails on its way changes nothing", fixture, in_memory, in_sqlite) {
  fixture made;
  fill(made.get());
  const auto before = contents(made.get());
  in_memory other;
  REQUIRE(other.get().write(std::array{make_record(1, {make_row(order_ref("x"), "x")})}));
  const auto became = made.get().become([&](store_sink& to) -> status {
    REQUIRE(other.get().copy_to(to));
    return failure{"torn"};
  });
  REQUIRE_FALSE(became);
  CHECK(became.error().what == "torn");
  CHECK(contents(made.get()).entities == before.entities);
  CHECK(made.get().position()->number == 3);
  CHECK(made.get().write(std::array{make_record(4)}));
}

TEST_CASE("a SQLite store that became a copy is one after it was opened again") {
  scratch_directory directory;
  in_memory original;
  fill(original.get());
  {
    auto kept = std::move(*sqlite_store::open(directory.settings()));
    REQUIRE(kept->become(copy_of(original.get())));
  }
  auto kept = std::move(*sqlite_store::open(directory.settings()));
  check_same(*kept, original.get());
}

TEST_CASE("a copy of a SQLite store is of one record, whatever is written meanwhile") {
  in_sqlite made;
  fill(made.get());
  struct writing final : store_sink {
    store& to;
    recorder all;
    explicit writing(store& into) : to(into) {}
    status put(const store_head& head) override {
      REQUIRE(to.write(std::array{make_record(4, {make_row(order_ref("o9"), "late")})}));
      return all.put(head);
    }
    status put(const kept_entity& entity) override { return all.put(entity); }
    status put(const applied_id& id) override { return all.put(id); }
  };
  writing sink{made.get()};
  REQUIRE(made.get().copy_to(sink));
  CHECK(sink.all.heads.front().position.number == 3);
  CHECK(sink.all.entities.size() == 3);
  CHECK(made.get().position()->number == 4);
}

TEST_CASE("a snapshot in a file is read back, in parts of any size") {
  temporary_directory directory;
  const auto path = directory.path() / "z.snapshot";
  in_sqlite original;
  fill(original.get());
  const auto written = files::write_snapshot(path, copy_of(original.get()));
  REQUIRE(written);
  const auto bytes = bytes_of(path);
  CHECK(written->bytes == bytes.size());
  CHECK(written->content == wire::hash_of(bytes));
  CHECK(written->head == contents(original.get()).heads.front());
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    in_memory copy;
    REQUIRE(copy.get().become(
        [&](store_sink& to) { return files::read_snapshot(parts_of(bytes, size), to); }));
    check_same(copy.get(), original.get());
  }
}

TEST_CASE("no changed byte and no missing end of a snapshot goes unnoticed") {
  temporary_directory directory;
  const auto path = directory.path() / "z.snapshot";
  in_memory original;
  fill(original.get());
  REQUIRE(files::write_snapshot(path, copy_of(original.get())));
  const auto bytes = bytes_of(path);
  const auto reads = [](const std::string& from) {
    recorder unread;
    return static_cast<bool>(files::read_snapshot(parts_of(from, 64), unread));
  };
  CHECK(reads(bytes));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    CHECK_FALSE(reads(changed));
    CHECK_FALSE(reads(bytes.substr(0, i)));
  }
}

TEST_CASE("a snapshot file that fails on its way is not there") {
  temporary_directory directory;
  const auto path = directory.path() / "z.snapshot";
  CHECK_FALSE(files::write_snapshot(path, [](store_sink&) -> status { return failure{"no"}; }));
  CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("archived records are found, and visited once each in order") {
  temporary_directory directory;
  const auto where = files::archive_directory(directory.path(), "z");
  const auto write = [&](std::uint64_t first, std::uint64_t last) {
    files::archive_writer writer{where};
    for (auto number = first; number <= last; ++number) {
      REQUIRE(writer.put(number, number + 7, "record " + std::to_string(number)));
    }
    REQUIRE(writer.finish());
  };
  const files::archive reading{{where}};
  CHECK_FALSE(reading.find(1)->has_value());
  write(8, 12);
  write(1, 5);
  write(1, 8); // As after a crash before the log was trimmed.
  CHECK(*reading.find(1) == "record 1");
  CHECK(*reading.find(7) == "record 7");
  CHECK(*reading.find(12) == "record 12");
  CHECK_FALSE(reading.find(13)->has_value());
  std::vector<std::uint64_t> sequences;
  REQUIRE(reading.scan([&](std::uint64_t sequence, std::string_view bytes) {
    sequences.push_back(sequence);
    CHECK(bytes == "record " + std::to_string(sequence - 7));
  }));
  CHECK(sequences == std::vector<std::uint64_t>{8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19});
}

TEST_CASE("a damaged archive file is named, and an unfinished one does not count") {
  temporary_directory directory;
  files::archive_writer writer{directory.path()};
  REQUIRE(writer.put(1, 1, "record"));
  const files::archive reading{{directory.path()}};
  CHECK_FALSE(reading.find(1)->has_value());
  REQUIRE(writer.finish());
  const auto path = directory.path() / "1-1.records";
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  const auto scanned = reading.scan([](std::uint64_t, std::string_view) {});
  REQUIRE_FALSE(scanned);
  CHECK(scanned.error().what.find("1-1.records") != std::string::npos);
}
