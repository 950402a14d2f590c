#include "tests/sqlite/support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>

// Random records go into both stores. After every step they must answer everything alike, also
// after the file was reopened.

using namespace dispatch;
using namespace dispatch::testing;

namespace {

constexpr auto ids = 12;

class generator {
public:
  explicit generator(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  entity_ref entity() {
    return {static_cast<entity_kind>(1 + below(3)), std::string{"e"} + std::to_string(below(ids))};
  }

  materialisation next(std::uint64_t number) {
    auto out = make_record(number);
    for (auto i = below(5); i > 0; --i) {
      auto changed =
          make_row(entity(), std::string(below(600), static_cast<char>('a' + below(26))));
      changed.status = below(2) == 0 ? "waiting" : "done";
      changed.live = below(4) != 0;
      changed.load = static_cast<std::uint32_t>(below(9));
      if (below(2) == 0) {
        changed.deadline = std::nullopt;
      }
      if (std::ranges::none_of(out.entities,
                               [&](const auto& other) { return other.entity == changed.entity; })) {
        out.entities.push_back(std::move(changed));
      }
    }
    for (auto i = below(3); i > 0; --i) {
      out.waiting.push_back(
          {std::string{"e"} + std::to_string(below(ids)), static_cast<waiting_reason>(below(9))});
    }
    for (auto i = below(3); i > 0; --i) {
      out.applied.push_back(applied(std::string{"s."} + std::to_string(below(1000)), number));
      out.applied.back().at = second(static_cast<std::int64_t>(number + below(3)));
    }
    return out;
  }

private:
  std::mt19937_64 random_;
};

void check_row(const entity_row& a, const entity_row& b) {
  REQUIRE(a.snapshot == b.snapshot);
  REQUIRE(a.record == b.record);
  REQUIRE(a.waiting == b.waiting);
}

void check_equal(store& a, store& b, std::uint64_t last) {
  REQUIRE(*a.position() == *b.position());
  REQUIRE(*a.announced() == *b.announced());
  REQUIRE(live_entities(a) == live_entities(b));
  for (const auto since : {std::uint64_t{0}, last / 2, last}) {
    REQUIRE(applied_since(a, second(static_cast<std::int64_t>(since))) ==
            applied_since(b, second(static_cast<std::int64_t>(since))));
  }
  for (auto number = std::uint64_t{0}; number <= last + 1; ++number) {
    REQUIRE(*a.journal(number) == *b.journal(number));
  }
  for (const auto kind : {entity_kind::order, entity_kind::rider, entity_kind::station}) {
    for (const auto* status : {"", "waiting", "done"}) {
      const auto left = *a.list(kind, status, "e1", 7);
      const auto right = *b.list(kind, status, "e1", 7);
      REQUIRE(left.size() == right.size());
      for (auto i = std::size_t{0}; i < left.size(); ++i) {
        check_row(left[i], right[i]);
      }
    }
    for (auto id = 0; id < ids; ++id) {
      const entity_ref entity{kind, std::string{"e"} + std::to_string(id)};
      REQUIRE(*a.touched(entity) == *b.touched(entity));
      REQUIRE(*a.load({&entity, 1}) == *b.load({&entity, 1}));
      const auto left = *a.get(entity);
      const auto right = *b.get(entity);
      REQUIRE(left.has_value() == right.has_value());
      if (left) {
        check_row(*left, *right);
      }
    }
  }
}

} // namespace

TEST_CASE("memory and sqlite answer alike after every step") {
  for (auto seed = std::uint64_t{1}; seed <= 4; ++seed) {
    CAPTURE(seed);
    generator random{seed};
    scratch_directory directory;
    memory_store memory;
    auto sqlite = std::move(*sqlite_store::open(directory.settings()));
    auto last = std::uint64_t{0};
    for (auto step = 0; step < 80; ++step) {
      CAPTURE(step);
      const auto choice = random.below(10);
      if (choice == 0) {
        const auto before = second(static_cast<std::int64_t>(random.below(last + 1)));
        const auto first_kept = random.below(last + 1);
        REQUIRE(memory.forget(before, first_kept));
        REQUIRE(sqlite->forget(before, first_kept));
      } else if (choice == 1) {
        const announced_position position{last, static_cast<std::uint32_t>(step), random.below(99)};
        REQUIRE(memory.write_announced(position));
        REQUIRE(sqlite->write_announced(position));
      } else if (choice == 2) {
        sqlite.reset();
        sqlite = std::move(*sqlite_store::open(directory.settings()));
      } else {
        std::vector<materialisation> records;
        for (auto i = random.below(4); i > 0; --i) {
          records.push_back(random.next(++last));
        }
        REQUIRE(memory.write(records));
        REQUIRE(sqlite->write(records));
      }
      check_equal(memory, *sqlite, last);
    }
  }
}
