#pragma once

#include "actors/commit_log/append_verdict.hpp"
#include "actors/entities/directory.hpp"
#include "actors/errands/errand.hpp"
#include "actors/errands/travel_desk.hpp"
#include "actors/errands/waybill_desk.hpp"
#include "actors/protocol.hpp"
#include "actors/recovery/opening.hpp"
#include "actors/turn/turn.hpp"
#include "actors/zone/clock_watch.hpp"
#include "actors/zone/turn_collector.hpp"
#include "actors/zone/turn_inputs.hpp"
#include "actors/zone/zone_actor.hpp"
#include "actors/zone/zone_memory.hpp"
#include "actors/zone/zone_phase.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dispatch {

/// The actors that a zone has work done by.
struct zone_helpers {
  directory entities;
  dispatcher_actor dispatcher;
  store_actor writer;
  announcer_actor announcer;
};

/// The turn that is being decided. Nothing of it is true before the log holds its record.
struct turn_in_hand {
  std::uint64_t attempt = 0; ///< changes with each turn, so that actors know what they may keep
  turn_inputs inputs;
  std::optional<turn> decisions;
  domain::plan plan; ///< of the dispatcher, until it is proposed
  record candidate;
  std::vector<std::string> encoded_events;
  std::string bytes; ///< of the candidate
  std::chrono::steady_clock::time_point began;
};

/// The state of a zone actor. `advance` is the course of a turn; zone_phase.hpp draws it.
///
/// An actor that throws ends the turn before it is appended: everything is rolled back and run
/// again one command at a time, and the command that throws alone becomes a dead letter. What kills
/// the process instead is found out by the next owners (actors/zone/quarantine.hpp).
struct zone_state {
  static inline const char* name = "zone";
  using self_pointer = zone_actor::stateful_pointer<zone_state>;

  zone_options options;
  self_pointer self = nullptr;
  zone_phase now_in = zone_phase::closed;
  zone_memory memory;
  zone_helpers helpers;
  std::optional<turn_collector> collector;
  turn_in_hand hand;
  std::optional<errand<waybill_desk>> waybills;
  std::optional<errand<travel_desk>> travel;
  clock_watch clock;
  std::optional<timestamp> armed_until; ///< zone time of the earliest wake-up on its way
  std::vector<caf::typed_response_promise<drained>> draining;

  // zone_actor.cpp: opening, waking, stopping.
  void set_up(self_pointer actor, const zone_options& as);
  void open();
  void install(opened_zone opened);
  void use_policy(std::shared_ptr<const policy> next);
  void compare_clocks();
  void judge_clock(std::optional<duration> offset);
  void wake();
  void rest();
  void arm(timestamp due);
  void arm_for_what_is_next();
  void halt(const std::string& cause, cure by = cure::person);
  bool is_over() const { return now_in == zone_phase::halted || now_in == zone_phase::drained; }
  caf::result<drained> drain();
  void finish_drain();
  void tell_drained();

  // zone_course.cpp: a turn, from its inputs to its record.
  void enter(zone_phase next);
  void advance();
  void decide_recorded(const record& recorded);
  void begin_turn();
  bool deliver_round();
  bool deliver_proposals();
  void ask_for_plan();
  void take_back(const std::string& cause);
  void undo_turn();
  void ask_where_input_ends();
  void on_input_ends(const input_ends& message);
  void on_answer(answer said);
  void on_planned(match_planned planned);
  void on_outlook(const match_outlook& outlook);

  // zone_commit.cpp: the record, its append, and what follows from it.
  bool build_record();
  void append();
  void on_appended(const append_result& result);
  append_verdict look_behind_tail();
  void commit();
  std::vector<snapshot_row> remember_entities();
  void remember(const materialisation& changes);
  void on_written(std::uint64_t number);
  void on_announced(const turn_announced& message);

  // zone_errands.cpp: what is signed, and what the routing engine is asked.
  void want_waybill(const std::string& id, const order& state, std::string trace);
  void want_waybills_of(const record& r);
  void want_travel(const std::vector<domain::wanted_travel>& wanted);
  void on_errand_answered(const errand_answered& message);
  void look_after_errands();

private:
  bool send_batches(std::vector<turn::batch> batches, bool tentative);
  std::optional<std::vector<const entity_actor*>>
  wake_entities(const std::vector<turn::batch>& batches);
};

} // namespace dispatch
