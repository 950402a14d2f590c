#include "cmd/dispatchctl/node/doctor.hpp"

#include "cmd/dispatchctl/log_survey.hpp"
#include "cmd/dispatchctl/node/leases.hpp"
#include "cmd/dispatchctl/node/stall.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/nats/stream_admin.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

namespace dispatch::ctl {

namespace {

using namespace std::chrono_literals;
using cli::exit_code;
using cli::stop;

constexpr double fill_worth_a_warning = 0.8;
/// In a zone with a fast clock positions count for less time than it takes to publish one.
constexpr std::chrono::seconds position_silence_min{5};

enum class severity : std::uint8_t { good, warning, bad };

const char* word_of(severity s) {
  constexpr std::array words{"good", "warning", "bad"};
  return words.at(static_cast<std::size_t>(s));
}

/// The findings, and what they come to.
struct findings {
  cli::table rows{{"CHECK"}, {"STATE"}, {"WHAT"}};
  json all = json::array();
  std::size_t bad = 0;

  void add(const std::string& check, severity state, const std::string& what) {
    rows.add_row({check, word_of(state), what});
    all.push_back({{"check", check}, {"state", word_of(state)}, {"what", what}});
    bad += state == severity::bad ? 1 : 0;
  }
};

/// major, minor, patch; what is no number counts as 0.
std::tuple<int, int, int> parts_of(std::string_view version) {
  std::array<int, 3> parts{};
  for (auto& part : parts) {
    const auto end = std::min(version.find('.'), version.size());
    std::from_chars(version.data(), version.data() + end, part);
    version.remove_prefix(std::min(end + 1, version.size()));
  }
  return {parts[0], parts[1], parts[2]};
}

void check_server(session& session, findings& found) {
  const auto& version = session.connection()->server_version();
  for (const auto& g : guarantees_of(version)) {
    found.add("nats-server " + version, g.given ? severity::good : severity::warning,
              g.what + ": " + (g.given ? "yes" : "no, " + g.why));
  }
}

void check_nodes(const leases& known, findings& found) {
  if (known.nodes.empty()) {
    found.add("nodes", severity::bad, "there never was one; start dispatchd");
    return;
  }
  auto offset = duration::max();
  for (const auto& node : known.nodes) {
    if (node.silent()) {
      const auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(node.age);
      found.add("node " + node.name, severity::warning, "silent for " + cli::to_text(ago));
    } else {
      found.add("node " + node.name, severity::good,
                node.state() + ", runs " + std::to_string(node.zones) + " zones");
      const auto now = std::chrono::floor<duration>(std::chrono::system_clock::now());
      offset = std::min(offset, now - node.heard_of);
    }
  }
  if (offset == duration::max()) {
    found.add("nodes", severity::bad, "none is live; start dispatchd");
  } else if (std::chrono::abs(offset) > limits::clock_offset_max) {
    found.add("clock", severity::bad,
              "this machine's is about " +
                  std::to_string(std::chrono::duration_cast<std::chrono::seconds>(offset).count()) +
                  " s ahead of the server's; deadlines would be suspended");
  } else {
    found.add("clock", severity::good, "this machine's agrees with the server's");
  }
}

void check_stream(const nats::stream_description& stream, std::string_view version,
                  findings& found) {
  const auto& s = stream.settings;
  if (s.when_full == nats::discard::new_messages && s.bytes_max > 0) {
    const auto fill = static_cast<double>(stream.state.bytes) / static_cast<double>(s.bytes_max);
    const auto percent = std::to_string(static_cast<int>(100.0 * fill)) + " % full";
    found.add("stream " + s.name, fill < fill_worth_a_warning ? severity::good : severity::warning,
              fill < fill_worth_a_warning
                  ? percent
                  : percent + "; give it room with `dispatchctl zone resize`");
  }
  if (s.replicas > 1 && parts_of(version) < std::tuple{2, 10, 0}) {
    found.add("stream " + s.name, severity::warning,
              std::to_string(s.replicas) + " replicas on a server older than 2.10");
  }
}

void check_snapshots(session& session, findings& found) {
  const auto name = wire::snapshot_stream(session.root());
  const auto stream = nats::describe_stream(*session.connection(), name);
  if (stream) {
    check_stream(*stream, session.connection()->server_version(), found);
  } else {
    found.add("stream " + name, severity::bad,
              "there is none, so that no log is trimmed and no node can do without its disk; "
              "repeat `dispatchctl zone create` for any zone");
  }
}

void check_positions(session& session, findings& found) {
  const auto name = wire::position_stream(session.root());
  if (!nats::describe_stream(*session.connection(), name)) {
    found.add(
        "stream " + name, severity::bad,
        "there is none, so that no rider's position counts: a node creates it again if it may "
        "publish to $JS.API.STREAM.CREATE." +
            name + "; or repeat `dispatchctl zone create` for any zone");
  }
}

/// Why riders go stale; nullopt when they do not.
std::optional<std::string> silence_of(const json& metrics) {
  const auto silent = metrics.value("position_silence_s", std::int64_t{0});
  const auto fresh = std::max(metrics.value("position_freshness_s", std::int64_t{0}),
                              position_silence_min.count());
  if (silent <= fresh) {
    return std::nullopt;
  }
  return "no rider's position came for " + std::to_string(silent) + " s, though " +
         std::to_string(metrics.value("riders_at_work", std::uint64_t{0})) +
         " riders are at work: they get no orders. Look for who publishes dispatch.pos.>";
}

void check_position_bodies(const std::string& zone, const json& metrics, findings& found) {
  const auto newest = metrics.value("position_unreadable", "");
  if (!newest.empty()) {
    found.add("positions " + zone, severity::warning,
              "some cannot be read and do not count, " +
                  std::to_string(metrics.value("positions_unreadable", std::uint64_t{0})) +
                  " so far: " + newest);
  }
}

void check_zone(session& session, const std::string& zone, const leases& known, findings& found) {
  const auto name = "zone " + zone;
  for (const auto& settings : nats::zone_streams(session.root(), zone, {})) {
    const auto stream = nats::describe_stream(*session.connection(), settings.name);
    if (stream) {
      check_stream(*stream, session.connection()->server_version(), found);
      if (stream->settings.duplicate_window > settings.duplicate_window) {
        found.add("stream " + settings.name, severity::warning,
                  "for " + cli::to_text(stream->settings.duplicate_window) +
                      " the server drops whatever has the Nats-Msg-Id of another sender's message; "
                      "repeat `dispatchctl zone create " +
                      zone + "`, with its options");
      }
    } else {
      found.add("stream " + settings.name, severity::bad,
                stream.error().what + "; make it with `dispatchctl zone repair " + zone + "`");
    }
  }
  nats::nats_commit_log log{session.connection(), wire::log_stream(session.root(), zone),
                            session.subjects().log(zone)};
  if (const auto state = log.state(); state && !looks_sound(log, zone)) {
    found.add(
        "log " + zone, severity::bad,
        "it ends with a message that no node wrote, or has holes; repair it with `dispatchctl "
        "zone repair " +
            zone + "`");
  }
  const auto placed = placement_of(zone, known);
  if (placed.node.empty()) {
    found.add(name, severity::bad, "no live node runs it: " + placed.why_not);
    return;
  }
  const auto status = session.status_of(zone);
  check_position_bodies(zone, status ? status->metrics : json::object(), found);
  if (!status) {
    found.add(name, severity::bad, "node " + placed.node + " does not answer for it");
  } else if (status->halted) {
    found.add(name, severity::bad, "halted: " + status->cause);
  } else if (const auto stalled = stall_of(zone, *status)) {
    found.add(name, severity::bad, stalled->what);
  } else if (status->flag("timers_suspended")) {
    found.add(name, severity::bad, "deadlines are suspended: set the clock of " + placed.node);
  } else if (const auto silence = silence_of(status->metrics)) {
    found.add(name, severity::bad, *silence);
  } else if (status->flag("careful")) {
    found.add(
        name, severity::warning,
        "commands are decided one at a time, because its owners were killed again and again; "
        "nothing has been found guilty unless `dispatchctl dead list` shows a command that is "
        "quarantined");
  } else if (status->flag("signer_out")) {
    found.add(name, severity::warning,
              "waybills go out without signatures: the signer of node " + placed.node +
                  " fails or takes longer than 200 ms");
  } else if (status->flag("travel_engine_out")) {
    found.add(name, severity::warning,
              "travel times are estimated: node " + placed.node +
                  " has no routing engine, or it fails or takes longer than 500 ms");
  } else {
    found.add(name, severity::good, "runs on node " + placed.node);
  }
}

} // namespace

std::vector<guarantee> guarantees_of(std::string_view version) {
  const auto is = parts_of(version);
  return {
      {"what is committed survives a crash of any process", true, ""},
      {"a former owner's append is refused, with replicas as without", true, ""},
      {"three servers that are killed together keep what had been consumed",
       is >= std::tuple{2, 10, 0},
       "a sequence of the input may be given to another message; every command keeps its one "
       "outcome"},
      {"a replicated bucket refuses an outdated revision", is >= std::tuple{2, 9, 21},
       "two operators' edits may overwrite each other; it needs 2.9.21"},
      {"what is committed survives a power failure", is >= std::tuple{2, 10, 0},
       "it syncs every 2 minutes; 2.10 and newer can be set to `sync_interval: always`"},
  };
}

void describe(CLI::App& verb, doctor&) {
  verb.description(
      "Look for what endangers the installation: server, nodes, clocks, streams, zones");
  verb.footer(R"(Changes nothing. Ends with code 1 when something is bad; warnings do not count.

Example:
  dispatchctl doctor)");
}

void run(const doctor&, session& session) {
  findings found;
  check_server(session, found);
  const auto known = read_leases(session);
  check_nodes(known, found);
  const auto zones = session.zones();
  if (!zones.empty()) {
    check_snapshots(session, found);
    check_positions(session, found);
  }
  for (const auto& zone : zones) {
    if (!zone.definition) {
      found.add("zone " + zone.name, severity::bad,
                "nobody can read its definition: " + zone.definition.error().what);
    }
    check_zone(session, zone.name, known, found);
  }
  session.print(found.all, found.rows);
  if (found.bad > 0) {
    throw stop(exit_code::failed, std::to_string(found.bad) + " checks are bad");
  }
}

} // namespace dispatch::ctl
