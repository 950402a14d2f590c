#include "cmd/dispatchctl/zone/zone_policy.hpp"

#include "cmd/dispatchctl/entity/history.hpp"
#include "cmd/dispatchctl/outcome.hpp"
#include "cmd/dispatchctl/zone/policy_file.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/json_output.hpp"
#include "messages/wire/zone/policy_text.hpp"

#include <algorithm>
#include <optional>
#include <ostream>
#include <utility>
#include <vector>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

constexpr int write_attempts_max = 3;
constexpr std::size_t history_max = 1000; // of the zone's answers

/// A version that the zone knows.
struct known_version {
  dispatch::policy policy;
  std::string toml;
  std::string at;
  std::string by; ///< empty: of the definition
  std::uint64_t record = 0;
};

/// A version as the zone's answers hold it.
policy policy_of(const json& kept) {
  auto policy =
      value_or_stop(wire::kept_policy_from_toml(kept.value("toml", "")), exit_code::failed);
  policy.version = kept.value("version", 0U);
  return policy;
}

policy policy_in_force(session& session, const std::string& zone) {
  const auto own = session.ask(zone, "get", {{"kind", "zone"}, {"id", zone}});
  const auto kept = own.at("state").value("policy", json());
  if (!kept.is_object()) {
    throw stop(exit_code::conflict, "the log of zone " + zone +
                                        " keeps no policy yet: it does once a dispatchd of this "
                                        "version has opened the zone");
  }
  return policy_of(kept);
}

/// Oldest first.
std::vector<known_version> versions_of(session& session, const std::string& zone) {
  const auto answer = ask_history(session, zone, {entity_kind::zone, zone}, history_max);
  std::vector<known_version> versions;
  for (const auto& entry : answer.at("entries")) {
    const auto name = entry.value("event", "");
    const auto body = entry.value("body", json::object());
    const auto kept = name == "policy_set" ? body : body.value("policy", json());
    if ((name == "policy_set" || name == "opened") && kept.is_object()) {
      versions.push_back({policy_of(kept), kept.value("toml", ""), entry.value("at", ""),
                          body.value("by", ""), entry.value("record", std::uint64_t{0})});
    }
  }
  return versions;
}

known_version find_version(session& session, const std::string& zone, std::uint32_t version) {
  for (auto& known : versions_of(session, zone)) {
    if (known.policy.version == version) {
      return std::move(known);
    }
  }
  throw stop(exit_code::not_found, "version " + std::to_string(version) +
                                       " is not known; 'zone policy history' lists those that are");
}

std::string line_of(const policy_difference& d) {
  if (d.before.empty()) {
    return "+ " + d.key + " = " + d.after;
  }
  return d.after.empty() ? "- " + d.key + " = " + d.before
                         : "~ " + d.key + " = " + d.after + ", was " + d.before;
}

json json_of(const std::vector<policy_difference>& differences) {
  auto all = json::array();
  for (const auto& d : differences) {
    all.push_back({{"key", d.key}, {"before", d.before}, {"after", d.after}});
  }
  return all;
}

/// The bucket shows what is in force; nobody but people reads it there.
void note_in_definition(session& session, const std::string& zone, const policy& policy) {
  for (int attempt = 0; attempt < write_attempts_max; ++attempt) {
    const auto stored = session.find_zone(zone);
    if (!stored || (stored->definition && stored->definition->policy.version >= policy.version)) {
      return;
    }
    if (!stored->definition) {
      break;
    }
    auto definition = *stored->definition;
    definition.policy = policy;
    const auto entry = wire::entry_of(definition);
    if (entry && session.bucket().put(zone, *entry, stored->revision)) {
      return;
    }
  }
  session.say("the definition of zone " + zone +
              " still shows an older policy; the zone does not " +
              "mind: its log holds the policy");
}

/// Has the zone take the text, and tells which version it has become.
void put_in_force(session& session, const std::string& zone, const std::string& by,
                  const std::string& toml, std::uint32_t based_on) {
  outcome of{session,
             {zone,
              {entity_kind::zone, zone},
              "set_policy",
              by,
              json{{"toml", toml}, {"based_on", based_on}}.dump(),
              {}}};
  const auto answer = of.next_of_command();
  stop_if_refused(answer);
  const auto* e = std::get_if<event>(&answer.what);
  const auto* of_zone = e == nullptr ? nullptr : std::get_if<zone_event>(&e->body);
  const auto* set = of_zone == nullptr ? nullptr : std::get_if<policy_set>(of_zone);
  if (set == nullptr) {
    throw stop(exit_code::failed, "zone " + zone + " answered with another event");
  }
  note_in_definition(session, zone, *set->policy.parsed);
  if (session.options().as_json) {
    cli::print_json(session.io().out, to_json(answer));
  } else {
    session.io().out << "zone " << zone << " has policy version " << set->policy.version
                     << " from the next turn on\n";
  }
}

void add_zone(CLI::App& verb, std::string& zone) {
  verb.add_option("zone", zone, "its name")->check(id_rule());
}

void add_file(CLI::App& verb, std::string& file) {
  verb.add_option("file", file, "TOML with one table [policy]")
      ->required()
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
}

} // namespace

void describe(CLI::App& verb, zone_policy_show& asked) {
  verb.description("Print the policy in force, as a file to edit");
  add_zone(verb, asked.zone);
  cli::add_number(verb, "--version", asked.version, "an earlier version", 0)->default_str("");
  verb.footer(R"(Example:
  dispatchctl zone policy show hangzhou > hangzhou.toml)");
}

void describe(CLI::App& verb, zone_policy_diff& asked) {
  verb.description("Show what a file would change in the policy");
  add_file(verb, asked.file);
  add_zone(verb, asked.zone);
  verb.footer(R"(Example:
  dispatchctl zone policy diff hangzhou.toml hangzhou)");
}

void describe(CLI::App& verb, zone_policy_set& asked) {
  verb.description("Put the policy of a file in force, from the zone's next turn on");
  add_file(verb, asked.file);
  add_zone(verb, asked.zone);
  add_operator_option(verb, asked.by);
  verb.footer(
      R"help(Shows what changes, and waits until the zone has taken it. Keys that are missing
have their defaults. When the file names a `version`, as 'show' writes it, it is refused if
somebody else has changed the policy since (code 4). A mistake is named and nothing changes (code
2).

Rules are part of the policy:
  [[policy.rules]]
  name = "no-hazard-at-night"
  when = 'needs("hazardous") && (local_hour >= 22 || local_hour < 6)'
  forbid = true               # or cost_s = 'seconds', or weight = 2.0
  priority = 10               # of the rules of a group that hold, the highest applies alone
  group = "night"
What expressions can ask: order_load, order_waited_min, order_priority, station_distance_m,
local_hour, local_weekday (1 is Monday), rider_capacity, rider_load, rider_orders, distance_m,
needs("..."), rider_can("..."), station_is("id"), vehicle_is("car").

Example:
  dispatchctl zone policy set hangzhou.toml hangzhou --operator jane)help");
}

void describe(CLI::App& verb, zone_policy_history& asked) {
  verb.description("List the versions of the policy, who set them, and what they changed");
  add_zone(verb, asked.zone);
  verb.footer(R"(RECORD is the commit record of the zone's log. Decisions name their version, see
'order explain'.

Example:
  dispatchctl zone policy history hangzhou)");
}

void describe(CLI::App& verb, zone_policy_rollback& asked) {
  verb.description("Put an earlier version of the policy in force again, as a new version");
  cli::add_number(verb, "version", asked.version, "its number, as 'history' lists it", 1)
      ->required()
      ->default_str("");
  add_zone(verb, asked.zone);
  add_operator_option(verb, asked.by);
  verb.footer(R"(Example:
  dispatchctl zone policy rollback 3 hangzhou --operator jane)");
}

void run(const zone_policy_show& asked, session& session) {
  const auto zone = session.zone(asked.zone);
  const auto policy = asked.version == 0 ? policy_in_force(session, zone)
                                         : find_version(session, zone, asked.version).policy;
  const auto text = wire::to_toml(policy);
  if (session.options().as_json) {
    cli::print_json(session.io().out,
                    {{"zone", zone}, {"version", policy.version}, {"toml", text}});
  } else {
    session.io().out << text.substr(text.find_first_not_of('\n'));
  }
}

void run(const zone_policy_diff& asked, session& session) {
  const auto zone = session.zone(asked.zone);
  const auto wanted = read_policy_file(asked.file);
  const auto differences = differences_of(policy_in_force(session, zone), wanted);
  if (session.options().as_json) {
    cli::print_json(session.io().out, json_of(differences));
    return;
  }
  for (const auto& d : differences) {
    session.io().out << line_of(d) << '\n';
  }
  if (differences.empty()) {
    session.say("no difference");
  }
}

void run(const zone_policy_set& asked, session& session) {
  const auto zone = session.zone(asked.zone);
  const auto wanted = read_policy_file(asked.file);
  const auto current = policy_in_force(session, zone);
  const auto differences = differences_of(current, wanted);
  for (const auto& d : differences) {
    session.say(line_of(d));
  }
  if (wanted.version != 0 && wanted.version != current.version) {
    throw stop(exit_code::conflict,
               asked.file + " was made from version " + std::to_string(wanted.version) +
                   ", but version " + std::to_string(current.version) +
                   " is in force; look at the differences above, then set its version to that");
  }
  if (differences.empty()) {
    session.say("nothing to change: version " + std::to_string(current.version) + " says the same");
    return;
  }
  put_in_force(session, zone, asked.by, wire::canonical_toml(wanted), current.version);
}

void run(const zone_policy_history& asked, session& session) {
  using cli::align;
  const auto zone = session.zone(asked.zone);
  const auto versions = versions_of(session, zone);
  cli::table rows{
      {"VERSION", align::right}, {"AT"}, {"OPERATOR"}, {"RECORD", align::right}, {"CHANGED"}};
  auto all = json::array();
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const auto& v = versions[i];
    const auto changed = i == 0 ? std::vector<policy_difference>{}
                                : differences_of(versions[i - 1].policy, v.policy);
    std::string keys;
    for (const auto& d : changed) {
      keys += (keys.empty() ? "" : ", ") + d.key;
    }
    rows.add_row({std::to_string(v.policy.version), v.at, v.by.empty() ? "(definition)" : v.by,
                  std::to_string(v.record), keys});
    all.push_back({{"version", v.policy.version},
                   {"at", v.at},
                   {"by", v.by},
                   {"record", v.record},
                   {"changed", json_of(changed)},
                   {"toml", v.toml}});
  }
  session.print(all, rows);
}

void run(const zone_policy_rollback& asked, session& session) {
  const auto zone = session.zone(asked.zone);
  const auto current = policy_in_force(session, zone);
  if (asked.version == current.version) {
    throw stop(exit_code::conflict,
               "version " + std::to_string(asked.version) + " is the one in force");
  }
  const auto wanted = find_version(session, zone, asked.version);
  for (const auto& d : differences_of(current, wanted.policy)) {
    session.say(line_of(d));
  }
  put_in_force(session, zone, asked.by, wanted.toml, current.version);
}

} // namespace dispatch::ctl
