#pragma once

#include <cstdint>
#include <string>

namespace dispatch::testing {

/// What one simulated life of a zone came to.
struct simulation_result {
  std::string violation; ///< empty: everything held
  std::uint64_t records = 0;
  std::uint64_t events = 0;
  std::uint64_t crashes = 0;
  std::uint64_t faults = 0;
  std::uint64_t orders_ended = 0;
};

/// Runs a zone on in-memory ports in virtual time for `steps` steps: senders who mostly make sense,
/// and crashes, lost and late writes, repeated commands, a store that forgets. Afterwards
/// everything settles and the audit must be clean. All is a function of the seed.
simulation_result simulate_zone(std::uint64_t seed, int steps);

} // namespace dispatch::testing
