#pragma once

#include "persistence/store.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dispatch::sqlite {

/// What several records together change of one entity.
struct entity_change {
  const snapshot_row* row = nullptr;     ///< as of the last record that has one
  std::uint64_t record = 0;              ///< the last that touches it
  std::string touched;                   ///< numbers of those records, as stored
  std::optional<waiting_reason> waiting; ///< nullopt: as it was
};

/// What a decision says of an order that its record does not change.
struct waiting_change {
  const waiting_row* row = nullptr;
  std::string record; ///< number of its record, as `touched` stores it
};

/// What several records together change; equal to applying them one by one. Views into the records.
struct write_batch {
  std::vector<waiting_change> waiting_first; ///< of live entities as they were, before changes
  std::vector<entity_change> changes;        ///< each entity once
};

write_batch coalesce(std::span<const materialisation> records);

/// A record number as `touched` stores it: 8 bytes, big endian.
void append_number(std::string& touched, std::uint64_t number);

std::vector<std::uint64_t> parse_numbers(std::string_view touched);

/// Of an entity's encoded state, as stored beside it.
std::uint64_t checksum(const entity_ref& entity, std::string_view state);
std::uint64_t checksum(const store_position& position);

} // namespace dispatch::sqlite
