#include "tests/nemesis/budget.hpp"

#include <algorithm>
#include <cmath>

namespace dispatch::nemesis {

namespace {

/// A process that has just begun takes memory without having lost any.
constexpr double rss_allowance_kib = 64.0 * 1024.0;
/// Lines of a start and an end.
constexpr double log_lines_allowance = 1000.0;
/// Two nodes lost their leases because the machine was too busy: their zones go and come back.
constexpr std::size_t spare_openings = 24;

std::string whole(double value) { return std::to_string(std::llround(value)); }

/// Openings above what the fault of the time explains.
std::size_t unexplained_openings(const budget& allowed, const run_result& run) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < run.faults.size(); ++i) {
    const auto& fault = run.faults[i];
    const auto until = i + 1 < run.faults.size() ? run.faults[i + 1].at : steady::time_point::max();
    std::map<std::size_t, std::size_t> by_zone;
    for (const auto& opening : run.openings) {
      if (opening.announced >= fault.at && opening.announced < until) {
        ++by_zone[opening.zone];
      }
    }
    for (const auto& [zone, count] : by_zone) {
      const auto struck =
          std::ranges::count(fault.zones, zone) + std::ranges::count(fault.moved, zone) > 0;
      const auto explained = struck ? allowed.epochs_per_fault : 0;
      sum += count - std::min(count, explained);
    }
  }
  return sum;
}

std::vector<std::string> excesses_of(const std::string& node, const budget& allowed,
                                     const usage_span& used, double seconds) {
  std::vector<std::string> found;
  const auto& after = used.after;
  const auto lines = static_cast<double>(after.log_lines - used.before.log_lines);
  if (lines > log_lines_allowance + allowed.log_lines_per_s * seconds) {
    found.push_back(node + " logged " + whole(lines) + " lines in " + whole(seconds) + " s");
  }
  if (after.wal_bytes > allowed.wal_max) {
    found.push_back(node + " has a write-ahead log of " + std::to_string(after.wal_bytes) +
                    " bytes, not at most " + std::to_string(allowed.wal_max));
  }
  if (after.descriptors > allowed.descriptors) {
    found.push_back(node + " has " + std::to_string(after.descriptors) +
                    " descriptors, not at most " + std::to_string(allowed.descriptors));
  }
  const auto grown =
      (static_cast<double>(after.rss_bytes) - static_cast<double>(used.before.rss_bytes)) / 1024.0;
  if (after.process == used.before.process &&
      grown > rss_allowance_kib + allowed.rss_slope * seconds) {
    found.push_back(node + " grew by " + whole(grown) + " KiB in " + whole(seconds) + " s");
  }
  return found;
}

} // namespace

std::vector<std::string> excesses(const budget& allowed, const run_result& run,
                                  const std::map<std::string, usage_span>& nodes) {
  std::vector<std::string> found;
  const auto gaps = run.gaps_ms();
  const auto gap = percentile(gaps, 1.0);
  if (gap > static_cast<double>(allowed.gap_max.count())) {
    found.push_back("a command had its outcome after " + whole(gap) + " ms, not " +
                    std::to_string(allowed.gap_max.count()));
  }
  for (const auto& fault : run.faults) {
    if (fault.recovery_ms > static_cast<double>(allowed.recovery_max.count())) {
      found.push_back("the zones struck by " + fault.kind + " answered after " +
                      whole(fault.recovery_ms) + " ms, not " +
                      std::to_string(allowed.recovery_max.count()));
    }
  }
  const auto unexplained = unexplained_openings(allowed, run);
  if (allowed.epochs_per_fault > 0 && unexplained > spare_openings + run.faults.size() / 5) {
    found.push_back(std::to_string(unexplained) + " openings of zones without a reason");
  }
  const auto seconds = std::chrono::duration<double>(run.ended - run.began).count();
  for (const auto& [node, used] : nodes) {
    const auto of_node = excesses_of(node, allowed, used, seconds);
    found.insert(found.end(), of_node.begin(), of_node.end());
  }
  return found;
}

} // namespace dispatch::nemesis
