#pragma once

#include "actors/domain/planning/dispatcher.hpp"
#include "actors/output/announcer_actor.hpp"
#include "actors/recovery/opening_failure.hpp"
#include "actors/turn/applied_ids.hpp"
#include "actors/turn/deadline_queue.hpp"
#include "actors/turn/rider_positions.hpp"
#include "messages/entities/rider.hpp"
#include "messages/entities/travel.hpp"
#include "messages/ports/clock.hpp"
#include "messages/ports/commit_log.hpp"
#include "messages/ports/event_sink.hpp"
#include "messages/ports/input_feed.hpp"
#include "messages/ports/position_feed.hpp"
#include "messages/ports/snapshot_shelf.hpp"
#include "messages/ports/waybill_signer.hpp"
#include "messages/wire/zone/zone_definition.hpp"
#include "persistence/store.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dispatch {

/// The ports of one zone.
struct zone_ports {
  std::shared_ptr<input_feed> feed;
  std::shared_ptr<commit_log> log;
  std::shared_ptr<event_sink> sink;
  std::shared_ptr<position_feed> positions;
  std::shared_ptr<dispatch::store> store;
  std::shared_ptr<wall_clock> clock;
  std::shared_ptr<snapshot_shelf> snapshots = nullptr; ///< null: there are none
  std::shared_ptr<waybill_signer> signer = nullptr;    ///< null: there are no waybills
  std::shared_ptr<travel_engine> travel = nullptr;     ///< null: travel times are estimated
};

/// Which zone, and who runs it.
struct zone_settings {
  zone_definition definition;
  std::string root = "dispatch";
  std::string owner; ///< of the process, in `zone_opened`
  /// Number of the newest record that another live node has read from the log. Any thread.
  std::function<std::uint64_t()> known_elsewhere = [] { return std::uint64_t{0}; };
  bool handed_over = false; ///< the owner before ended in order, or there was none
};

/// A zone that this process owns from now on, and all that its actors start from.
struct opened_zone {
  store_position position;                        ///< of the OPEN record
  std::shared_ptr<const dispatch::policy> policy; ///< the newest that the log keeps
  std::shared_ptr<domain::dispatcher> dispatcher;
  applied_ids applied;
  deadline_queue deadlines;
  rider_positions positions;
  std::vector<std::pair<std::string, std::shared_ptr<const order>>> wanting_waybills;
  std::optional<duration> clock_offset; ///< from the server's clock, when OPEN was appended
  announcer_start announcing;
  std::vector<committed_turn_ptr> unannounced; ///< the OPEN record's among them
};

/// How far the clock is ahead of the server's, just after the server stored a record; nullopt when
/// the server does not say.
std::optional<duration> clock_offset(const zone_ports& ports);

/// Takes a zone over: checks the streams and repairs what they have lost as far as the journal can,
/// brings the store, or a shipped snapshot, up to the log, and appends OPEN, which fences every
/// older owner. Blocks while it reads the log. With `again`, a recorded OPEN is repeated to the
/// letter.
std::variant<opened_zone, opening_failure>
take_over(const zone_settings& settings, const zone_ports& ports, const record* again = nullptr);

} // namespace dispatch
