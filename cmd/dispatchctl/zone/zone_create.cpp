#include "cmd/dispatchctl/zone/zone_create.hpp"

#include "cmd/dispatchctl/node/leases.hpp"
#include "cmd/dispatchctl/zone/made_streams.hpp"
#include "cmd/dispatchctl/zone/policy_file.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/progress_line.hpp"
#include "cmd/shared/random_text.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/entities/era.hpp"
#include "messages/nats/connection/api.hpp"

#include <algorithm>
#include <chrono>
#include <sstream>
#include <thread>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

constexpr double speed_min = 0.001;
constexpr double speed_max = 10'000.0;

/// While a zone is being opened: how long one question may take, and when it is asked again.
constexpr std::chrono::milliseconds ask_timeout{500};
constexpr std::chrono::milliseconds look_again_after{50};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream from{text};
  for (std::string line; std::getline(from, line);) {
    lines.push_back(line.substr(0, line.find(" # ")));
  }
  return lines;
}

/// What helps when the server refuses the streams for want of room; empty when nothing is known.
std::string room_hint(const zone_create& asked, session& session, const std::string& refusal) {
  if (refusal.find("insufficient") == std::string::npos) {
    return {};
  }
  const auto sizes = fitting_sizes(session, asked.zone, asked.sizes);
  return sizes ? ". These sizes fit: " + options_of(session, *sizes)
               : ". No sizes fit: give the server more room, or take some from other zones with "
                 "'zone resize'";
}

/// That of the log, if there is one: its definition may have been lost, and nodes keep its records.
std::string incarnation_of(const zone_create& asked, const std::optional<stored_zone>& existing,
                           session& session) {
  auto& on = *session.connection();
  const auto log = wire::log_stream(session.root(), asked.zone);
  if (value_or_stop(nats::api::find_stream(on, log), exit_code::unavailable)) {
    return value_or_stop(nats::describe_stream(on, log), exit_code::unavailable)
        .settings.description;
  }
  if (!asked.incarnation.empty()) {
    return asked.incarnation;
  }
  return existing ? existing->readable().incarnation : cli::random_text();
}

/// Whether a node will open the zone without more ado.
bool may_open(const known_node& node, const std::string& zone) {
  return node.state() == "live" && (node.only.empty() || node.only.contains(zone)) &&
         !node.unable.contains(zone);
}

/// How far a zone has come that nobody has to open any more; empty: it is still to be opened.
std::string end_of_opening(const client::zone_status& status, const std::string& zone) {
  if (status.halted) {
    return "zone " + zone + " has halted: " + status.cause;
  }
  return status.running ? "zone " + zone + " is open" : std::string{};
}

/// Waits until the zone answers, as long as a node is there that will open it. What a node does is
/// no matter of the creation: it is told, and ends nothing.
void await_opening(const std::string& zone, session& session) {
  const auto until = std::chrono::steady_clock::now() + session.timeout();
  cli::progress_line progress{session.io().err, cli::stderr_is_terminal()};
  for (;;) {
    const auto known = read_leases(session);
    const auto placed = placement_of(zone, known);
    const auto status = session.status_of(zone, ask_timeout);
    if (const auto end = status ? end_of_opening(*status, zone) : std::string{}; !end.empty()) {
      progress.finish();
      session.say(end + (placed.node.empty() ? "" : ", on node " + placed.node));
      return;
    }
    const auto awaited =
        placed.node.empty() ? placed.why_not : "node " + placed.node + " is opening it";
    const auto anybody = std::ranges::any_of(
        known.nodes, [&](const known_node& node) { return may_open(node, zone); });
    if (!anybody && placed.node.empty()) {
      session.say(
          "zone " + zone + " is not open: " + awaited +
          ". Start a node with `dispatchd --server URL --data DIRECTORY`; commands wait for it");
      return;
    }
    if (std::chrono::steady_clock::now() >= until) {
      progress.finish();
      session.say("zone " + zone + " is not open after " + cli::to_text(session.timeout()) + ": " +
                  awaited + ". Commands wait for it; `dispatchctl doctor` says what helps");
      return;
    }
    progress.show("waiting until zone " + zone + " is open: " + awaited);
    std::this_thread::sleep_for(look_again_after);
  }
}

} // namespace

void describe(CLI::App& verb, zone_create& asked) {
  verb.description("Create a zone: its streams and its definition. May be repeated");
  verb.add_option("zone", asked.zone, "its name")->required()->check(id_rule());
  verb.add_option("--policy", asked.policy_file, "TOML with one table [policy]")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  auto& sizes = asked.sizes;
  cli::add_bytes(verb, "--in-bytes", sizes.input_bytes_max, "commands kept at most",
                 stream_bytes_min);
  cli::add_span(verb, "--in-age", sizes.input_age_max, "commands are kept so long");
  cli::add_bytes(verb, "--log-bytes", sizes.log_bytes_max, "commit records kept at most",
                 stream_bytes_min);
  cli::add_bytes(verb, "--out-bytes", sizes.output_bytes_max, "events kept at most",
                 stream_bytes_min);
  cli::add_span(verb, "--out-age", sizes.output_age_max, "events are kept so long");
  cli::add_bytes(verb, "--snap-bytes", sizes.snapshot_bytes_max,
                 "snapshots of all zones together at most, if this is the first zone",
                 stream_bytes_min);
  auto& kept = asked.retention;
  cli::add_span(verb, "--log-retention", kept.log, "records stay in the log so long");
  cli::add_span(verb, "--snapshot-interval", kept.snapshot_interval,
                "a snapshot is shipped so often");
  cli::add_number(verb, "--snapshot-records", kept.snapshot_records, "or after so many records", 1);
  cli::add_number(verb, "--replicas", sizes.replicas, "servers that keep each stream", 1, 5);
  cli::add_number(verb, "--standbys", asked.standbys,
                  "nodes that follow the log, ready to take over", 0, 4);
  cli::add_number(verb, "--speed", asked.speed, "zone seconds per second, for simulations",
                  speed_min, speed_max)
      ->type_name("FACTOR");
  verb.add_option_function<std::string>(
          "--simulated-origin",
          [&asked](const std::string& text) {
            asked.simulated_origin = nats::api::parse_time(text);
            if (!asked.simulated_origin) {
              throw CLI::ValidationError("--simulated-origin", "must be a time in UTC such as "
                                                               "2026-01-31T08:00:00Z");
            }
            if (!in_era(*asked.simulated_origin)) {
              throw CLI::ValidationError("--simulated-origin", era_rule);
            }
          },
          "zone time at the creation, for simulations")
      ->type_name("TIME");
  verb.add_option("--incarnation", asked.incarnation,
                  "of nodes' data that shall go on, when all streams were lost")
      ->check(id_rule())
      ->type_name("ID");
  verb.footer(
      R"(What exists as asked for is left alone; what differs is named and left as it is (code 4).
When the server has no room for the streams, nothing is changed, and sizes that fit are told
(code 1).
A running dispatchd opens the zone within a second, which is waited for, up to --timeout. 'zone
policy show' prints a policy to start from; 'zone policy set' changes that of a zone which exists.

Examples:
  dispatchctl zone create hangzhou
  dispatchctl zone create hangzhou --policy hangzhou.toml --log-bytes 16GiB --replicas 3
  dispatchctl zone create rehearsal --speed 30 --simulated-origin 2026-01-31T08:00:00Z)");
}

zone_definition definition_of(const zone_create& asked, timestamp now) {
  zone_definition wanted;
  wanted.name = asked.zone;
  wanted.standbys = asked.standbys;
  wanted.retention = asked.retention;
  if (!asked.policy_file.empty()) {
    wanted.policy = read_policy_file(asked.policy_file);
    wanted.policy.version = std::max(wanted.policy.version, policy{}.version);
  }
  if (asked.speed != 1.0 || asked.simulated_origin) {
    wanted.clock = {now, asked.simulated_origin.value_or(now), asked.speed};
  }
  return wanted;
}

std::vector<std::string> differences(const zone_definition& existing, const zone_definition& wanted,
                                     const zone_create& asked) {
  // The wall origin is the creation's, and so is a simulated one that nobody gave. The clock of a
  // simulation changes when it is woken.
  auto comparable = wanted;
  comparable.incarnation = existing.incarnation;
  comparable.digests_accepted = existing.digests_accepted;
  const bool same_kind = (existing.clock == zone_clock{}) == (wanted.clock == zone_clock{});
  if (same_kind) {
    comparable.clock.wall_origin = existing.clock.wall_origin;
    comparable.clock.changes = existing.clock.changes;
    if (!asked.simulated_origin) {
      comparable.clock.simulated_origin = existing.clock.simulated_origin;
    }
  }
  std::vector<std::string> found;
  // The policy changes while the zone lives: without one that is asked for, any will do.
  if (!asked.policy_file.empty()) {
    for (const auto& d : differences_of(existing.policy, wanted.policy)) {
      found.push_back("policy " + d.key + " = " + d.before + ", not " + d.after);
    }
  }
  comparable.policy = existing.policy;
  const auto before = lines_of(wire::to_toml(existing));
  const auto after = lines_of(wire::to_toml(comparable));
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] != after.at(i)) {
      found.push_back(before[i] + ", not " + after[i].substr(after[i].find("= ") + 2));
    }
  }
  return found;
}

void run(const zone_create& asked, session& session) {
  const auto now = std::chrono::floor<duration>(std::chrono::system_clock::now());
  auto wanted = definition_of(asked, now);
  (void)value_or_stop(wire::entry_of(wanted), exit_code::usage);
  const auto existing = session.find_zone(asked.zone);
  if (existing) {
    const auto different = differences(existing->readable(), wanted, asked);
    for (const auto& line : different) {
      session.say("zone " + asked.zone + " exists with " + line);
    }
    if (!different.empty()) {
      throw stop(exit_code::conflict, "zone " + asked.zone + " exists with another definition; " +
                                          "nothing was changed");
    }
  }
  wanted.incarnation = incarnation_of(asked, existing, session);
  made_streams streams{session};
  const auto made = streams.make(asked.zone, asked.sizes, wanted.incarnation);
  if (!made) {
    streams.take_back();
    throw stop(exit_code::failed, made.error().what + "; nothing was changed" +
                                      room_hint(asked, session, made.error().what));
  }
  if (!*made) {
    throw stop(exit_code::conflict,
               "streams exist with other settings; 'zone resize' changes how much they keep");
  }
  (void)value_or_stop(
      nats::create_buckets(*session.connection(), session.root(), asked.sizes.replicas),
      exit_code::failed);
  if (existing) {
    streams.keep();
    session.say("zone " + asked.zone + " existed as asked for");
    await_opening(asked.zone, session);
    return;
  }
  const auto stored =
      session.bucket().put(asked.zone, value_or_stop(wire::entry_of(wanted), exit_code::usage), 0);
  if (stored || session.find_zone(asked.zone)) {
    streams.keep(); // Be it that somebody else was faster.
  }
  (void)value_or_stop(stored, exit_code::conflict);
  session.say("zone " + asked.zone + " created");
  await_opening(asked.zone, session);
}

} // namespace dispatch::ctl
