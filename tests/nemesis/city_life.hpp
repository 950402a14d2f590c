#pragma once

#include "cmd/dispatch-sim/city/scenario.hpp"
#include "cmd/dispatch-sim/live_run.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/wire/zone/zone_definition.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <future>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::nemesis {

/// The clock and the policy of a zone in which a city lives: hours pass within a minute, and no
/// order is given up.
zone_definition city_definition();

/// What became of the orders of a city.
struct city_outcome {
  std::size_t placed = 0;
  std::size_t delivered = 0;
  double click_to_door_p90 = 0.0;      ///< minutes
  double click_to_door_p90_max = 0.0;  ///< as it may be
  std::vector<std::string> complaints; ///< what must not be
};

/// A city that lives in a zone, on a thread of its own, from its construction until it is closed:
/// customers order all the time, also pieces from a station's stock, and riders tell where they
/// are, accept, arrive, pick up and deliver.
class city_life {
public:
  city_life(std::shared_ptr<nats::connection> on, zone_definition zone, std::uint64_t seed);
  city_life(const city_life&) = delete;
  city_life& operator=(const city_life&) = delete;
  ~city_life();

  /// So many orders are still placed, then no more.
  void close_after(std::size_t orders) { orders_ = placed_ + orders; }

  /// Waits until the orders of a city that closes have been delivered, or far too long, and judges
  /// it: every order has been delivered, and nine of ten not much later than by the simplest
  /// dispatcher that knows of no faults, which waits as long as the zone was `out`.
  city_outcome finish(std::chrono::duration<double> out);

private:
  std::optional<sim::run_end> why_stop();
  result<sim::run_end> run();

  const zone_definition zone_;
  sim::scenario plan_;
  std::atomic<std::size_t> placed_{0};
  std::atomic<std::size_t> orders_{std::numeric_limits<std::size_t>::max()}; ///< then it is closed
  std::atomic<bool> given_up_{false};
  std::chrono::steady_clock::time_point closed_since_; ///< of the city's thread
  sim::live_run live_;
  std::future<result<sim::run_end>> end_;
};

} // namespace dispatch::nemesis
