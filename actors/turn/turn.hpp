#pragma once

#include "actors/domain/planning/dispatcher.hpp"
#include "actors/turn/applied_ids.hpp"
#include "actors/turn/deliveries.hpp"
#include "actors/turn/order_traces.hpp"
#include "messages/records/command.hpp"
#include "messages/records/event.hpp"
#include "messages/records/record.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch {

/// One turn of a zone in the making: who gets which command in which round, and in which order the
/// answers count. Knows nothing of actors: it is told answers, in any order, and what it makes of
/// them depends on their content only.
///
/// Rounds: first the turn's commands, then what their events cause to others, and so on. Then the
/// dispatcher's proposals: tentative deliveries, of which only complete ones become true.
///
/// Actors hear of each other one round later. Where that could turn the order of the input around
/// - an order's cancel, assign or ready, and a rider's step with that very order, or giving
/// up a whole route - the later command waits in a new segment until the earlier ones have come to
/// rest. So does what a rider does behind accepting an offer: the order may be another's by then.
class turn {
public:
  /// Deliveries of a round for one entity.
  struct batch {
    entity_ref target;
    std::vector<delivery> items;
  };

  /// What the turn did to one entity.
  struct touched_entity {
    entity_state state;
    std::string encoded;
    std::uint64_t part_before = 0;
    std::uint64_t part_after = 0;
    bool changed = false;
  };

  /// `traces`: of earlier turns' commands; null: none.
  turn(timestamp now, std::vector<command> commands, std::vector<dead_letter> dead_letters,
       const applied_ids& applied, const order_traces* traces = nullptr);

  /// The next round; empty when the commands have come to rest.
  std::vector<batch> next_round();

  /// The round of a plan: tentative unless the plan has only refusals. Empty when there is none.
  std::vector<batch> propose(domain::plan plan);

  /// Whether the current round is one of proposals.
  bool proposing() const { return !proposed_.empty(); }

  /// Takes the answer to one batch of the current round.
  void take(answer said);
  bool round_complete() const { return outstanding_ == 0; }

  /// Ends the round: its events are the turn's, or with proposals those of the complete ones.
  void finish_round();
  /// Ends the round of proposals; returns the entities whose tentative answer became true.
  std::vector<entity_ref> finish_proposals();

  /// The entity whose handler threw, and what; empty when none did.
  const std::string& thrown() const { return thrown_; }

  /// Entities changed since this was last called, for the dispatcher.
  std::vector<observed_entity> take_changes();

  /// Upper estimate of the record's bytes so far.
  std::size_t estimated_bytes() const;

  timestamp now() const { return now_; }
  const std::map<entity_ref, touched_entity>& touched() const { return touched_; }
  /// So far; `move_into` takes them.
  const std::vector<event>& events() const { return events_; }

  /// The parts of the record that the turn decided. The turn is over.
  void move_into(record& r);

private:
  struct work_item {
    std::uint32_t input = 0;
    entity_ref target;
    command_body command;
    std::string order = {}; ///< without an input: whose trace it has
  };

  /// A work item on its way, and where its reply is found.
  struct placed_item {
    std::uint32_t input = 0;
    entity_ref target;
    std::size_t index_in_batch = 0;
    std::string order; ///< as in work_item
  };

  /// What a work item of a proposal belongs to.
  struct proposed_item {
    std::size_t proposal = 0;
    std::size_t order = 0; ///< of the proposal's
  };

  std::vector<batch> group(std::vector<work_item> items);
  void split_into_segments(std::vector<work_item> items);
  void take_commands(const applied_ids& applied);
  std::string trace_of(const std::string& order) const;
  void answer_at_once(std::uint32_t input, event_body body);
  void add_event(std::uint32_t input, const entity_ref& entity, event_body body,
                 const std::string& order = {});
  void add_events(const placed_item& placed, reply& said);
  void note(const entity_ref& entity, const answer& said);
  void add_refusal(const domain::refused_assignment& refused);
  const reply& reply_to(const placed_item& placed) const;
  bool accepted(const placed_item& placed) const;

  timestamp now_;
  order_traces traces_; ///< of this turn's commands
  const order_traces* const earlier_traces_;
  std::vector<command> commands_;
  std::vector<dead_letter> dead_letters_;
  std::deque<std::vector<work_item>> segments_; ///< of the turn's commands, not yet begun
  std::vector<work_item> next_;
  std::vector<placed_item> current_;
  std::unordered_map<entity_ref, answer> answers_;
  std::size_t outstanding_ = 0;
  std::size_t rounds_ = 0;
  std::size_t event_bytes_ = 0;
  std::string thrown_;

  domain::plan plan_;
  std::vector<proposed_item> proposed_; ///< parallel to current_ while proposing

  std::vector<event> events_;
  std::vector<decision> decisions_;
  std::map<entity_ref, touched_entity> touched_;
  std::map<entity_ref, entity_state> changes_;
};

} // namespace dispatch
