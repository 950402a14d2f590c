#pragma once

#include "messages/entities/place.hpp"
#include "messages/entities/travel.hpp"
#include "messages/entities/vehicle.hpp"
#include "messages/policy.hpp"
#include "messages/records/decision.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

/// How long ways take: by a routing engine where it has been asked, else estimated. Nobody is asked
/// here: what the engine says is recorded, and known from then on.
namespace dispatch::domain {

/// What a search for an order's rider would like to know first.
struct wanted_travel {
  std::string order;
  std::vector<travel_leg> legs; ///< ascending, each once
};

/// What an engine said, of the newest pairs of cells: between half of `most` and all of it.
class known_travel {
public:
  explicit known_travel(std::size_t most) : most_(most) {}

  void learn(const travel_time& time);
  std::optional<double> find(const travel_leg& leg) const;
  std::size_t size() const { return newer_.size() + older_.size(); }

private:
  struct hash {
    std::size_t operator()(const travel_leg& leg) const;
  };
  using times = std::unordered_map<travel_leg, double, hash>;

  std::size_t most_;
  times newer_;
  times older_;
};

/// Looks ways up for one search, and remembers what was not known.
class engine_times {
public:
  explicit engine_times(const known_travel& known) : known_(known) {}

  /// nullopt: not known. Within a cell it is nothing.
  std::optional<double> seconds(const place& from, const place& to, vehicle by);

  /// From here on it is counted anew.
  void begin();
  /// Where the times looked up since then come from.
  travel_source used() const;

  /// All that were not known, at most `limits::travel_legs_per_order`.
  std::vector<travel_leg> missing() const { return {missing_.begin(), missing_.end()}; }

private:
  const known_travel& known_;
  std::size_t found_ = 0;
  std::size_t not_found_ = 0;
  std::set<travel_leg> missing_;
};

/// What travel times follow from. A policy alone means estimates.
struct travel_model {
  // NOLINTNEXTLINE(google-explicit-constructor): a policy is such a model.
  travel_model(const dispatch::policy& by_policy, engine_times* by_engine = nullptr)
      : policy(by_policy), engine(by_engine) {}

  const dispatch::policy& policy;
  engine_times* engine; ///< null: the zone asks none
};

/// Seconds from one place to another: what the engine said; or else the straight distance times the
/// zone's detour factor, at the vehicle's speed.
double travel_s(const place& from, const place& to, vehicle by, const travel_model& model);

} // namespace dispatch::domain
