#include "persistence/sqlite/write_batch.hpp"

#include "messages/wire/codec.hpp"

#include <unordered_map>
#include <utility>

namespace dispatch::sqlite {

namespace {

struct pointee_hash {
  std::size_t operator()(const entity_ref* ref) const { return std::hash<entity_ref>{}(*ref); }
};

struct pointee_equal {
  bool operator()(const entity_ref* a, const entity_ref* b) const { return *a == *b; }
};

using change_index =
    std::unordered_map<const entity_ref*, std::size_t, pointee_hash, pointee_equal>;

} // namespace

write_batch coalesce(std::span<const materialisation> records) {
  write_batch batch;
  change_index known;
  auto rows = std::size_t{0};
  for (const auto& record : records) {
    rows += record.entities.size();
  }
  known.reserve(rows);
  batch.changes.reserve(rows);

  for (const auto& record : records) {
    const auto number = record.position.number;
    for (const auto& row : record.entities) {
      const auto [at, added] = known.try_emplace(&row.entity, batch.changes.size());
      auto& change = added ? batch.changes.emplace_back() : batch.changes[at->second];
      change.row = &row;
      change.record = number;
      append_number(change.touched, number);
      if (!row.live) {
        change.waiting = waiting_reason::none;
      }
    }
    for (const auto& row : record.waiting) {
      const entity_ref order{entity_kind::order, row.order};
      const auto at = known.find(&order);
      std::string decided;
      append_number(decided, number);
      if (at == known.end()) {
        batch.waiting_first.push_back({&row, std::move(decided)});
      } else if (auto& change = batch.changes[at->second]; change.row->live) {
        change.waiting = row.reason;
        if (!change.touched.ends_with(decided)) { // Else the record touches it already.
          change.touched += decided;
        }
      }
    }
  }
  return batch;
}

void append_number(std::string& touched, std::uint64_t number) {
  for (auto shift = 56; shift >= 0; shift -= 8) {
    touched.push_back(static_cast<char>((number >> shift) & 0xffU));
  }
}

std::vector<std::uint64_t> parse_numbers(std::string_view touched) {
  std::vector<std::uint64_t> numbers;
  numbers.reserve(touched.size() / 8);
  for (; touched.size() >= 8; touched.remove_prefix(8)) {
    auto number = std::uint64_t{0};
    for (const auto byte : touched.substr(0, 8)) {
      number = number << 8U | static_cast<unsigned char>(byte);
    }
    numbers.push_back(number);
  }
  return numbers;
}

std::uint64_t checksum(const entity_ref& entity, std::string_view state) {
  const auto kind = static_cast<std::uint64_t>(entity.kind);
  return wire::fast_hash(state, wire::fast_hash(entity.id, kind));
}

std::uint64_t checksum(const store_position& position) {
  std::string bytes(reinterpret_cast<const char*>(position.hash.data()), position.hash.size());
  for (const auto number : {position.number, position.log_sequence, position.epoch,
                            static_cast<std::uint64_t>(position.now.time_since_epoch().count()),
                            position.input_position, position.input_fingerprint, position.digest}) {
    append_number(bytes, number);
  }
  return wire::fast_hash(bytes);
}

} // namespace dispatch::sqlite
