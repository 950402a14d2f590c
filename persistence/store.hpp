#pragma once

#include "messages/entities/entity.hpp"
#include "messages/records/command.hpp"
#include "messages/records/decision.hpp"
#include "messages/records/record.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dispatch {

/// How far a zone's store has come.
struct store_position {
  std::uint64_t number = 0;       ///< of the last record materialised; 0: none
  std::uint64_t log_sequence = 0; ///< where that record lies in the log
  record_hash hash{};             ///< of that record
  std::uint64_t epoch = 0;        ///< of that record
  timestamp now;                  ///< of that record
  std::uint64_t input_position = 0;
  std::uint64_t input_fingerprint = 0;
  std::uint64_t digest = 0;

  bool operator==(const store_position&) const = default;
};

/// Whether it names an earlier event.
inline bool is_older(const announced_position& one, const announced_position& other) {
  return std::pair{one.number, one.index} < std::pair{other.number, other.index};
}

/// An entity's state after a record. Plain columns are for people and for `live`.
struct snapshot_row {
  entity_ref entity;
  std::string state;                 ///< encoded, with its format version
  std::string status;                ///< plain word, such as `waiting` or `on_shift`
  bool live = true;                  ///< false: final, only history asks for it
  std::string cell;                  ///< geohash of where it is; empty: nowhere
  std::uint32_t load = 0;            ///< of a rider's route, or of the order
  std::optional<timestamp> deadline; ///< the next one

  bool operator==(const snapshot_row&) const = default;
};

/// A command id that has taken effect, and its first outcome.
struct applied_id {
  std::string id;
  entity_ref target;
  std::uint64_t body_hash = 0;
  timestamp at;
  std::string first_event;
  std::uint64_t record = 0;

  bool operator==(const applied_id&) const = default;
};

/// A command that is being decided with care (actors/zone/quarantine.hpp).
struct attempted_command {
  command_source source = command_source::input;
  entity_ref target;          ///< of a position or a deadline; that of an input is not known yet
  std::uint64_t sequence = 0; ///< of an input
  std::uint64_t behind = 0;   ///< number of the last record then
  std::uint32_t times = 1;    ///< that it has been attempted, this one included

  bool operator==(const attempted_command&) const = default;
};

/// What an order waits for, since the decision that said so. Kept while the order is live.
struct waiting_row {
  std::string order;
  waiting_reason reason = waiting_reason::none;

  bool operator==(const waiting_row&) const = default;
};

/// Everything that one commit record changes.
struct materialisation {
  store_position position;
  std::string bytes;                  ///< the record as it lies in the log
  std::vector<snapshot_row> entities; ///< all whose state or history it touches, each once
  std::vector<applied_id> applied;
  std::vector<waiting_row> waiting;
  announced_position announced; ///< as far as the record knows
};

/// One row of a listing.
struct entity_row {
  snapshot_row snapshot;
  std::uint64_t record = 0; ///< the last that touched it
  waiting_reason waiting = waiting_reason::none;
};

/// What a copy of a store begins with.
struct store_head {
  store_position position;
  announced_position announced;
  std::string record; ///< the journalled bytes of the last record

  bool operator==(const store_head&) const = default;
};

/// An entity as a store has it.
struct kept_entity {
  snapshot_row snapshot;
  std::uint64_t record = 0; ///< the last that touched it
  waiting_reason waiting = waiting_reason::none;
  std::vector<std::uint64_t> touched; ///< as store::touched() says

  bool operator==(const kept_entity&) const = default;
};

/// Takes in a copy of a store: the head, then all else. A failure ends the copying.
class store_sink {
public:
  virtual ~store_sink() = default;
  virtual status put(const store_head& head) = 0;
  virtual status put(const kept_entity& entity) = 0;
  virtual status put(const applied_id& applied) = 0; ///< in the order of application
};

/// Port: what a zone remembers on this node: a copy of the log's effect, rebuildable from the log.
///
/// Every reading sees the state after some committed record. Safe for one writer and any number of
/// readers on different threads.
class store {
public:
  virtual ~store() = default;

  virtual result<store_position> position() = 0;

  /// Applies consecutive records in one transaction, the first being position().number + 1. After a
  /// failure none of them is applied.
  virtual status write(std::span<const materialisation> records) = 0;

  /// The newest that a record knew or that was written.
  virtual result<announced_position> announced() = 0;
  /// An older one than is known changes nothing.
  virtual status write_announced(const announced_position& position) = 0;

  /// The note of what is being decided, which survives the process; nullopt: nothing is.
  virtual result<std::optional<attempted_command>> attempted() = 0;
  virtual status write_attempted(const std::optional<attempted_command>& command) = 0;

  /// The encoded states, in the order asked for; nullopt where nothing is known.
  virtual result<std::vector<std::optional<std::string>>>
  load(std::span<const entity_ref> entities) = 0;

  /// Visits all live entities, backwards by kind and id: stations before riders before orders, so
  /// that what orders depend on is known when they come. A visitor must not call the store.
  virtual status for_each_live(const std::function<void(const entity_ref&, std::string_view state,
                                                        waiting_reason)>& visit) = 0;

  /// Visits the ids applied since `since`, in the order of application. A visitor must not call the
  /// store.
  virtual status for_each_applied(timestamp since,
                                  const std::function<void(const applied_id&)>& visit) = 0;

  /// Forgets, from the first on, ids applied before `before` (up to one that was not), and journal
  /// records before number `first_kept`.
  virtual status forget(timestamp before, std::uint64_t first_kept) = 0;

  /// Entities of a kind in id order behind `after`, at most `limit`; `status` empty: any.
  virtual result<std::vector<entity_row>> list(entity_kind kind, std::string_view status,
                                               std::string_view after, std::size_t limit) = 0;

  virtual result<std::optional<entity_row>> get(const entity_ref& entity) = 0;

  /// Numbers of the newest records that touched the entity, or decided about it while it was live,
  /// ascending, at most `records_per_entity`.
  virtual result<std::vector<std::uint64_t>> touched(const entity_ref& entity) = 0;

  /// Copies the state after some record: everything but the journal, of which it has the last
  /// record only. Writers do not wait for it.
  virtual status copy_to(store_sink& to) = 0;

  /// Replaces everything by what `from` puts into the sink. After a failure, which may be that of
  /// `from`, nothing has changed. Nobody else may write meanwhile.
  virtual status become(const std::function<status(store_sink&)>& from) = 0;

  /// The journalled bytes of a record; nullopt when it is not kept any more.
  virtual result<std::optional<std::string>> journal(std::uint64_t number) = 0;
};

} // namespace dispatch
