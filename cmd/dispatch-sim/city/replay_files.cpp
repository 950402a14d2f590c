#include "cmd/dispatch-sim/city/replay_files.hpp"

#include "messages/entities/entity.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <map>
#include <utility>

namespace dispatch::sim {

namespace {

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  for (;;) {
    const auto comma = line.find(',');
    fields.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) {
      return fields;
    }
    line.remove_prefix(comma + 1);
  }
}

/// One line of a table: values by column name. Remembers the first thing that is wrong with it.
class row {
public:
  row(const std::map<std::string, std::size_t, std::less<>>& columns,
      std::vector<std::string_view> fields)
      : columns_(columns), fields_(std::move(fields)) {}

  std::string_view text(std::string_view column) const {
    return fields_.at(columns_.find(column)->second);
  }

  std::string id(std::string_view column, char kind) {
    auto value = std::string(1, kind).append(text(column));
    return valid_id(value) ? value : reject(column, value);
  }

  double degrees(std::string_view column, double limit) {
    const auto value = text(column);
    auto number = 0.0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    if (read.ec != std::errc{} || read.ptr != value.data() + value.size() ||
        !(number >= -limit && number <= limit)) {
      reject(column, value);
    }
    return number;
  }

  place point(std::string_view latitude, std::string_view longitude) {
    return {degrees(latitude, 90.0), degrees(longitude, 180.0)};
  }

  timestamp time(std::string_view column) {
    const auto value = parse_time_of_day(text(column));
    if (!value) {
      reject(column, text(column));
    }
    return scenario_day + value.value_or(duration{});
  }

  std::string reject(std::string_view column, std::string_view value) {
    if (wrong_.empty()) {
      wrong_.append(column).append(": unusable value '").append(value).append("'");
    }
    return {};
  }

  const std::string& wrong() const { return wrong_; }

private:
  const std::map<std::string, std::size_t, std::less<>>& columns_;
  std::vector<std::string_view> fields_;
  std::string wrong_;
};

/// Calls `take` for every line behind the header.
status read_table(std::istream& from, std::string_view name,
                  const std::vector<std::string_view>& wanted,
                  const std::function<void(row&)>& take) {
  std::string line;
  std::getline(from, line);
  std::map<std::string, std::size_t, std::less<>> columns;
  const auto header = fields_of(line);
  for (std::size_t i = 0; i < header.size(); ++i) {
    columns.emplace(header[i], i);
  }
  for (const auto column : wanted) {
    if (!columns.contains(column)) {
      return failure{std::string(name) + ": its first line does not name the column " +
                     std::string(column)};
    }
  }
  const auto width = header.size();
  for (std::size_t number = 2; std::getline(from, line); ++number) {
    auto fields = fields_of(line);
    const auto where = std::string(name) + ", line " + std::to_string(number) + ": ";
    if (fields.size() != width) {
      return failure{where + "has " + std::to_string(fields.size()) + " fields instead of " +
                     std::to_string(width)};
    }
    row values{columns, std::move(fields)};
    take(values);
    if (!values.wrong().empty()) {
      return failure{where + values.wrong()};
    }
  }
  return nothing{};
}

vehicle vehicle_of(row& values, scenario& into) {
  static const std::map<std::string, vehicle, std::less<>> known = {
      {"walking", vehicle::walking},
      {"bicycle", vehicle::bicycle},
      {"motorcycle", vehicle::motorcycle},
      {"car", vehicle::car}};
  const auto name = values.text("vehicle");
  if (const auto found = known.find(name); found != known.end()) {
    return found->second;
  }
  if (name == "vehicle") {
    ++into.warnings["couriers with an unknown vehicle, taken as motorcycles"];
  } else {
    values.reject("vehicle", name);
  }
  return vehicle::motorcycle;
}

template <class Read>
status read_file(const std::filesystem::path& path, scenario& into, Read read) {
  std::ifstream file{path};
  if (!file) {
    return failure{"cannot read " + path.string()};
  }
  return read(file, path.string(), into);
}

} // namespace

std::optional<duration> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 && text.size() != 8) {
    return std::nullopt;
  }
  constexpr std::array<std::int64_t, 3> limits = {24, 59, 59};
  constexpr std::array<std::int64_t, 3> unit_s = {3600, 60, 1};
  std::int64_t total_s = 0;
  for (std::size_t part = 0; part * 3 < text.size(); ++part) {
    const auto* const begin = text.data() + part * 3;
    std::int64_t value = 0;
    const auto read = std::from_chars(begin, begin + 2, value);
    const auto separated = part == 0 || begin[-1] == ':';
    if (read.ec != std::errc{} || read.ptr != begin + 2 || value < 0 || value > limits.at(part) ||
        !separated) {
      return std::nullopt;
    }
    total_s += value * unit_s.at(part);
  }
  const std::chrono::seconds since_midnight{total_s};
  return since_midnight <= std::chrono::hours{24} ? std::optional<duration>{since_midnight}
                                                  : std::nullopt;
}

status read_orders(std::istream& from, std::string_view name, scenario& into) {
  std::map<std::pair<double, double>, std::string> station_at;
  auto done =
      read_table(from, name,
                 {"order_id", "pick_up_lat", "pick_up_lng", "drop_off_lat", "drop_off_lng",
                  "placement_time", "ready_time"},
                 [&](row& values) {
                   planned_order order{.id = values.id("order_id", 'o'),
                                       .station = {},
                                       .pick_up = values.point("pick_up_lat", "pick_up_lng"),
                                       .drop_off = values.point("drop_off_lat", "drop_off_lng"),
                                       .placed_at = values.time("placement_time"),
                                       .ready_at = values.time("ready_time")};
                   if (order.ready_at < order.placed_at) {
                     order.ready_at = order.placed_at;
                     ++into.warnings["orders that were ready before they were placed, clamped"];
                   }
                   auto& station = station_at[{order.pick_up.latitude, order.pick_up.longitude}];
                   if (station.empty()) {
                     station = "s" + std::to_string(station_at.size());
                     into.stations.push_back({station, order.pick_up});
                   }
                   order.station = station;
                   into.orders.push_back(std::move(order));
                 });
  std::ranges::stable_sort(into.orders, {}, &planned_order::placed_at);
  return done;
}

status read_couriers(std::istream& from, std::string_view name, scenario& into) {
  return read_table(from, name,
                    {"courier_id", "vehicle", "on_lat", "on_lng", "on_time", "off_time"},
                    [&](row& values) {
                      planned_rider rider{.id = values.id("courier_id", 'r'),
                                          .vehicle = vehicle_of(values, into),
                                          .start = values.point("on_lat", "on_lng"),
                                          .on = values.time("on_time"),
                                          .off = values.time("off_time")};
                      if (rider.off <= rider.on) {
                        ++into.warnings["couriers whose shift ends before it begins, left out"];
                        return;
                      }
                      into.riders.push_back(std::move(rider));
                    });
}

result<scenario> read_day(const std::filesystem::path& directory) {
  scenario day;
  if (const auto read = read_file(directory / "orders.csv", day, read_orders); !read) {
    return read.error();
  }
  if (const auto read = read_file(directory / "couriers.csv", day, read_couriers); !read) {
    return read.error();
  }
  return day;
}

} // namespace dispatch::sim
