#include "cmd/dispatchctl/zone/zone_show.hpp"

#include "cmd/dispatchctl/json_text.hpp"
#include "cmd/dispatchctl/node/leases.hpp"
#include "cmd/dispatchctl/node/stall.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/json_output.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/nats/stream_admin.hpp"

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

/// What the owner says about the zone; nullopt when there is none.
using known_status = std::optional<client::zone_status>;

/// One word about the zone.
std::string state_of(session& session, const std::string& zone, const known_status& status) {
  if (!status) {
    return "not served";
  }
  if (status->halted) {
    return "halted";
  }
  if (!status->running) {
    return "opening";
  }
  if (const auto stalled = stall_of(zone, *status)) {
    return stalled->state;
  }
  const auto own = session.try_ask(zone, "get", {{"kind", "zone"}, {"id", zone}});
  return own ? own->value("status", "running") : "running";
}

/// Commands that the zone has yet to take.
json lag_of(session& session, const std::string& zone, std::uint64_t position) {
  const auto input = value_or_stop(
      nats::api::find_stream(*session.connection(), wire::input_stream(session.root(), zone)),
      exit_code::unavailable);
  return input && input->last_sequence > position ? input->last_sequence - position : 0;
}

/// What is wrong with a zone; empty: nothing.
std::string complaint_of(const stored_zone& zone, const placement& placed,
                         const known_status& status) {
  if (!zone.definition) {
    return "nobody can read its definition: " + zone.definition.error().what;
  }
  if (!status) {
    return placed.why_not.empty() ? "node " + placed.node + " does not answer for it"
                                  : placed.why_not;
  }
  if (status->halted) {
    return status->cause;
  }
  const auto stalled = stall_of(zone.name, *status);
  return stalled ? stalled->what : std::string{};
}

/// What the lists show of a zone. Null is what nobody says: of a zone that could not be opened,
/// its node does not know where the log stands.
json summary_of(session& session, const stored_zone& zone, const leases& known,
                const known_status& status) {
  const bool was_opened = status && status->epoch > 0;
  const auto placed = placement_of(zone.name, known);
  const auto complaint = complaint_of(zone, placed, status);
  return {{"zone", zone.name},
          {"node", placed.node.empty() ? json(nullptr) : json(placed.node)},
          {"state", zone.definition ? state_of(session, zone.name, status) : "not readable"},
          {"speed", zone.definition ? json(zone.definition->clock.speed()) : json(nullptr)},
          {"epoch", was_opened ? json(status->epoch) : json(nullptr)},
          {"record", was_opened ? json(status->record) : json(nullptr)},
          {"lag", was_opened ? lag_of(session, zone.name, status->input_position) : json(nullptr)},
          {"complaint", complaint.empty() ? json(nullptr) : json(complaint)}};
}

json stream_json(const nats::stream_description& stream) {
  const auto& s = stream.settings;
  return {{"stream", s.name},
          {"messages", stream.state.messages},
          {"bytes", stream.state.bytes},
          {"bytes_max", s.bytes_max},
          {"age_max_s", s.age_max.count()},
          {"first", stream.state.first_sequence},
          {"last", stream.state.last_sequence},
          {"replicas", s.replicas}};
}

/// Those of its streams that there are.
json streams_of(session& session, const std::string& zone) {
  auto& on = *session.connection();
  auto all = json::array();
  const auto add = [&](const std::string& stream) {
    if (value_or_stop(nats::api::find_stream(on, stream), exit_code::unavailable)) {
      all.push_back(
          stream_json(value_or_stop(nats::describe_stream(on, stream), exit_code::not_found)));
    }
  };
  for (const auto& settings : nats::zone_streams(session.root(), zone, {})) {
    add(settings.name);
  }
  add(wire::snapshot_stream(session.root()));
  return all;
}

void print_streams(const json& streams, session& session) {
  using cli::align;
  cli::table rows{{"STREAM"},
                  {"MESSAGES", align::right},
                  {"SIZE", align::right},
                  {"AT MOST", align::right},
                  {"KEPT FOR", align::right},
                  {"FIRST", align::right},
                  {"LAST", align::right},
                  {"REPLICAS", align::right}};
  for (const auto& s : streams) {
    const std::chrono::seconds age{s["age_max_s"].get<std::int64_t>()};
    const auto limit = s["bytes_max"].get<std::int64_t>();
    rows.add_row({s["stream"], s["messages"].dump(), cli::size_text(s["bytes"]),
                  limit > 0 ? cli::size_text(static_cast<std::uint64_t>(limit)) : "any",
                  age.count() > 0 ? cli::to_text(std::chrono::milliseconds{age}) : "ever",
                  s["first"].dump(), s["last"].dump(), s["replicas"].dump()});
  }
  rows.print(session.io().out, !session.options().no_headers);
}

} // namespace

void describe(CLI::App& verb, zone_list&) {
  verb.description("List all zones and how they are doing");
  verb.footer(
      R"(STATE: running, paused, halted, opening, log full, not announcing, falling behind,
overloaded, not served when no dispatchd answers, or not readable when nobody can read the zone's
definition. 'dispatchctl doctor' says what helps.
NODE: the node that runs the zone. COMPLAINT: why none does, or what the zone lacks.
EPOCH, RECORD: where its log stands; - when the zone could not be opened.
LAG: commands that wait to be taken.

Example:
  dispatchctl zone list)");
}

void describe(CLI::App& verb, zone_get& asked) {
  verb.description("Show one zone: how it is doing, its streams, its definition");
  verb.add_option("zone", asked.zone, "its name")->check(id_rule());
  verb.footer(R"(The definition is shown as the TOML it is kept as; the policy in force is
printed by 'zone policy show'.

Example:
  dispatchctl zone get hangzhou)");
}

void run(const zone_list&, session& session) {
  using cli::align;
  auto all = json::array();
  const auto zones = session.zones();
  const auto known = zones.empty() ? leases{} : read_leases(session);
  for (const auto& zone : zones) {
    all.push_back(summary_of(session, zone, known, session.status_of(zone.name)));
  }
  const std::vector<std::string> fields = {"zone",  "node",   "state", "speed",
                                           "epoch", "record", "lag",   "complaint"};
  const bool all_well =
      std::ranges::all_of(all, [](const json& zone) { return zone["complaint"].is_null(); });
  std::vector<cli::column> columns = {{"ZONE"},
                                      {"NODE"},
                                      {"STATE"},
                                      {"SPEED", align::right},
                                      {"EPOCH", align::right},
                                      {"RECORD", align::right},
                                      {"LAG", align::right},
                                      {"COMPLAINT"}};
  if (all_well) {
    columns.pop_back();
  }
  const auto shown = columns.size();
  cli::table rows{std::move(columns)};
  for (const auto& zone : all) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < shown; ++i) {
      const auto& value = zone[fields[i]];
      cells.push_back(value.is_null() && fields[i] != "complaint" ? "-" : on_one_line(value));
    }
    rows.add_row(std::move(cells));
  }
  session.print(all, rows);
}

void run(const zone_get& asked, session& session) {
  const auto zone = session.zone(asked.zone);
  const auto stored = session.find_zone(zone);
  if (!stored) {
    throw stop(exit_code::not_found, "there is no zone " + zone);
  }
  const auto runtime = session.try_ask(zone, "zone", json::object());
  const auto status = runtime ? known_status{client::status_in(*runtime)} : std::nullopt;
  auto shown = summary_of(session, *stored, read_leases(session), status);
  const auto streams = streams_of(session, zone);
  const auto definition = stored->definition ? wire::to_toml(*stored->definition) : std::string{};
  if (session.options().as_json) {
    shown["runtime"] = runtime.value_or(nullptr);
    shown["streams"] = streams;
    shown["definition"] = definition;
    cli::print_json(session.io().out, shown);
    return;
  }
  if (status) {
    shown["metrics"] = status->metrics;
  }
  auto& out = session.io().out;
  print_fields(out, shown);
  out << '\n';
  print_streams(streams, session);
  out << '\n' << definition;
}

} // namespace dispatch::ctl
