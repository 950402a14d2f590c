#pragma once

#include "actors/output/announcer_actor.hpp"
#include "actors/protocol.hpp"
#include "actors/recovery/opening_failure.hpp"
#include "persistence/store.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace dispatch {

struct zone_ports;
struct zone_settings;

/// What of a zone's log is announced already, which whoever opens the zone has to know. The output
/// stream says so by the id of its last message. When that has expired, its last sequence does: so
/// many events were announced since the position that records carry along.
class announced_search {
public:
  announced_search(const zone_settings& settings, const zone_ports& ports)
      : settings_(settings), ports_(ports) {}

  /// Looks where the output stream ends. `log`: how far the log is known; the owner's epoch is its.
  opening_outcome look(const store_position& log);

  /// Whether the log, which ends at this position, has what was announced as it was announced.
  opening_outcome compare(const store_position& log) const;

  /// What the next record tells of it.
  result<announced_position> known() const;

  /// The records that may hold events to be announced, up to this position, which is that of our
  /// OPEN. From then on start() tells exactly which.
  opening_outcome collect(const store_position& open, std::vector<committed_turn_ptr>& unannounced);

  const announcer_start& start() const { return start_; }

private:
  void count(const committed_turn& turn);

  const zone_settings& settings_;
  const zone_ports& ports_;
  announcer_start start_;
  /// Where the stream keeps no event of the zone: those announced since the noted position.
  std::optional<std::uint64_t> to_count_;
};

} // namespace dispatch
