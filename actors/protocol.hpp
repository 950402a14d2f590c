#pragma once

#include "actors/domain/planning/dispatcher.hpp"
#include "actors/turn/deliveries.hpp"
#include "messages/entities/state.hpp"
#include "messages/entities/travel.hpp"
#include "messages/policy.hpp"
#include "messages/ports/commit_log.hpp"
#include "messages/ports/event_sink.hpp"
#include "messages/ports/waybill_signer.hpp"
#include "messages/records/event.hpp"
#include "messages/records/record.hpp"
#include "persistence/store.hpp"

#include <caf/typed_actor.hpp>

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// clang-format off
/// Who can say what to whom. Per zone:
///
///   zone_actor  -- deliver ------->  entity_actor: one per order, rider and station, and the zone
///               <- answer ---------
///               -- plan_match ---->  dispatcher_actor
///               <- match_planned --
///               -- write_turn ---->  store_actor
///               <- turn_written ---
///               -- announce_turns ->  announcer_actor
///               <- turn_announced --
///               -- (a question) -->  waybill_signer or travel_engine, ports
///               <- errand_answered
///
// clang-format on
/// The zone actor runs turns; it alone appends to the log. Entity actors decide and answer. Until
/// a turn is committed everything they answered can be taken back (roll_back).
namespace dispatch {

// --- zone to entity -----------------------------------------------------------------------------

using entity_actor = caf::typed_actor<caf::replies_to<deliver>::with<answer>, caf::reacts_to<adopt>,
                                      caf::reacts_to<roll_back>>;

// --- zone to dispatcher -------------------------------------------------------------------------

/// Take note of the turn's changes so far and plan, if a match is due. Answered by `match_planned`.
struct plan_match {
  std::vector<observed_entity> changes;
  domain::plan_request request;
};

struct match_planned {
  domain::plan plan;
  std::uint64_t duration_us = 0;
};

/// The turn is committed, with these last changes. Answered by `match_outlook`.
struct settle_match {
  std::vector<observed_entity> changes;
  std::vector<travel_answer> travel; ///< that the turn has recorded
};

/// Back to the last settled state.
struct unsettle_match {};

/// When the next match has something to do.
struct match_outlook {
  std::optional<timestamp> next_due;
  std::size_t waiting = 0;
  std::optional<timestamp> oldest;
  std::vector<domain::wanted_travel> wanted; ///< to be asked of the routing engine
};

using dispatcher_actor = caf::typed_actor<caf::replies_to<plan_match>::with<match_planned>,
                                          caf::replies_to<settle_match>::with<match_outlook>,
                                          caf::reacts_to<unsettle_match>>;

// --- zone to store ------------------------------------------------------------------------------

/// Make a committed turn part of the store. Its events are published meanwhile: the log is the
/// truth, and readers of events may be ahead of the store.
struct write_turn {
  std::shared_ptr<materialisation> changes;
};

/// Write what has come together, in one transaction. The store actor to itself.
struct flush_writes {};

/// The same, after a failure.
struct retry_write {};

/// The output stream holds everything up to there. From the zone.
struct note_announced {
  announced_position position; ///< the last event that is out
};

/// Write what was committed before, and keep the promise when that is done or has failed. From the
/// zone, to which any thread may send it: a blocking actor would have to have a thread to itself.
struct await_writes {
  std::shared_ptr<std::promise<void>> done;
};

using store_actor = caf::typed_actor<caf::reacts_to<write_turn>, caf::reacts_to<flush_writes>,
                                     caf::reacts_to<retry_write>, caf::reacts_to<note_announced>,
                                     caf::reacts_to<await_writes>>;

// --- zone to announcer --------------------------------------------------------------------------

/// What a committed turn tells the world.
struct committed_turn {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;
  std::vector<announcement> announcements; ///< of the record's announced events, in order
};

using committed_turn_ptr = std::shared_ptr<committed_turn>;

/// Publish its events behind those of the turns before.
struct announce_turns {
  std::vector<committed_turn_ptr> turns;
};

/// A publish ended. From the sink to the announcer.
struct publish_ended {
  publish_result result;
};

/// Try again after a failure. The announcer to itself.
struct retry_publish {};

using announcer_actor =
    caf::typed_actor<caf::reacts_to<announce_turns>, caf::reacts_to<publish_ended>,
                     caf::reacts_to<retry_publish>>;

// --- to the standby ----------------------------------------------------------------------------

/// More of the log may have come. From the feed, or the standby to itself.
struct follow_log {};

/// Follow no further. Answered when the store is at rest.
struct stop_following {};
struct stopped_following {};

using standby_actor = caf::typed_actor<caf::reacts_to<follow_log>,
                                       caf::replies_to<stop_following>::with<stopped_following>>;

// --- to the zone --------------------------------------------------------------------------------

/// Take the zone over and run it.
struct open_zone {};

/// Something to take may have come, or a deadline or a match may be due.
struct wake_zone {};

/// The input stream ended there at some instant after `asked_at`.
struct input_ends {
  std::uint64_t sequence = 0;
  timestamp asked_at;
};

/// An append ended. From the log.
struct append_ended {
  append_result result;
};

/// Try the append again. The zone to itself.
struct retry_append {};

struct turn_written {
  std::uint64_t number = 0;
};

struct turn_announced {
  announced_position last;  ///< the last event that is out
  std::uint64_t number = 0; ///< of the last record all of whose events are out
};

/// What it takes to run a zone that stopped.
enum class cure : std::uint8_t {
  person,    ///< the streams and the store disagree, or the store is broken
  reopening, ///< opening it anew
  ownership, ///< somebody else owns it; nothing is wrong
};

/// A signature came, or the signer failed.
struct waybill_answered {
  std::string order;
  std::string number; ///< of the waybill
  std::optional<signature> signed_with;
};

/// Travel times came, or the routing engine failed.
struct travel_answered {
  std::uint64_t number = 0; ///< of the question
  std::optional<travel_table> table;
};

/// What a service beside the turns said. From the signer or the routing engine.
struct errand_answered {
  std::variant<waybill_answered, travel_answered> answer;
};

/// A time limit of such a service may have passed. The zone to itself.
struct look_at_errands {};

/// Stop the zone, naming the cause; it stays readable.
struct halt_zone {
  std::string cause;
  cure by = cure::person;
};

/// Decide a recorded turn again, instead of taking input. For verification.
struct decide_again {
  std::shared_ptr<const record> recorded;
};

/// Finish the turn in hand, then stop. Answered when everything committed has been announced, or
/// when that has proved impossible.
struct drain_zone {};
struct drained {};

using zone_actor = caf::typed_actor<
    caf::reacts_to<open_zone>, caf::reacts_to<wake_zone>, caf::reacts_to<input_ends>,
    caf::reacts_to<answer>, caf::reacts_to<match_planned>, caf::reacts_to<match_outlook>,
    caf::reacts_to<append_ended>, caf::reacts_to<retry_append>, caf::reacts_to<turn_written>,
    caf::reacts_to<turn_announced>, caf::reacts_to<errand_answered>,
    caf::reacts_to<look_at_errands>, caf::reacts_to<halt_zone>, caf::reacts_to<decide_again>,
    caf::reacts_to<await_writes>, caf::replies_to<drain_zone>::with<drained>>;

} // namespace dispatch

// These messages stay within the process; they must never meet caf::io or CAF's serialization.
#define DISPATCH_LOCAL_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dispatch::type)

DISPATCH_LOCAL_MESSAGE(deliver)
DISPATCH_LOCAL_MESSAGE(answer)
DISPATCH_LOCAL_MESSAGE(adopt)
DISPATCH_LOCAL_MESSAGE(roll_back)
DISPATCH_LOCAL_MESSAGE(plan_match)
DISPATCH_LOCAL_MESSAGE(match_planned)
DISPATCH_LOCAL_MESSAGE(settle_match)
DISPATCH_LOCAL_MESSAGE(unsettle_match)
DISPATCH_LOCAL_MESSAGE(match_outlook)
DISPATCH_LOCAL_MESSAGE(write_turn)
DISPATCH_LOCAL_MESSAGE(flush_writes)
DISPATCH_LOCAL_MESSAGE(retry_write)
DISPATCH_LOCAL_MESSAGE(note_announced)
DISPATCH_LOCAL_MESSAGE(await_writes)
DISPATCH_LOCAL_MESSAGE(announce_turns)
DISPATCH_LOCAL_MESSAGE(publish_ended)
DISPATCH_LOCAL_MESSAGE(retry_publish)
DISPATCH_LOCAL_MESSAGE(open_zone)
DISPATCH_LOCAL_MESSAGE(wake_zone)
DISPATCH_LOCAL_MESSAGE(input_ends)
DISPATCH_LOCAL_MESSAGE(append_ended)
DISPATCH_LOCAL_MESSAGE(retry_append)
DISPATCH_LOCAL_MESSAGE(turn_written)
DISPATCH_LOCAL_MESSAGE(turn_announced)
DISPATCH_LOCAL_MESSAGE(errand_answered)
DISPATCH_LOCAL_MESSAGE(look_at_errands)
DISPATCH_LOCAL_MESSAGE(halt_zone)
DISPATCH_LOCAL_MESSAGE(follow_log)
DISPATCH_LOCAL_MESSAGE(stop_following)
DISPATCH_LOCAL_MESSAGE(stopped_following)
DISPATCH_LOCAL_MESSAGE(decide_again)
DISPATCH_LOCAL_MESSAGE(drain_zone)
DISPATCH_LOCAL_MESSAGE(drained)

#undef DISPATCH_LOCAL_MESSAGE
