#pragma once

#include "actors/commit_log/append_verdict.hpp"
#include "actors/domain/intake_guard.hpp"
#include "actors/entities/directory.hpp"
#include "actors/errands/travel_desk.hpp"
#include "actors/errands/waybill_desk.hpp"
#include "actors/protocol.hpp"
#include "actors/recovery/opening.hpp"
#include "actors/turn/applied_ids.hpp"
#include "actors/turn/deadline_queue.hpp"
#include "actors/turn/turn.hpp"
#include "actors/zone/quarantine.hpp"
#include "actors/zone/zone_actor.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace dispatch {

/// The state of a zone actor. One turn at a time:
///
///   idle -> rounds (entities decide) -> planning (dispatcher) -> proposing (entities agree)
///        -> rounds (what refusals cause) -> appending (log) -> idle
///
/// An actor that throws ends the turn before it is appended: everything is rolled back and run
/// again one command at a time, and the command that throws alone becomes a dead letter. What kills
/// the process instead is found out by the next owners (actors/zone/quarantine.hpp).
struct zone_state {
  static inline const char* name = "zone";
  using self_pointer = zone_actor::stateful_pointer<zone_state>;

  enum class phase : std::uint8_t {
    closed,
    idle,
    rounds,
    planning,
    proposing,
    appending,
    halted,
  };

  /// A turn's inputs, kept until it is committed.
  struct intake {
    std::vector<std::variant<command, dead_letter>> items;
    std::vector<dead_letter> dead_letters; ///< of a recorded turn, decided again
    timestamp now;
    std::chrono::seconds local_offset{0}; ///< of the zone's local time from UTC at `now`
    bool decided_before = false;          ///< both are given
    std::uint64_t input_position = 0;
    std::uint64_t input_fingerprint = 0;
    std::vector<travel_answer> travel; ///< to be recorded, and known from the next turn on
    announced_position announced;      ///< of a recorded turn
  };

  zone_options options;
  self_pointer self = nullptr;
  phase now_in = phase::closed;

  // Committed knowledge.
  store_position position;
  std::shared_ptr<const policy> rules; ///< in force in the next turn
  directory entities;
  dispatcher_actor dispatcher;
  store_actor writer;
  announcer_actor announcer;
  applied_ids applied;
  order_traces traces;
  deadline_queue deadlines;
  std::unordered_map<std::string, recorded_position> positions;
  std::optional<timestamp> match_due;
  std::uint64_t written = 0;   ///< number of the last record in the store
  std::uint64_t announced = 0; ///< number of the last record whose events are all out
  announced_position last_announced;

  // The turn in hand.
  std::uint64_t attempt = 0;
  intake inputs;
  std::optional<turn> current;
  record candidate;
  std::vector<std::string> encoded_events;
  std::string candidate_bytes;
  std::chrono::steady_clock::time_point turn_began;

  // Inputs taken but not committed, from an aborted turn, and how many of them run alone.
  std::deque<std::variant<command, dead_letter>> again;
  std::size_t one_by_one = 0;
  std::set<entity_ref> without_deadline;               ///< whose deadline handler threw or killed
  std::map<std::uint64_t, std::uint64_t> fingerprints; ///< of inputs taken, by sequence

  domain::intake_guard guard;

  // Commands that may kill.
  caution care;
  bool attempting = false; ///< the store holds a note

  // Waybills. They follow from what is committed, so nothing here has to survive.
  waybill_desk waybills;
  std::optional<timestamp> waybill_look; ///< wall time of the next look that is on its way
  std::size_t waybill_bytes = 0;         ///< that the turn in hand adds to its record

  // Travel times. The dispatcher wants anew what it waits for, so nothing here has to survive.
  std::unique_ptr<travel_desk> travel;
  std::optional<timestamp> travel_look;         ///< wall time of the next look that is on its way
  std::vector<travel_answer> unrecorded_travel; ///< taken, not committed

  // Deadlines fire only when every input stored before them has been applied.
  bool asking_for_end = false;
  std::optional<input_ends> barrier;
  std::optional<timestamp> armed_until; ///< zone time of the earliest wake-up on its way

  std::vector<caf::typed_response_promise<drained>> draining;
  std::optional<timestamp> clock_checked; ///< wall time

  // zone_actor.cpp: opening, waking, taking in, stopping.
  void open();
  void install(opened_zone opened);
  void use_rules(std::shared_ptr<const policy> next);
  void take_care();
  void wake();
  void halt(const std::string& cause, cure by = cure::person);
  caf::result<drained> drain();
  void finish_drain();
  void tell_drained();
  void on_written(std::uint64_t number);
  std::uint64_t settled() const;
  void on_announced(const turn_announced& message);
  void check_clock();
  void judge_clock(std::optional<duration> offset);
  timestamp zone_now() const;
  void arm(timestamp due);
  void arm_for_what_is_next();

  // zone_intake.cpp: what a turn consists of.
  void on_input_ends(const input_ends& message);
  bool collect();
  void collect_together();
  void collect_one();
  void collect_deadlines(std::size_t most);
  void collect_positions(std::size_t most);
  void note_position(const std::string& rider, const recorded_position& now);
  void note_position_heard();
  void collect_input(std::size_t most);
  void take_input(std::size_t most);
  std::size_t take_message(const stored_message& message);
  void refuse_unknown_rider(command& c) const;
  void note_load(const std::vector<stored_message>& taken);
  void add_own(command c);
  bool attempt_alone(attempted_command what);
  void end_attempt();
  void ask_where_input_ends();

  // zone_waybills.cpp: what is signed, and handed out.
  void want_waybill(const std::string& id, const order& state, std::string trace);
  void want_waybills_of(const record& r);
  void ask_signer();
  void collect_waybills(std::size_t most);
  void on_waybill_answered(const waybill_answered& message);
  void look_after_waybills();

  // zone_travel.cpp: what the routing engine is asked.
  void want_travel(const std::vector<domain::wanted_travel>& wanted);
  void ask_engine();
  void collect_travel();
  void on_travel_answered(const travel_answered& message);
  void look_after_travel();

  // zone_turn.cpp: rounds, plan, proposals, abort.
  void begin_turn();
  void decide_recorded(const record& recorded);
  void start_current();
  void send_batches(std::vector<turn::batch> batches, bool tentative);
  std::optional<std::vector<const entity_actor*>>
  wake_entities(const std::vector<turn::batch>& batches);
  void next_round();
  void on_answer(answer said);
  void plan();
  void on_planned(match_planned planned);
  void on_outlook(const match_outlook& outlook);
  void abort_turn(const std::string& cause);
  dead_letter bury_own(const command& c, std::string reason, const std::string& cause);
  void undo_turn();

  // zone_commit.cpp: record, append, outcome, effects.
  void build_record();
  void append();
  void on_appended(const append_result& result);
  append_verdict look_behind_tail();
  void commit(std::uint64_t log_sequence);
};

} // namespace dispatch
