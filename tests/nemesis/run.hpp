#pragma once

#include "tests/nemesis/budget.hpp"
#include "tests/nemesis/city_life.hpp"
#include "tests/nemesis/cluster.hpp"
#include "tests/nemesis/load.hpp"
#include "tests/nemesis/report.hpp"
#include "tests/nemesis/truth_watch.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace dispatch::nemesis {

class run;

/// Injects one fault and undoes it. It says when it begins and whom it strikes, and waits until
/// they work again.
using fault_function = void (*)(run&);

/// What a run consists of.
struct run_settings {
  std::string scenario;
  cluster_settings cluster;
  budget allowed;
  double rate = 10.0; ///< commands per second and zone
  std::uint64_t seed = 1;
};

/// When a run ends, and when it rests.
struct schedule {
  std::optional<std::size_t> times;
  std::chrono::seconds span{0}; ///< unless times are given
  std::size_t rest_every = 1;   ///< faults; then every zone must be where it belongs
};

/// A run in progress: a cluster, a load on it, and the faults so far.
class run {
public:
  /// Starts the cluster and the load.
  explicit run(const run_settings& wanted);

  /// Strikes with what `next` returns, and judges what is left.
  run_result go(const schedule& when, const std::function<fault_function()>& next);

  cluster& on() { return cluster_; }
  load& traffic() { return load_; }
  std::uint64_t random(std::uint64_t below) { return random_() % below; }
  std::size_t struck() const { return result_.faults.size(); }
  const std::vector<fault>& faults() const { return result_.faults; }

  std::vector<std::size_t> all_zones() const;
  /// Those of these kinds.
  std::vector<std::size_t> zones_of(const std::vector<zone_kind>& kinds) const;
  std::vector<std::size_t> only(const std::string& zone) const;
  /// A random one; `among` names the kinds that it may be, none: any.
  std::string some_zone(const std::vector<zone_kind>& among = {});
  /// The owner of a random zone.
  std::string some_owner();

  /// A fault is injected now. It strikes some zones, and moves perhaps others.
  void begin(const std::string& kind, const std::string& whom, std::vector<std::size_t> zones,
             std::vector<std::size_t> moved = {});
  /// Waits until all zones have answered commands that are sent from now on; for healthy ones.
  void answered();
  /// Waits until the zones that are struck have answered all that was sent to them before and some
  /// time after the fault. Throws when that takes longer than the budget allows.
  void recovered();
  /// Places so many orders in the zone, beside the load and faster, and waits until all have been
  /// answered.
  void place_many(const std::string& zone, std::size_t orders);
  /// Something that must not be.
  void violated(const std::string& what) { result_.violations.push_back(what); }

private:
  void strike_all(const schedule& when, const std::function<fault_function()>& next);
  void rest();
  void judge_cities();
  void judge_positions();
  void judge_costs();
  void judge_zones();
  /// Ids of the commands of the zone that had an outcome.
  std::set<std::string> announced_in(std::size_t zone) const;
  /// How long the zone did not answer because of faults, in sum.
  std::chrono::duration<double> outages_of(std::size_t zone) const;

  const run_settings wanted_;
  std::mt19937_64 random_;
  run_result result_;
  cluster cluster_;
  load load_;
  std::map<std::size_t, std::unique_ptr<city_life>> cities_; ///< by zone
  std::map<std::string, usage_span> usage_;                  ///< by node
  truth_watch truth_;
};

} // namespace dispatch::nemesis
