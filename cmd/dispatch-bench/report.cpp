#include "cmd/dispatch-bench/report.hpp"

#include "cmd/shared/json_output.hpp"
#include "cmd/shared/table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <sstream>

namespace dispatch::bench {

figures medians(std::span<const figures> repetitions) {
  auto middle = repetitions.front();
  for (std::size_t i = 0; i < middle.size(); ++i) {
    std::vector<double> values;
    for (const auto& one : repetitions) {
      values.push_back(one.at(i).value);
    }
    std::ranges::sort(values);
    middle[i].value = values.at(values.size() / 2);
  }
  return middle;
}

void print_table(std::ostream& to, const figures& of) {
  cli::table table{{"figure"}, {"value", cli::align::right}};
  for (const auto& each : of) {
    table.add_row({each.title, text_of(each.value, each.decimals)});
  }
  table.print(to);
}

void print_json(std::ostream& to, const figures& of) {
  nlohmann::ordered_json values;
  for (const auto& each : of) {
    if (each.decimals == 0) {
      values[each.key] = std::llround(each.value);
    } else {
      const auto scale = std::pow(10.0, each.decimals);
      values[each.key] = std::round(each.value * scale) / scale;
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
