#pragma once

#include "persistence/memory_store.hpp"
#include "persistence/sqlite/sqlite_store.hpp"
#include "tests/support/temporary_directory.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace dispatch::testing {

/// Where a zone's store lies.
class scratch_directory : public temporary_directory {
public:
  sqlite_store::settings settings() const { return {path(), "z1"}; }
  std::filesystem::path file() const { return path() / "z1.db"; }
};

/// Both kinds of stores, for tests of what they have in common.
struct in_memory {
  memory_store kept;
  store& get() { return kept; }
};

struct in_sqlite {
  scratch_directory directory;
  std::unique_ptr<sqlite_store> kept = std::move(*sqlite_store::open(directory.settings()));
  store& get() { return *kept; }
};

inline timestamp second(std::int64_t s) { return timestamp{std::chrono::seconds{s}}; }

inline entity_ref order_ref(std::string id) { return {entity_kind::order, std::move(id)}; }

inline snapshot_row make_row(entity_ref entity, std::string state, std::string status = "waiting",
                             bool live = true) {
  return {std::move(entity), std::move(state), std::move(status), live, "wtw3sj", 2, second(90)};
}

/// Record `number` with values in every field of its position, the highest bits included.
inline materialisation make_record(std::uint64_t number, std::vector<snapshot_row> entities = {}) {
  materialisation out;
  out.position.number = number;
  out.position.log_sequence = number + 7;
  out.position.hash.fill(static_cast<std::byte>(number));
  out.position.epoch = 3;
  out.position.now = second(static_cast<std::int64_t>(number));
  out.position.input_position = number * 2;
  out.position.input_fingerprint = ~number;
  out.position.digest = 0xf000000000000000U + number;
  out.bytes = "record " + std::to_string(number) + std::string("\0\xff", 2);
  out.entities = std::move(entities);
  return out;
}

inline applied_id applied(std::string id, std::uint64_t number) {
  return {std::move(id), order_ref("o1"), ~number, second(static_cast<std::int64_t>(number)),
          "placed",      number};
}

inline std::vector<std::string> applied_since(store& of, timestamp since) {
  std::vector<std::string> ids;
  (void)of.for_each_applied(since, [&](const applied_id& id) { ids.push_back(id.id); });
  return ids;
}

/// All live entities against the order of the visit, as `kind/id=state:waiting`.
inline std::vector<std::string> live_entities(store& of) {
  std::vector<std::string> all;
  (void)of.for_each_live(
      [&](const entity_ref& entity, std::string_view state, waiting_reason waiting) {
        all.push_back(std::string{to_string(entity.kind)} + "/" + entity.id + "=" +
                      std::string{state} + ":" + std::to_string(static_cast<int>(waiting)));
      });
  std::ranges::reverse(all);
  return all;
}

} // namespace dispatch::testing
