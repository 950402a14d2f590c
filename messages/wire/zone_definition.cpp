#include "messages/wire/zone_definition.hpp"

#include "messages/entity.hpp"
#include "messages/limits.hpp"
#include "messages/wire/archive.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <limits>
#include <numeric>

namespace dispatch::wire {

namespace {

using namespace std::chrono;

/// RFC 3339 in UTC with microseconds.
std::string toml_time(timestamp at) {
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss clock{at - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

timestamp from_toml_time(const toml::date_time& at) {
  const sys_days day = year{at.date.year} / month{at.date.month} / std::chrono::day{at.date.day};
  return day + hours{at.time.hour} + minutes{at.time.minute - at.offset->minutes} +
         seconds{at.time.second} + floor<microseconds>(nanoseconds{at.time.nanosecond});
}

/// TOML tells a float from an integer by its point or exponent.
std::string toml_number(double value) {
  auto text = shown(value);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

/// Number of characters to insert, delete or replace (Levenshtein).
std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    auto diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const auto replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

/// Appends `key = value # meaning` lines in the order of the key list.
class toml_writer {
public:
  void text(std::string_view key, const std::string& value, std::string_view meaning) {
    line(key, "\"" + value + "\"", meaning); // a zone's name needs no escapes
  }
  void integer(std::string_view key, std::uint32_t value, std::int64_t, std::int64_t,
               std::string_view meaning) {
    line(key, std::to_string(value), meaning);
  }
  template <class Duration>
  void span(std::string_view key, Duration value, std::int64_t, std::int64_t,
            std::string_view meaning) {
    line(key, std::to_string(value.count()), meaning);
  }
  void number(std::string_view key, double value, double, double, std::string_view meaning) {
    line(key, toml_number(value), meaning);
  }
  void time(std::string_view key, timestamp value, std::string_view meaning) {
    line(key, toml_time(value), meaning);
  }
  void section(std::string_view key, auto&& keys) {
    auto outer =
        std::exchange(path_, path_.empty() ? std::string{key} : path_ + "." + std::string{key});
    text_ += "\n[" + path_ + "]\n";
    keys();
    path_ = std::move(outer);
  }
  std::string take() { return std::move(text_); }

private:
  void line(std::string_view key, std::string_view value, std::string_view meaning) {
    text_.append(key).append(" = ").append(value).append(" # ").append(meaning).append("\n");
  }

  std::string text_;
  std::string path_;
};

/// Takes every key of the list out of a table; what is left over is unknown.
class toml_reader {
public:
  explicit toml_reader(const toml::table& table) : table_(&table) {}

  const std::string& failed() const { return failure_; }

  void text(std::string_view key, std::string& to, std::string_view) {
    if (const auto* node = take(key)) {
      if (const auto* value = node->as_string()) {
        to = value->get();
      } else {
        reject(key, "must be a text in quotes");
      }
    }
  }

  void integer(std::string_view key, std::uint32_t& to, std::int64_t lowest, std::int64_t highest,
               std::string_view) {
    std::int64_t value = to;
    if (whole(key, value, lowest, highest)) {
      to = static_cast<std::uint32_t>(value);
    }
  }

  template <class Duration>
  void span(std::string_view key, Duration& to, std::int64_t lowest, std::int64_t highest,
            std::string_view) {
    std::int64_t value = to.count();
    if (whole(key, value, lowest, highest)) {
      to = Duration{value};
    }
  }

  void number(std::string_view key, double& to, double lowest, double highest, std::string_view) {
    const auto* node = take(key);
    if (node == nullptr) {
      return;
    }
    if (!node->is_number()) {
      return reject(key, "must be a number");
    }
    const auto value = *node->value<double>();
    if (!(value >= lowest && value <= highest)) { // also true for what is not a number
      return reject(key, "must be within [" + shown(lowest) + ", " + shown(highest) + "], is " +
                             shown(value));
    }
    to = value;
  }

  void time(std::string_view key, timestamp& to, std::string_view) {
    if (const auto* node = take(key)) {
      const auto* value = node->as_date_time();
      if (value == nullptr || !value->get().offset) {
        return reject(key, "must be a time with an offset, such as 2026-01-31T08:00:00.000000Z");
      }
      to = from_toml_time(value->get());
    }
  }

  void section(std::string_view key, auto&& keys) {
    const auto* node = take(key);
    if (node == nullptr) {
      return;
    }
    if (!node->is_table()) {
      return reject(key, "must be a table");
    }
    const auto* outer_table = std::exchange(table_, node->as_table());
    auto outer_known = std::exchange(known_, {});
    const auto path_bytes = path_.size();
    path_.append(key).append(".");
    keys();
    refuse_unknown_keys();
    path_.resize(path_bytes);
    known_ = std::move(outer_known);
    table_ = outer_table;
  }

  /// To be called behind the last key of a table.
  void refuse_unknown_keys() {
    for (const auto& [key, node] : *table_) {
      if (std::ranges::find(known_, key.str()) == known_.end()) {
        const auto nearest = std::ranges::min_element(
            known_, {}, [&](std::string_view one) { return edits(key.str(), one); });
        reject(quoted(key.str()), "is not a key, did you mean " + std::string{*nearest} + "?");
      }
    }
  }

  void reject(std::string_view key, std::string_view rule) {
    if (failure_.empty()) {
      failure_.append(path_).append(key).append(": ").append(rule);
    }
  }

private:
  const toml::node* take(std::string_view key) {
    known_.push_back(key);
    return table_->get(key);
  }

  bool whole(std::string_view key, std::int64_t& value, std::int64_t lowest, std::int64_t highest) {
    const auto* node = take(key);
    if (node == nullptr) {
      return false;
    }
    if (!node->is_integer()) {
      reject(key, "must be a whole number");
      return false;
    }
    value = node->as_integer()->get();
    if (value < lowest || value > highest) {
      reject(key, "must be within [" + std::to_string(lowest) + ", " + std::to_string(highest) +
                      "], is " + std::to_string(value));
      return false;
    }
    return true;
  }

  const toml::table* table_;
  std::vector<std::string_view> known_; ///< keys of the table that were asked for
  std::string path_;
  std::string failure_;
};

constexpr std::int64_t hour_s = 3600;
constexpr std::int64_t day_s = 24 * hour_s;
constexpr std::int64_t week_s = 7 * day_s;

template <class A> void clock_keys(A& a, of<zone_clock> auto& c) {
  a.time("wall_origin", c.wall_origin, "wall time at which the zone's clock was set");
  a.time("simulated_origin", c.simulated_origin, "zone time at that instant");
  a.number("factor", c.factor, 0.001, 10'000.0, "zone seconds per wall second");
}

template <class A> void policy_keys(A& a, of<policy> auto& p) {
  a.integer("version", p.version, 1, std::numeric_limits<std::uint32_t>::max(),
            "raise it with every change; decisions name it");
  a.span("match_interval_ms", p.match_interval, 1, 60'000, "at most one match per interval");
  a.span("offer_ttl_s", p.offer_ttl, 1, hour_s, "how long a rider may think");
  a.span("position_freshness_s", p.position_freshness, 1, day_s, "older positions do not count");
  a.span("max_wait_s", p.max_wait, 1, week_s, "paid but unassigned for longer: undeliverable");
  a.span("payment_timeout_s", p.payment_timeout, 1, week_s,
         "placed but unpaid for longer: cancelled");
  a.span("dispatch_ahead_s", p.dispatch_ahead, 0, week_s,
         "look for a rider this long before ready");
  a.number("radius_m", p.radius_m, 1.0, 200'000.0, "rider to pick-up, straight line");
  a.number("radius_growth_m_per_min", p.radius_growth_m_per_min, 0.0, 100'000.0,
           "per minute that the order has waited");
  a.number("radius_max_m", p.radius_max_m, 1.0, 200'000.0, "the radius grows up to this");
  a.integer("route_orders_max", p.route_orders_max, 1, 20, "orders on a rider's route at once");
  a.integer("offers_max", p.offers_max, 1, 1000, "in vain for one order, then undeliverable");
  a.span("late_after_s", p.late_after, 0, day_s,
         "a rider so much later than expected at the pick-up loses the order; 0: never");
  a.span("release_ahead_s", p.release_ahead, 0, week_s,
         "look for a rider this long before the promised time");
  a.span("reservation_ttl_s", p.reservation_ttl, 1, day_s,
         "goods are held so long behind the expected pick-up");
  a.number("source_radius_m", p.source_radius_m, 1.0, 200'000.0,
           "station to customer, straight line");
  a.integer("low_stock", p.low_stock, 0, 1'000'000, "fewer unreserved pieces are an alert");
  a.span("sensor_silence_s", p.sensor_silence, 1, day_s,
         "a silent sensor while stock is low is an alert");
  a.span("pick_up_service_s", p.pick_up_service, 0, hour_s, "at the station, hand-over included");
  a.span("drop_off_service_s", p.drop_off_service, 0, hour_s, "at the customer");
  a.number("detour_factor", p.detour_factor, 1.0, 10.0, "road metres per straight metre");
  a.number("order_wait_weight", p.order_wait_weight, 0.0, 1000.0, "a ready order lies waiting");
  a.number("rider_wait_weight", p.rider_wait_weight, 0.0, 1000.0,
           "a rider stands idle at the pick-up");
  a.number("detour_weight", p.detour_weight, 0.0, 1000.0, "delay of orders already on the route");
  a.span("shift_max_s", p.shift_max, 60, week_s, "a shift ends by itself after this time");
  a.span("overtime_s", p.overtime, 0, day_s, "work may be finished so long after a shift's end");
  a.integer("ignored_offers_max", p.ignored_offers_max, 0, 1000,
            "offers that expire in a row send the rider on a break; 0: never");
  constexpr std::array vehicles = {"walking", "bicycle", "motorcycle", "car"};
  a.section("capacity_max", [&] {
    for (std::size_t i = 0; i < vehicles.size(); ++i) {
      a.integer(vehicles.at(i), p.capacity_max.at(i), 1, limits::capacity_max,
                "units of capacity that a shift may begin with");
    }
  });
  a.section("speed_m_per_s", [&] {
    for (std::size_t i = 0; i < vehicles.size(); ++i) {
      a.number(vehicles.at(i), p.speed_m_per_s.at(i), 0.1, 50.0, "metres per second on the road");
    }
  });
}

template <class A> void definition_keys(A& a, of<zone_definition> auto& d) {
  a.text("name", d.name, "one subject token");
  a.integer("standbys", d.standbys, 0, 4, "nodes that follow the log, ready to take over");
  a.span("log_retention_s", d.retention.log, 0, 520 * week_s,
         "records stay in the log so long, then in archive files");
  a.span("snapshot_interval_s", d.retention.snapshot_interval, 1, week_s,
         "a snapshot is shipped so often, if anything happened");
  a.integer("snapshot_records", d.retention.snapshot_records, 1,
            std::numeric_limits<std::uint32_t>::max(), "or after so many records");
  a.section("clock", [&] { clock_keys(a, d.clock); });
  a.section("policy", [&] { policy_keys(a, d.policy); });
}

} // namespace

std::string to_toml(const zone_definition& definition) {
  toml_writer writing;
  definition_keys(writing, definition);
  return writing.take();
}

result<zone_definition> zone_definition_from_toml(std::string_view text) {
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return failure{"zone definition, line " + std::to_string(error.source().begin.line) + ": " +
                   std::string{error.description()}};
  }
  zone_definition definition;
  toml_reader reading{table};
  definition_keys(reading, definition);
  reading.refuse_unknown_keys();
  if (!valid_id(definition.name)) {
    reading.reject("name",
                   "must be 1 to 64 letters, digits, '-' or '_', is " + quoted(definition.name));
  }
  if (definition.policy.radius_max_m < definition.policy.radius_m) {
    reading.reject("policy.radius_max_m", "must be at least radius_m");
  }
  if (!reading.failed().empty()) {
    return failure{"zone definition, " + reading.failed()};
  }
  return definition;
}

} // namespace dispatch::wire
