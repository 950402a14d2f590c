#pragma once

#include "cmd/dispatch-sim/mdrp/day.hpp"
#include "cmd/dispatch-sim/mdrp/instance.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace dispatch::sim::mdrp {

/// The figures of a day, as the public evaluator defines them: minutes, dollars, and means over
/// the meals that were delivered.
struct summary {
  std::string instance;
  double undelivered_percent = 0.0;
  double click_to_door = 0.0;
  double click_to_door_p90 = 0.0;
  double ready_to_pick_up = 0.0;
  double overage = 0.0; ///< click to door beyond the target
  double cost_per_order = 0.0;
  double orders_per_bundle = 0.0;
  std::size_t records = 0;
  double seconds = 0.0; ///< of wall time that it took
};

summary summarise(const instance& of, const served_day& day);

/// The mean of the instances' figures, each of them counting once.
summary mean_of(const std::vector<summary>& all);

nlohmann::json to_json(const summary& of);
void print_table(std::ostream& to, const std::vector<summary>& all);
void print_csv(std::ostream& to, const std::vector<summary>& all);

} // namespace dispatch::sim::mdrp
