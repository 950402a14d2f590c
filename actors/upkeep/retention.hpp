#pragma once

#include "actors/recovery/opening.hpp"
#include "actors/support/chore.hpp"
#include "messages/limits.hpp"
#include "messages/ports/snapshot_shelf.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dispatch {

/// Whether a snapshot is to be shipped. `newest` is the last one; without it, `since` counts.
bool snapshot_due(const retention_rules& rules, const snapshot_manifest* newest,
                  const store_position& position, timestamp since, timestamp now);

/// Which snapshots to remove, of all of which something is there, given the complete ones, newest
/// first: those that are older than the ones to be kept, and uploads that nobody will complete.
std::vector<std::uint64_t> superfluous(const std::vector<snapshot_manifest>& complete,
                                       const std::vector<std::uint64_t>& begun);

/// Keeps the past of a zone in bounds, beside its owner and on another thread: ships snapshots,
/// moves old records from the log into archive files, trims the log and the input stream, and lets
/// the store forget.
///
/// The log is trimmed only of what is archived on this node, announced, and older than the second
/// newest snapshot, so that a node without a disk finds all it needs. Nothing here needs the lease:
/// what a former owner does is what the streams allow.
class retention final : public chore {
public:
  struct settings {
    zone_definition definition;
    std::filesystem::path data; ///< archives go to `archive/<zone>` below it
    std::size_t chunk_bytes = limits::snapshot_chunk_bytes;
  };

  retention(settings how, zone_ports ports);

  status go_round() override;
  void stop() override { stopped_ = true; }

private:
  status look();
  status ship();
  status tidy();
  result<std::uint64_t> announced_record();
  status archive_log(std::uint64_t end);
  status trim_input(std::uint64_t first_kept);
  status forget();

  const settings settings_;
  const zone_ports ports_;
  const timestamp since_;
  std::atomic<bool> stopped_ = false;
  bool looked_ = false; ///< `complete_` is known
  bool tidied_ = false; ///< what follows from the newest snapshot is done
  std::vector<snapshot_manifest> complete_;
  std::uint64_t input_trimmed_ = 0;
};

} // namespace dispatch
