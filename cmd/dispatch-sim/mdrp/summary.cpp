#include "cmd/dispatch-sim/mdrp/summary.hpp"

#include "cmd/shared/table.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ostream>

namespace dispatch::sim::mdrp {

namespace {

/// A figure of a summary, and how it is shown.
struct figure {
  const char* name;
  const char* title;
  int digits;
  double (*of)(const summary&);
};

constexpr std::array figures = {
    figure{"undelivered_percent", "UNDELIVERED %", 3,
           [](const summary& s) { return s.undelivered_percent; }},
    figure{"click_to_door_min", "CLICK TO DOOR", 2,
           [](const summary& s) { return s.click_to_door; }},
    figure{"click_to_door_p90_min", "P90", 2, [](const summary& s) { return s.click_to_door_p90; }},
    figure{"ready_to_pick_up_min", "READY TO PICK-UP", 2,
           [](const summary& s) { return s.ready_to_pick_up; }},
    figure{"overage_min", "OVERAGE", 2, [](const summary& s) { return s.overage; }},
    figure{"cost_per_order", "COST", 2, [](const summary& s) { return s.cost_per_order; }},
    figure{"orders_per_bundle", "BUNDLE", 3, [](const summary& s) { return s.orders_per_bundle; }},
    figure{"seconds", "SECONDS", 1, [](const summary& s) { return s.seconds; }},
};

std::string shown(const figure& figure, const summary& of) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", figure.digits, figure.of(of));
  return text.data();
}

/// By linear interpolation between the two nearest ranks, as the public evaluator does it.
double percentile(std::vector<double> values, double share) {
  if (values.empty()) {
    return 0.0;
  }
  std::ranges::sort(values);
  const auto rank = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (rank - static_cast<double>(below)) * (values[above] - values[below]);
}

double total_pay(const instance& of, const served_day& day) {
  std::vector<int> delivered(of.couriers.size(), 0);
  for (const auto& meal : day.meals) {
    delivered[meal.courier] += meal.delivered ? 1 : 0;
  }
  auto pay = 0.0;
  for (std::size_t i = 0; i < of.couriers.size(); ++i) {
    const auto hours = (of.couriers[i].off - of.couriers[i].on) / 60.0;
    pay += std::max(of.pay_per_order * delivered[i], of.pay_per_hour * hours);
  }
  return pay;
}

} // namespace

summary summarise(const instance& of, const served_day& day) {
  summary made{.instance = of.name, .records = day.records};
  std::vector<double> click_to_door;
  for (std::size_t i = 0; i < of.meals.size(); ++i) {
    const auto& served = day.meals[i];
    if (!served.delivered) {
      made.undelivered_percent += 100.0 / static_cast<double>(of.meals.size());
      continue;
    }
    const auto minutes = static_cast<double>(*served.delivered - of.meals[i].placed);
    click_to_door.push_back(minutes);
    made.click_to_door += minutes;
    made.overage += std::max(0.0, minutes - of.target);
    made.ready_to_pick_up += *served.collected - of.meals[i].ready;
  }
  const auto delivered = static_cast<double>(std::max<std::size_t>(click_to_door.size(), 1));
  made.click_to_door /= delivered;
  made.overage /= delivered;
  made.ready_to_pick_up /= delivered;
  made.click_to_door_p90 = percentile(std::move(click_to_door), 0.9);
  made.cost_per_order = total_pay(of, day) / delivered;
  made.orders_per_bundle =
      delivered / static_cast<double>(std::max<std::size_t>(day.bundles.size(), 1));
  return made;
}

summary mean_of(const std::vector<summary>& all) {
  summary mean{.instance = "mean of " + std::to_string(all.size())};
  const auto count = static_cast<double>(all.size());
  for (const auto& one : all) {
    mean.undelivered_percent += one.undelivered_percent / count;
    mean.click_to_door += one.click_to_door / count;
    mean.click_to_door_p90 += one.click_to_door_p90 / count;
    mean.ready_to_pick_up += one.ready_to_pick_up / count;
    mean.overage += one.overage / count;
    mean.cost_per_order += one.cost_per_order / count;
    mean.orders_per_bundle += one.orders_per_bundle / count;
    mean.seconds += one.seconds / count;
  }
  return mean;
}

nlohmann::json to_json(const summary& of) {
  nlohmann::json made = {{"instance", of.instance}};
  for (const auto& figure : figures) {
    made[figure.name] = figure.of(of);
  }
  return made;
}

void print_table(std::ostream& to, const std::vector<summary>& all) {
  std::vector<cli::column> columns = {{"INSTANCE"}};
  for (const auto& figure : figures) {
    columns.push_back({figure.title, cli::align::right});
  }
  cli::table rows(std::move(columns));
  for (const auto& one : all) {
    std::vector<std::string> cells = {one.instance};
    for (const auto& figure : figures) {
      cells.push_back(shown(figure, one));
    }
    rows.add_row(std::move(cells));
  }
  rows.print(to);
}

void print_csv(std::ostream& to, const std::vector<summary>& all) {
  to << "instance";
  for (const auto& figure : figures) {
    to << ',' << figure.name;
  }
  to << '\n';
  for (const auto& one : all) {
    to << one.instance;
    for (const auto& figure : figures) {
      to << ',' << shown(figure, one);
    }
    to << '\n';
  }
}

} // namespace dispatch::sim::mdrp
