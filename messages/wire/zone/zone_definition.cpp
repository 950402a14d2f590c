#include "messages/wire/zone/zone_definition.hpp"

#include "messages/entities/entity.hpp"
#include "messages/entities/era.hpp"
#include "messages/wire/zone/key_list.hpp"
#include "messages/wire/zone/policy_keys.hpp"

namespace dispatch::wire {

namespace {

constexpr double factor_min = 0.001;
constexpr double factor_max = 10'000.0;

template <class A> void change_keys(A& a, of<clock_change> auto& c) {
  a.time("wall", c.wall, "wall time of the change");
  a.time("zone", c.zone, "zone time from then on");
  a.number("factor", c.factor, factor_min, factor_max, "zone seconds per wall second from then on");
}

template <class A> void clock_keys(A& a, of<zone_clock> auto& c) {
  a.time("wall_origin", c.wall_origin, "wall time at which the zone's clock was set");
  a.time("simulated_origin", c.simulated_origin, "zone time at that instant");
  a.number("factor", c.factor, factor_min, factor_max, "zone seconds per wall second");
  a.tables("changes", c.changes, [&](auto& change) { change_keys(a, change); });
}

template <class A> void definition_keys(A& a, of<zone_definition> auto& d) {
  a.text("name", d.name, "one subject token");
  a.text("incarnation", d.incarnation, "tells the zone from others that had its name before");
  a.integer("standbys", d.standbys, 0, 4, "nodes that follow the log, ready to take over");
  a.span("log_retention_s", d.retention.log, 0, 520 * week_s,
         "records stay in the log so long, then in archive files");
  a.span("snapshot_interval_s", d.retention.snapshot_interval, 1, week_s,
         "a snapshot is shipped so often, if anything happened");
  a.integer("snapshot_records", d.retention.snapshot_records, 1,
            std::numeric_limits<std::uint32_t>::max(), "or after so many records");
  a.integer("digests_accepted", d.digests_accepted, 0, std::numeric_limits<std::int64_t>::max(),
            "digests of records up to this one need not be right");
  a.section("clock", [&] { clock_keys(a, d.clock); });
}

template <class A> void all_keys(A& a, of<zone_definition> auto& d) {
  definition_keys(a, d);
  a.section("policy", [&] {
    policy_version_key(a, d.policy);
    policy_keys(a, d.policy);
  });
}

} // namespace

std::string to_toml(const zone_definition& definition) {
  toml_writer writing{true};
  all_keys(writing, definition);
  return writing.take();
}

std::vector<key_contract> zone_key_contracts() {
  const zone_definition standard;
  key_list noting;
  definition_keys(noting, standard);
  return noting.take();
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
  toml_reader reading{table, true};
  all_keys(reading, definition);
  reading.refuse_unknown_keys();
  if (!valid_id(definition.name)) {
    reading.reject("name", "must be 1 to 64 letters, digits, '-' or '_', is " +
                               wire::quoted(definition.name));
  }
  if (definition.clock != zone_clock{} && !in_era(definition.clock.simulated_origin)) {
    reading.reject("clock.simulated_origin", era_rule);
  }
  check_policy(reading, "policy.", definition.policy);
  if (!reading.failed().empty()) {
    return failure{"zone definition, " + reading.failed()};
  }
  return definition;
}

} // namespace dispatch::wire
