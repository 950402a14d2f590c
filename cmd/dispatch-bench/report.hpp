#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace dispatch::bench {

/// What one repetition came to.
struct figures {
  double commands = 0.0;
  double pull_per_s = 0.0;
  double relay_per_s = 0.0;
  double drained_per_s = 0.0;
  double ratio = 0.0; ///< drained to relayed
  double ratio_to_pull = 0.0;
  double events_per_command = 0.0;
  double refused_share = 0.0; ///< of the commands
  double records = 0.0;
  double record_bytes = 0.0; ///< mean
  double event_bytes = 0.0;  ///< mean
  double p50_ms = 0.0;
  double p99_ms = 0.0;
  double relay_p50_ms = 0.0;
  double relay_p99_ms = 0.0;
  double rate_at_25ms = 0.0;
  double bytes_per_idle_actor = 0.0;
  double first_decision_ms = 0.0;
};

/// The median of each figure by itself.
figures medians(std::span<const figures> repetitions);

void print_table(std::ostream& to, const figures& of);
void print_json(std::ostream& to, const figures& of);

/// With so many decimals.
std::string text_of(double value, int decimals);

/// A line about what is being done, on stderr.
void tell(const std::string& what);

} // namespace dispatch::bench
