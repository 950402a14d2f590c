#pragma once

#include "actors/domain/board/intentions.hpp"
#include "actors/domain/board/journalled.hpp"
#include "actors/domain/matching/search_context.hpp"
#include "messages/entities/entity.hpp"
#include "messages/entities/state.hpp"
#include "messages/entities/travel.hpp"
#include "messages/limits.hpp"
#include "messages/policy.hpp"
#include "messages/records/decision.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::domain {

/// How far travel times have come for the next look at an order.
enum class travel_phase : std::uint8_t { unasked, asked, answered };

/// An order without a rider.
struct waiting_entry {
  std::shared_ptr<const order> state;
  waiting_reason reason = waiting_reason::not_looked_at; ///< as recorded
  bool dirty = true;                                     ///< something has changed for it
  std::optional<timestamp> next_look;                    ///< also without a change
  travel_phase travel = travel_phase::unasked;           ///< unused where no engine is wanted
};

/// An assigned order, for which a better rider may be found.
struct bound_entry {
  std::shared_ptr<const order> state;
  timestamp looked_at; ///< epoch: never
};

/// What a match leaves to be remembered.
struct match_notes {
  std::map<std::string, waiting_entry> waiting; ///< orders that were looked at, as they are now
  std::vector<std::string> looked_for_better;   ///< assigned orders
  bool unfinished = false;                      ///< what is left does not wait for the interval
  intentions_ptr intended = {};                 ///< for riders, from here on; null: nothing
};

/// Riders who have become useful since the last match and still are.
class journalled_supply {
public:
  const rider_index& now() const { return now_; }
  /// nullopt: not useful any more.
  void set(const std::string& rider, const std::optional<place>& at);
  void clear();
  void commit();
  void roll_back();

private:
  rider_index now_;
  std::map<std::string, std::optional<place>> before_; ///< changes until it was cleared
  std::optional<rider_index> cleared_;
};

/// The dispatcher's memory: what it was told of orders, riders and stations, and what is to be
/// looked at next. A planner reads it and changes nothing.
///
/// All changes are provisional until commit(); roll_back() undoes them. Two are not undone, since
/// they tell only what is true already: learn(), which comes just before commit(), and
/// note_travel(), which comes just behind it.
class board {
public:
  explicit board(dispatch::policy policy);

  /// Takes note of an entity's state.
  void observe(const entity_ref& entity, const entity_state& state);

  /// Restores what an order waited for when the process ended.
  void restore_reason(const std::string& order, waiting_reason reason);

  /// A match begins. The waiting orders that riders could take who have become useful are dirty.
  void begin_match(timestamp now);
  /// The match has ended.
  void remember(match_notes notes, timestamp now);

  /// Another policy that was observed is in force from here on.
  void commit();
  void roll_back();

  /// What came of asking for travel times.
  void learn(const std::vector<travel_answer>& answers);
  /// How far travel times have come for an order that waits.
  void note_travel(const std::string& order, travel_phase phase);

  const std::map<std::string, waiting_entry>& waiting() const { return waiting_.now(); }
  const std::map<std::string, bound_entry>& bound() const { return bound_.now(); }
  const fleet& riders() const { return riders_.now(); }
  /// Their ids, ascending.
  std::vector<std::string> rider_ids() const { return index_.riders(); }
  const station_book& stations() const { return stations_.now(); }
  /// What the last match intends; null: nothing.
  const intentions_ptr& intended() const { return intended_.now(); }
  bool has_new_supply() const { return supply_.now().size() != 0; }
  bool paused() const { return paused_.now(); }
  /// nullopt: the next match need not wait for the interval.
  std::optional<timestamp> last_match() const { return last_match_.now(); }
  const dispatch::policy& policy() const { return policy_; }
  const rule_set& rules() const { return *rules_; } ///< of the policy, compiled
  const known_travel& travel() const { return travel_; }

  /// What a search follows from. The engine's times count where the policy wants them.
  search_context context_at(timestamp now, std::chrono::seconds local_offset,
                            engine_times& engine) const;

private:
  void observe_order(const std::string& id, const std::shared_ptr<const order>& state);
  void observe_bound(const std::string& id, const std::shared_ptr<const order>& state);
  void observe_rider(const std::string& id, const std::shared_ptr<const rider>& state);
  void observe_station(const std::string& id, const std::shared_ptr<const station>& state);
  void observe_zone(const zone& state);
  void mark_dirty(const std::function<bool(const order&)>& which);
  void follow_in_index(const std::string& rider);

  dispatch::policy policy_;
  std::shared_ptr<const rule_set> rules_;
  journalled<std::shared_ptr<const dispatch::policy>> next_policy_; ///< null: that in force
  journalled_map<std::map<std::string, waiting_entry>> waiting_;
  journalled_map<std::map<std::string, bound_entry>> bound_; ///< the assigned ones
  journalled_map<fleet> riders_;
  rider_index index_; ///< of riders_
  journalled_map<station_book> stations_;
  journalled_supply supply_;
  journalled<bool> paused_;
  journalled<std::optional<timestamp>> last_match_;
  journalled<intentions_ptr> intended_;
  known_travel travel_{limits::travel_times_kept};
};

} // namespace dispatch::domain
