#pragma once

#include "messages/time.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace dispatch::testing {

struct simulated_life {
  std::uint64_t seed = 0;
  int nodes = 1;
  int steps = 250;
  bool damaged = false;                           ///< in the end streams lose their ends
  duration clock_jump = std::chrono::seconds{60}; ///< a clock is set off by so much at most
  std::chrono::seconds ready_ahead{0};            ///< orders are placed so long before, at most
  std::chrono::seconds dispatch_ahead{900};       ///< of the policy
  std::chrono::seconds late_after{0};             ///< of the policy
  bool numbered_commands = false;                 ///< senders count their commands; some send no id
};

/// What one simulated life of a zone came to.
struct simulation_result {
  std::string violation;                    ///< empty: everything held
  std::map<std::string, std::string> found; ///< the first violation of each check of the audit
  std::uint64_t records = 0;
  std::uint64_t events = 0;
  std::uint64_t orders_ended = 0;
  std::map<std::string, std::uint64_t> faults; ///< how often each kind happened
};

/// Runs a zone on in-memory ports in virtual time: senders who mostly make sense, nodes that
/// contend for the zone, and crashes, pauses, lost and late writes, repeated commands, stores that
/// forget, clocks that jump. Afterwards one node settles everything and the audit must be clean.
/// All is a function of the life's description.
simulation_result simulate_zone(const simulated_life& life);

} // namespace dispatch::testing
