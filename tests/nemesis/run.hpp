#pragma once

#include "tests/nemesis/cluster.hpp"
#include "tests/nemesis/load.hpp"
#include "tests/nemesis/report.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
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

  std::vector<std::size_t> all_zones() const;
  std::vector<std::size_t> only(const std::string& zone) const;
  std::string some_zone();
  /// The owner of a random zone.
  std::string some_owner();

  /// A fault is injected now.
  void begin(const std::string& kind, const std::string& whom, std::vector<std::size_t> zones);
  /// Waits until the zones that are struck answer commands that were sent after the fault.
  void recovered();
  /// Something that must not be.
  void violated(const std::string& what) { result_.violations.push_back(what); }

private:
  void strike_all(const schedule& when, const std::function<fault_function()>& next);
  void rest();
  void judge();

  const run_settings wanted_;
  std::mt19937_64 random_;
  run_result result_;
  cluster cluster_;
  load load_;
};

} // namespace dispatch::nemesis
