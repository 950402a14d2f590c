#include "cmd/dispatch-sim/mdrp/instance.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace dispatch::sim::mdrp {

namespace {

/// A tab-separated file with a header line. Throws what is wrong with it.
class table {
public:
  explicit table(const std::filesystem::path& path) : path_(path), file_(path) {
    if (!next()) {
      throw std::runtime_error("cannot read " + path.string());
    }
  }

  bool next() {
    std::string line;
    if (!std::getline(file_, line) || line.empty()) {
      return false;
    }
    ++line_;
    fields_.clear();
    std::istringstream text{line.ends_with('\r') ? line.substr(0, line.size() - 1) : line};
    for (std::string field; std::getline(text, field, '\t');) {
      fields_.push_back(field);
    }
    return true;
  }

  const std::string& text(std::size_t column) const {
    if (column >= fields_.size()) {
      throw wrong("has " + std::to_string(fields_.size()) + " columns");
    }
    return fields_[column];
  }

  double number(std::size_t column) const {
    const auto& field = text(column);
    auto value = 0.0;
    const auto* end = field.data() + field.size();
    const auto read = std::from_chars(field.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end || !std::isfinite(value)) {
      throw wrong("'" + field + "' is not a number");
    }
    return value;
  }

  int minutes(std::size_t column) const { return static_cast<int>(number(column)); }
  spot place(std::size_t column) const { return {number(column), number(column + 1)}; }

  std::runtime_error wrong(const std::string& complaint) const {
    return std::runtime_error(path_.string() + ", line " + std::to_string(line_) + ": " +
                              complaint);
  }

private:
  std::filesystem::path path_;
  std::ifstream file_;
  std::size_t line_ = 0;
  std::vector<std::string> fields_;
};

void read_restaurants(instance& into, const std::filesystem::path& directory) {
  table rows{directory / "restaurants.txt"};
  while (rows.next()) {
    into.restaurants.push_back({rows.text(0), rows.place(1)});
  }
}

void read_meals(instance& into, const std::filesystem::path& directory) {
  std::map<std::string, std::size_t> index_of;
  for (std::size_t i = 0; i < into.restaurants.size(); ++i) {
    index_of.emplace(into.restaurants[i].id, i);
  }
  table rows{directory / "orders.txt"};
  while (rows.next()) {
    const auto from = index_of.find(rows.text(4));
    if (from == index_of.end()) {
      throw rows.wrong("there is no restaurant " + rows.text(4));
    }
    into.meals.push_back(
        {rows.text(0), rows.place(1), rows.minutes(3), from->second, rows.minutes(5)});
  }
  std::ranges::stable_sort(into.meals, {}, &meal::placed);
}

void read_couriers(instance& into, const std::filesystem::path& directory) {
  table rows{directory / "couriers.txt"};
  while (rows.next()) {
    into.couriers.push_back({rows.text(0), rows.place(1), rows.minutes(3), rows.minutes(4)});
  }
}

void read_parameters(instance& into, const std::filesystem::path& directory) {
  table rows{directory / "instance_parameters.txt"};
  if (!rows.next()) {
    throw rows.wrong("there is no line behind the header");
  }
  into.metres_per_minute = rows.number(0);
  into.pick_up_service = rows.minutes(1);
  into.drop_off_service = rows.minutes(2);
  into.target = rows.minutes(3);
  into.pay_per_order = rows.number(5);
  into.pay_per_hour = rows.number(6);
}

} // namespace

result<instance> read_instance(const std::filesystem::path& directory) {
  instance made;
  made.name = directory.filename().empty() ? directory.parent_path().filename().string()
                                           : directory.filename().string();
  try {
    read_restaurants(made, directory);
    read_meals(made, directory);
    read_couriers(made, directory);
    read_parameters(made, directory);
  } catch (const std::runtime_error& error) {
    return failure{error.what()};
  }
  return made;
}

int travel_minutes(const instance& of, const spot& from, const spot& to) {
  return static_cast<int>(
      std::ceil(std::hypot(from.x_m - to.x_m, from.y_m - to.y_m) / of.metres_per_minute));
}

} // namespace dispatch::sim::mdrp
