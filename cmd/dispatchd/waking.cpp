#include "cmd/dispatchd/waking.hpp"

#include "actors/support/logging.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/limits.hpp"
#include "messages/nats/bucket.hpp"
#include "messages/nats/ports/commit_log.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "messages/wire/text.hpp"
#include "messages/wire/zone/zone_entry.hpp"

#include <optional>

namespace dispatch::daemon {

namespace {

/// Zone time of the newest record; nullopt: there is none.
result<std::optional<timestamp>> newest_record_time(const connections& on, const std::string& root,
                                                    const std::string& zone) {
  nats::nats_commit_log log{on.control, wire::log_stream(root, zone),
                            wire::subjects{root}.log(zone)};
  const auto state = log.state();
  if (!state) {
    return state.error();
  }
  const auto bytes = log.read(state->last_sequence);
  if (!bytes) {
    return bytes.error();
  }
  if (!*bytes) {
    return std::optional<timestamp>{};
  }
  const auto newest = wire::decode_record(**bytes);
  if (!newest) {
    return newest.error();
  }
  return std::optional{newest->now};
}

/// nullopt: it has nothing to catch up with.
result<std::optional<clock_change>> change_of(const connections& on, const std::string& root,
                                              const zone_definition& zone, double speed,
                                              timestamp wall) {
  if (zone.clock == zone_clock{}) {
    return std::optional<clock_change>{};
  }
  const auto stood_at = newest_record_time(on, root, zone.name);
  if (!stood_at) {
    return stood_at.error();
  }
  if (!*stood_at || zone.clock.to_zone(wall) <= **stood_at) {
    return std::optional<clock_change>{};
  }
  if (zone.clock.changes.size() >= limits::clock_changes_max) {
    return failure{"it was woken " + std::to_string(limits::clock_changes_max) + " times"};
  }
  return std::optional{clock_change{wall, **stood_at, speed}};
}

} // namespace

status wake_simulations(const connections& on, const std::string& root, double speed,
                        timestamp wall) {
  nats::bucket zones{on.control, wire::zones_bucket(root)};
  const auto entries = zones.list();
  if (!entries) {
    return entries.error();
  }
  for (const auto& entry : *entries) {
    auto zone = wire::zone_definition_of_entry(entry.key, entry.value);
    if (!zone) {
      continue; // Whoever is to run it says so.
    }
    const log::about subject{zone->name, "node", {}};
    const auto change = change_of(on, root, *zone, speed, wall);
    if (!change) {
      log::warning(subject, "the simulated clock did not stand still: " + change.error().what);
      continue;
    }
    if (!*change) {
      continue;
    }
    zone->clock.changes.push_back(**change);
    const auto text = wire::entry_of(*zone);
    if (!text) {
      return text.error();
    }
    if (const auto stored = zones.put(entry.key, *text, entry.revision); !stored) {
      return stored.error();
    }
    log::info(subject,
              "the simulated clock stood still while the server was down; it goes on from " +
                  cli::to_text((*change)->zone) + ", " + wire::shown((*change)->factor) +
                  " times as fast as real time");
  }
  return nothing{};
}

} // namespace dispatch::daemon
