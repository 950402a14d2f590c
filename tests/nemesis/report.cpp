#include "tests/nemesis/report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>

namespace dispatch::nemesis {

namespace {

using json = nlohmann::ordered_json;

/// Commands published so long before a fault may still be on their way when it strikes.
constexpr std::chrono::milliseconds before_fault{500};

double seconds_between(steady::time_point from, steady::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

double rounded(double value) { return std::round(value * 10.0) / 10.0; }

std::vector<double> recoveries_ms(const run_result& run) {
  std::vector<double> all;
  for (const auto& f : run.faults) {
    all.push_back(f.recovery_ms);
  }
  std::ranges::sort(all);
  return all;
}

std::map<std::string, std::size_t> faults_by_kind(const run_result& run) {
  std::map<std::string, std::size_t> counts;
  for (const auto& f : run.faults) {
    ++counts[f.kind];
  }
  return counts;
}

/// Per second of the run: how many outcomes, how late, and which faults.
json timeline(const run_result& run) {
  struct second {
    std::vector<double> latencies_ms;
    std::vector<std::string> faults;
  };
  std::map<std::int64_t, second> seconds;
  const auto second_of = [&](steady::time_point at) -> second& {
    return seconds[static_cast<std::int64_t>(std::floor(seconds_between(run.began, at)))];
  };
  for (const auto& s : run.samples) {
    second_of(s.announced)
        .latencies_ms.push_back(1000.0 * seconds_between(s.published, s.announced));
  }
  for (const auto& f : run.faults) {
    second_of(f.at).faults.push_back(f.kind + " " + f.whom);
  }
  auto rows = json::array();
  for (auto& [at, in] : seconds) {
    std::ranges::sort(in.latencies_ms);
    rows.push_back({{"second", at},
                    {"outcomes", in.latencies_ms.size()},
                    {"p50_ms", rounded(percentile(in.latencies_ms, 0.5))},
                    {"max_ms", rounded(percentile(in.latencies_ms, 1.0))},
                    {"faults", in.faults}});
  }
  return rows;
}

} // namespace

double percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) {
    return 0.0;
  }
  const auto rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

std::vector<double> run_result::gaps_ms() const {
  std::vector<double> gaps;
  for (const auto& f : faults) {
    const auto from = f.at - before_fault;
    const auto to =
        f.at + std::chrono::microseconds{static_cast<std::int64_t>(1000.0 * f.recovery_ms)};
    std::map<std::size_t, double> worst;
    for (const auto& s : samples) {
      if (s.published >= from && s.published <= to && std::ranges::count(f.zones, s.zone) > 0) {
        auto& known = worst[s.zone];
        known = std::max(known, 1000.0 * seconds_between(s.published, s.announced));
      }
    }
    for (const auto& [zone, gap] : worst) {
      gaps.push_back(gap);
    }
  }
  std::ranges::sort(gaps);
  return gaps;
}

std::string to_text(const run_result& run) {
  const auto gaps = run.gaps_ms();
  const auto recoveries = recoveries_ms(run);
  const auto line = [](const char* name, const std::vector<double>& of) {
    std::array<char, 160> text{};
    std::snprintf(text.data(), text.size(), "%-22s p50 %.0f ms, p99 %.0f ms, max %.0f ms (%zu)\n",
                  name, percentile(of, 0.5), percentile(of, 0.99), percentile(of, 1.0), of.size());
    return std::string{text.data()};
  };
  std::string text = "scenario " + run.scenario + ", seed " + std::to_string(run.seed) + "\n";
  for (const auto& [kind, count] : faults_by_kind(run)) {
    text += "faults                 " + std::to_string(count) + " x " + kind + "\n";
  }
  std::array<char, 80> balance{};
  std::snprintf(balance.data(), balance.size(), "%-22s %.1f s after the start of the nodes\n",
                "balanced", run.balance_s);
  text += balance.data();
  text += line("publish to announce", gaps);
  text += line("recovery", recoveries);
  text += "outcomes               " + std::to_string(run.samples.size()) + "\n";
  if (run.planned && run.faults.size() != *run.planned) {
    text += "FAILED: only " + std::to_string(run.faults.size()) + " of " +
            std::to_string(*run.planned) + " faults were injected\n";
  }
  for (const auto& violation : run.violations) {
    text += "FAILED: " + violation + "\n";
  }
  return text + (run.good() ? "verdict: good\n" : "verdict: not good\n");
}

std::string to_json(const run_result& run) {
  const auto gaps = run.gaps_ms();
  const auto recoveries = recoveries_ms(run);
  auto faults = json::array();
  for (const auto& f : run.faults) {
    faults.push_back({{"at_s", rounded(seconds_between(run.began, f.at))},
                      {"kind", f.kind},
                      {"whom", f.whom},
                      {"zones", f.zones.size()},
                      {"recovery_ms", rounded(f.recovery_ms)}});
  }
  return json{{"scenario", run.scenario},
              {"seed", run.seed},
              {"good", run.good()},
              {"planned", run.planned ? json(*run.planned) : json()},
              {"injected", faults_by_kind(run)},
              {"balance_s", rounded(run.balance_s)},
              {"outcomes", run.samples.size()},
              {"gap_p50_ms", rounded(percentile(gaps, 0.5))},
              {"gap_p99_ms", rounded(percentile(gaps, 0.99))},
              {"gap_max_ms", rounded(percentile(gaps, 1.0))},
              {"recovery_p50_ms", rounded(percentile(recoveries, 0.5))},
              {"recovery_p99_ms", rounded(percentile(recoveries, 0.99))},
              {"recovery_max_ms", rounded(percentile(recoveries, 1.0))},
              {"violations", run.violations},
              {"faults", faults},
              {"timeline", timeline(run)}}
             .dump(2) +
         "\n";
}

} // namespace dispatch::nemesis
