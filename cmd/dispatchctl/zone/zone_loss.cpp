#include "cmd/dispatchctl/zone/zone_loss.hpp"

#include "actors/commit_log/log_replay.hpp"
#include "cmd/dispatchctl/outcome.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/nats/ports/commit_log.hpp"
#include "messages/wire/codec.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace dispatch::ctl {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

namespace {

/// The last sequence that an input stream has stored once and keeps no more; 0: it keeps all.
std::uint64_t last_lost(const std::string& stream, session& session) {
  const auto info =
      value_or_stop(nats::api::call_or_fail(*session.connection(), "STREAM.INFO." + stream,
                                            {{"deleted_details", true}}),
                    exit_code::unavailable);
  const auto kept = value_or_stop(nats::api::parse_stream_state(info.body), exit_code::unavailable);
  auto last = kept.first_sequence - std::min<std::uint64_t>(kept.first_sequence, 1);
  for (const auto& hole : json::parse(info.body).at("state").value("deleted", json::array())) {
    last = std::max(last, hole.get<std::uint64_t>());
  }
  return last;
}

void accept_input_loss(const zone_accept_loss& asked, const std::string& zone,
                       const stored_zone& known, session& session) {
  const auto last = last_lost(wire::input_stream(session.root(), zone), session);
  session.confirm("Go on without the commands of zone " + zone + " up to sequence " +
                  std::to_string(last) + " that it has not read? They cannot be brought back.");
  outcome of{session,
             {zone,
              {entity_kind::zone, zone},
              "accept_loss",
              asked.by,
              json{{"last", std::to_string(last)}}.dump(),
              {}}};
  // A zone that has halted is opened anew when its definition is written again.
  (void)value_or_stop(session.bucket().put(zone, wire::to_toml(known.readable()), known.revision),
                      exit_code::conflict);
  stop_if_refused(of.next_of_command());
  session.say("zone " + zone + " goes on behind sequence " + std::to_string(last) +
              " of its input stream");
}

void accept_digests(const std::string& zone, const stored_zone& known, session& session) {
  nats::nats_commit_log log{session.connection(), wire::log_stream(session.root(), zone),
                            session.subjects().log(zone)};
  const auto state = value_or_stop(log.state(), exit_code::unavailable);
  const auto newest = value_or_stop(log.read(state.last_sequence), exit_code::unavailable);
  const auto r = value_or_stop(wire::decode_record(newest.value_or("")), exit_code::failed);
  session.confirm("Take the states of zone " + zone + " from its events up to record " +
                  std::to_string(r.number) + ", whatever the digests there say?");
  auto definition = known.readable();
  definition.digests_accepted = r.number;
  (void)value_or_stop(session.bucket().put(zone, wire::to_toml(definition), known.revision),
                      exit_code::conflict);
  session.say("digests up to record " + std::to_string(r.number) +
              " are accepted; now stop every " + "node, remove " + zone +
              ".db in its data directory, and start it");
}

/// Nobody accepts what did not happen: a zone that is served says so itself.
void refuse_needless(const zone_accept_loss& asked, const std::string& zone, session& session) {
  const auto now = session.status_of(zone);
  if (!now) {
    return;
  }
  if (asked.input && now->running) {
    throw stop(exit_code::conflict,
               "zone " + zone + " runs: it has lost nothing that it waits for");
  }
  const auto& cause = now->cause;
  if (asked.digests && cause.find(wrong_digest) == std::string::npos) {
    throw stop(exit_code::conflict,
               "zone " + zone + " has not halted for a wrong digest: " +
                   (cause.empty() ? "it works with all digests as they are" : cause));
  }
}

} // namespace

void describe(CLI::App& verb, zone_accept_loss& asked) {
  verb.description("Let a zone go on that has lost commands unread, or whose digests are wrong");
  verb.add_option("zone", asked.zone, "its name")->check(id_rule());
  auto* const input =
      verb.add_flag("--input", asked.input, "commands of the input stream are lost");
  verb.add_flag("--digests", asked.digests,
                "records so far have digests that are not their states'")
      ->excludes(input);
  add_operator_option(verb, asked.by);
  verb.footer(
      R"(A zone halts when its input stream was purged, or expired, beyond what the zone has read,
or when a message that it has not read was deleted.
Restore the stream from a copy if there is one (deploy/docs/operations/backup.md). --input takes the
loss instead, and the zone's log keeps that. Senders repeat what they have seen no outcome of.

No node can follow a log that a node wrote whose file had a flipped bit. --digests takes the states
that the events lead to, and rebuilds the nodes' files.

Asks before; with --yes it does not. A zone that has not halted for such a loss is left alone
(code 4).

Example:
  dispatchctl zone accept-loss hangzhou --input --operator jane)");
}

void run(const zone_accept_loss& asked, session& session) {
  if (asked.input == asked.digests) {
    throw stop(exit_code::usage, "say what was lost: --input or --digests");
  }
  const auto zone = session.zone(asked.zone);
  const auto known = session.find_zone(zone);
  if (!known) {
    throw stop(exit_code::not_found, "there is no zone " + zone);
  }
  refuse_needless(asked, zone, session);
  if (asked.input) {
    accept_input_loss(asked, zone, *known, session);
  } else {
    accept_digests(zone, *known, session);
  }
}

} // namespace dispatch::ctl
