#pragma once

#include "actors/domain/planning/matching.hpp"
#include "actors/domain/planning/sourcing.hpp"
#include "actors/domain/travel.hpp"
#include "messages/entities/entity.hpp"
#include "messages/entities/rider.hpp"
#include "messages/entities/state.hpp"
#include "messages/entities/travel.hpp"
#include "messages/limits.hpp"
#include "messages/policy.hpp"
#include "messages/records/decision.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch::domain {

/// Goods that a station is to hold for the order of a proposal.
struct wanted_goods {
  std::string station;
  std::vector<goods> items;
  timestamp until;
};

/// What one order of a proposal takes besides the rider.
struct order_terms {
  std::string order;
  std::optional<wanted_goods> wants = {};
  std::optional<chosen_station> from = {}; ///< where they come from, if nothing held them before
  std::optional<timestamp> pick_up_by = {};
};

/// One more rider who is asked about the order of a proposal.
struct further_ask {
  std::string rider;
  dispatch::offer offer;
  std::optional<timestamp> pick_up_by = {};
};

/// What the dispatcher wants to offer to one rider or to several at once, or with `confirmed` an
/// operator's assignment. Either all of its commands are applied (to every rider, to every order,
/// and to the station), or none.
struct proposal {
  std::string rider;
  dispatch::offer offer;
  bool confirmed = false;
  std::vector<order_terms> orders = {}; ///< as many as the offer's, in the same order; not empty
  std::vector<further_ask> also = {};   ///< of a single order: others who are offered it
  std::string instead_of = {};          ///< of a single order: who has it; empty: nobody
};

/// An operator's assignment that is not possible.
struct refused_assignment {
  std::string order;
  std::string rider;
  std::string reason; ///< the name of a gate, of what the order waits for, or of a refusal
};

/// What a match comes to.
struct plan {
  bool ran = false;                ///< false: nothing was due, and nothing has changed
  std::vector<proposal> proposals; ///< of those who wait longest first, then cheapest
  std::vector<refused_assignment> refused;
  std::vector<decision> decisions; ///< operators' first, then in the order of the proposals
  std::size_t failed_rules = 0;    ///< searches in which a rule came to no number
};

/// The dispatcher's memory and its decisions: who waits, who could carry, who is looked at next.
///
/// Level-triggered: an order is looked at when anything has changed that could help it, never
/// because an event said so. All results are functions of what was observed and of the times given.
/// Changes are provisional until commit(); roll_back() undoes them. Another policy of the zone is
/// in force from the commit() on that makes it true: every waiting order is looked at again.
///
/// Where the policy wants travel times of a routing engine, an order is not looked at before they
/// have been asked for (commit() says which) and learn() has told what came of it. What is not
/// known then is estimated: an engine that is out puts nothing off for long.
class dispatcher {
public:
  explicit dispatcher(policy rules);

  /// Takes note of an entity's state.
  void observe(const entity_ref& who, const entity_state& state);

  /// Restores what an order waited for when the process ended.
  void restore_reason(const std::string& order, waiting_reason reason);

  /// When the next match has something to do; nullopt: not before something is observed.
  std::optional<timestamp> next_due() const;

  /// Plans offers if a match is due at `now`. Offers are named `<offer_prefix>-<index>`. Decisions
  /// together stay within `budget_bytes`; what does not fit is looked at again in the next match,
  /// which is due at once then.
  /// The zone's local time is `local_offset` ahead of UTC.
  plan match(timestamp now, const std::string& offer_prefix, std::size_t budget_bytes,
             std::chrono::seconds local_offset = {});

  /// Says what should be asked before the next matches, once each.
  std::vector<wanted_travel> commit();
  void roll_back();

  /// What came of asking, with the turn that records it: just before its commit().
  void learn(const std::vector<travel_answer>& answers);

  const fleet& riders() const { return riders_; }
  std::size_t waiting() const { return waiting_.size(); }
  /// When the order that waits longest was placed.
  std::optional<timestamp> oldest_waiting() const;

private:
  /// How far travel times have come for the next look at an order.
  enum class travel_phase : std::uint8_t { unasked, asked, answered };

  struct waiting_entry {
    std::shared_ptr<const order> state;
    waiting_reason reason = waiting_reason::not_looked_at;
    bool dirty = true;
    std::optional<timestamp> next_look;
    travel_phase travel = travel_phase::unasked; ///< unused where no engine is wanted
  };

  /// An assigned order, for which a better rider may be found.
  struct bound_entry {
    std::shared_ptr<const order> state;
    timestamp looked_at; ///< epoch: never
  };

  /// Everything that commit() and roll_back() decide about, per key: what it was before.
  struct undo_log {
    std::map<std::string, std::optional<waiting_entry>> waiting;
    std::map<std::string, std::optional<bound_entry>> bound;
    std::unordered_map<std::string, std::shared_ptr<const rider>> riders;
    station_book stations;                                        ///< null: unknown
    std::unordered_map<std::string, std::optional<place>> supply; ///< until it was cleared
    std::optional<rider_index> cleared_supply;
    std::optional<bool> paused;
    std::optional<std::shared_ptr<const policy>> next_rules;
    std::optional<std::optional<timestamp>> last_match;
  };

  /// Why an order is not searched for, and until when.
  struct wait {
    waiting_reason reason = waiting_reason::none;
    std::optional<timestamp> look_again;
  };

  struct matching_run;

  void set_waiting(const std::string& id, std::optional<waiting_entry> entry);
  void set_bound(const std::string& id, std::optional<bound_entry> entry);
  /// When a better rider may be looked for; nullopt: not as things are.
  std::optional<timestamp> next_look(const bound_entry& entry) const;
  void set_rider(const std::string& id, std::shared_ptr<const rider> state);
  void set_station(const std::string& id, std::shared_ptr<const station> state);
  void set_paused(bool paused);
  void set_next_rules(std::shared_ptr<const policy> rules);
  void set_last_match(std::optional<timestamp> at);
  void set_supply(const std::string& rider, const std::optional<place>& at);
  void clear_supply();

  void observe_order(const std::string& id, const std::shared_ptr<const order>& state);
  void observe_bound(const std::string& id, const std::shared_ptr<const order>& state);
  void observe_rider(const std::string& id, const std::shared_ptr<const rider>& state);
  void observe_station(const std::string& id, const std::shared_ptr<const station>& state);
  void mark_dirty(const std::function<bool(const order&)>& which);
  void mark_what_supply_helps(timestamp now);
  bool look_due(const waiting_entry& entry, timestamp now) const;
  bool awaits_travel(const waiting_entry& entry) const;
  std::vector<wanted_travel> want_travel();

  void assign_by_hand(matching_run& run);
  void carry_out(matching_run& run, const std::string& id, const order& what);
  void offer_to_riders(matching_run& run);
  void search_for_due(matching_run& run) const;
  std::optional<search_result> look_for_riders(const std::string& id, const order& what,
                                               const promised_goods& promised,
                                               engine_times& engine) const;
  proposal propose(matching_run& run, const std::string& order_id, const order& what,
                   ranked_candidate pick, bool confirmed) const;
  void make_offers(matching_run& run, const std::vector<std::size_t>& chosen);
  void fill_offers(matching_run& run, std::vector<std::size_t>& chosen);
  bool allowed_together(const proposal& to, const std::string& order_id, const order& what,
                        const std::vector<stop>& route) const;
  /// An order that could ride along in an offer.
  struct passenger {
    ranked_candidate as;   ///< with the route of all
    double longer_s = 0.0; ///< all rides in sum, and its own pick-up later than if it were alone
  };
  std::optional<passenger> ride_along(matching_run& run, const std::string& order_id,
                                      const ranked_candidate& with, const proposal& to) const;
  bool add_to_offer(matching_run& run, std::size_t search, ranked_candidate pick, proposal& to);
  order_terms terms_of(matching_run& run, const std::string& order_id, const order& what,
                       const ranked_candidate& pick, timestamp answered) const;
  std::optional<wait> reason_not_to_search(const order& state) const;
  void ask_others(matching_run& run) const;
  void ask_also(matching_run& run, proposal& p, const order& what, ranked_candidate pick) const;
  void look_for_swaps(matching_run& run);
  void offer_swap(matching_run& run, const std::string& id, const order& what) const;
  void keep_waiting(matching_run& run, const std::string& id, const wait& why, decision evidence);
  void remember_reason(const std::string& id, waiting_reason reason);

  policy rules_;
  std::shared_ptr<const rule_set> compiled_rules_;
  std::shared_ptr<const policy> next_rules_; ///< in force after the commit; null: those that are
  std::map<std::string, waiting_entry> waiting_;
  std::map<std::string, bound_entry> bound_; ///< the assigned ones
  fleet riders_;
  rider_index index_;
  station_book stations_;
  /// Riders who have become useful since the last match and still are.
  rider_index supply_;
  bool paused_ = false;
  std::optional<timestamp> last_match_; ///< nullopt: the next one need not wait
  /// Of the turn that was planned last.
  std::optional<timestamp> now_;
  std::chrono::seconds local_offset_{};
  known_travel travel_{limits::travel_times_kept};
  undo_log undo_;
};

} // namespace dispatch::domain
