#include "cmd/dispatch-bench/report.hpp"

#include "cmd/shared/json_output.hpp"
#include "cmd/shared/table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <sstream>
#include <vector>

namespace dispatch::bench {

namespace {

struct row {
  const char* key;
  const char* title;
  double figures::*value;
  int decimals;
};

constexpr std::array rows{
    row{"commands", "commands", &figures::commands, 0},
    row{"pull_per_s", "pulled per s", &figures::pull_per_s, 0},
    row{"relay_per_s", "relayed per s", &figures::relay_per_s, 0},
    row{"drained_per_s", "decided and announced per s", &figures::drained_per_s, 0},
    row{"ratio", "ratio to relay", &figures::ratio, 3},
    row{"ratio_to_pull", "ratio to pull", &figures::ratio_to_pull, 3},
    row{"events_per_command", "events per command", &figures::events_per_command, 3},
    row{"refused_share", "refused share", &figures::refused_share, 5},
    row{"records", "records", &figures::records, 0},
    row{"record_bytes", "bytes per record", &figures::record_bytes, 0},
    row{"event_bytes", "bytes per event", &figures::event_bytes, 0},
    row{"p50_ms", "ms to announcement, p50, 10,000/s", &figures::p50_ms, 2},
    row{"p99_ms", "ms to announcement, p99, 10,000/s", &figures::p99_ms, 2},
    row{"relay_p50_ms", "  of the relay, p50", &figures::relay_p50_ms, 2},
    row{"relay_p99_ms", "  of the relay, p99", &figures::relay_p99_ms, 2},
    row{"rate_at_25ms", "commands per s with p99 < 25 ms", &figures::rate_at_25ms, 0},
    row{"bytes_per_idle_actor", "bytes per idle actor", &figures::bytes_per_idle_actor, 0},
    row{"first_decision_ms", "ms from start to first decision", &figures::first_decision_ms, 0},
};

} // namespace

figures medians(std::span<const figures> repetitions) {
  figures middle;
  for (const auto& each : rows) {
    std::vector<double> values;
    for (const auto& one : repetitions) {
      values.push_back(one.*each.value);
    }
    std::ranges::sort(values);
    middle.*each.value = values.at(values.size() / 2);
  }
  return middle;
}

void print_table(std::ostream& to, const figures& of) {
  cli::table table{{"figure"}, {"value", cli::align::right}};
  for (const auto& each : rows) {
    table.add_row({each.title, text_of(of.*each.value, each.decimals)});
  }
  table.print(to);
}

void print_json(std::ostream& to, const figures& of) {
  nlohmann::ordered_json values;
  for (const auto& each : rows) {
    const auto value = of.*each.value;
    if (each.decimals == 0) {
      values[each.key] = std::llround(value);
    } else {
      const auto scale = std::pow(10.0, each.decimals);
      values[each.key] = std::round(value * scale) / scale;
    }
  }
  cli::print_json(to, values);
}

std::string text_of(double value, int decimals) {
  std::ostringstream text;
  text.setf(std::ios::fixed);
  text.precision(decimals);
  text << value;
  return text.str();
}

void tell(const std::string& what) { std::cerr << what << std::endl; }

} // namespace dispatch::bench
