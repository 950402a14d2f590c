#include "cmd/dispatchctl/zone/zone_repair.hpp"

#include "cmd/dispatchctl/log_survey.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/progress_line.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/nats/ports/snapshot_shelf.hpp"
#include "messages/nats/stream_admin.hpp"
#include "messages/wire/codec.hpp"
#include "persistence/files/archive.hpp"

#include <algorithm>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

/// One zone on its way to sound streams.
struct repair {
  session& with;
  const zone_repair& asked;
  const std::string& zone;
  const zone_definition& definition;
  std::size_t repaired = 0;

  nats::connection& on() const { return *with.connection(); }

  void say(const std::string& what) {
    with.say(what);
    ++repaired;
  }

  nats::nats_commit_log log() const {
    return {with.connection(), wire::log_stream(with.root(), zone), with.subjects().log(zone)};
  }

  bool exists(const std::string& stream) const {
    return value_or_stop(nats::api::find_stream(on(), stream), exit_code::unavailable).has_value();
  }

  /// As many as the definitions have.
  int replicas() const {
    return value_or_stop(nats::describe_stream(on(), "KV_" + wire::zones_bucket(with.root())),
                         exit_code::unavailable)
        .settings.replicas;
  }

  /// As if what was in it before had been trimmed away.
  void make(const nats::stream_settings& wanted, std::uint64_t first,
            const std::string& filled_on = {}) {
    (void)value_or_stop(nats::create_stream(on(), wanted), exit_code::failed);
    (void)value_or_stop(nats::begin_stream_at(on(), wanted.name, first, filled_on),
                        exit_code::failed);
    say("stream " + wanted.name + " was missing and begins at sequence " + std::to_string(first));
  }

  /// Streams of all zones, and those that only have to be there.
  void make_shared() {
    for (const auto& wanted : {nats::position_stream(with.root(), replicas()),
                               nats::given_up_stream(with.root(), replicas()),
                               nats::snapshot_stream(with.root(), {.replicas = replicas()})}) {
      if (!exists(wanted.name)) {
        make(wanted, 1);
      }
    }
  }

  void make_missing() {
    auto [input, log, output] = nats::zone_streams(with.root(), zone, {.replicas = replicas()});
    log.description = definition.incarnation;
    if (!exists(log.name)) {
      make(log, first_restorable(), with.subjects().log(zone));
      if (!exists(input.name) || !exists(output.name)) {
        throw stop(exit_code::failed, "repeat this when a node has written the log of zone " +
                                          zone +
                                          " again: the log says where the other streams begin");
      }
    }
    const auto newest = newest_record();
    const auto consumed = newest ? newest->input_position : 0;
    if (!exists(input.name)) {
      make(input, consumed + 1);
    } else if (const auto now =
                   value_or_stop(nats::api::state_of(on(), input.name), exit_code::unavailable);
               now.messages == 0 && now.last_sequence < consumed) {
      (void)value_or_stop(nats::begin_stream_at(on(), input.name, consumed + 1), exit_code::failed);
      say("stream " + input.name + " goes on at sequence " + std::to_string(consumed + 1));
    }
    if (!exists(output.name)) {
      make(output, 1);
    }
  }

  /// A log that is gone begins behind the newest snapshot: the journals of nodes append what they
  /// have.
  std::uint64_t first_restorable() const {
    nats::nats_snapshot_shelf shelf{with.connection(), with.root(), zone};
    const auto shipped = value_or_stop(shelf.complete(), exit_code::unavailable);
    return shipped.empty() ? 1 : shipped.front().log_sequence + 1;
  }

  /// What the log ends with; nullopt: nothing.
  std::optional<record> newest_record() const {
    auto records = log();
    const auto state = value_or_stop(records.state(), exit_code::unavailable);
    for (auto sequence = state.last_sequence; sequence >= state.first_sequence && sequence > 0;
         --sequence) {
      const auto bytes = value_or_stop(records.read(sequence), exit_code::unavailable);
      auto r = bytes ? wire::decode_record(*bytes) : result<record>{failure{}};
      if (r && r->zone == zone) {
        return std::move(*r);
      }
    }
    return std::nullopt;
  }

  /// A record that the log has lost, from the zone's node.
  std::string record_of_node(std::uint64_t number) const {
    const auto bytes = client::ask_record(on(), with.root(), zone, number, with.timeout());
    const auto r = bytes ? wire::decode_record(*bytes) : result<record>{bytes.error()};
    if (!r || r->number != number || r->zone != zone) {
      throw stop(exit_code::unavailable, "record " + std::to_string(number) +
                                             " is missing in the log of zone " + zone +
                                             ", and no node that runs the zone has it");
    }
    return *bytes;
  }

  void rewrite_log() {
    auto records = log();
    if (looks_sound(records, zone)) {
      return;
    }
    const auto directory = std::filesystem::path{asked.copy} /
                           ("LOG_" + zone + "." + std::to_string(std::time(nullptr)));
    files::archive_writer copy{directory};
    std::uint64_t copied = 0;
    std::uint64_t before = 0; // A file holds records in a row.
    const auto found =
        survey_log(with, records, zone,
                   [&](std::uint64_t sequence, std::uint64_t number, const std::string& bytes) {
                     if (copied > 0 && number != before + 1) {
                       (void)value_or_stop(copy.finish(), exit_code::failed);
                     }
                     before = number;
                     (void)value_or_stop(copy.put(number, sequence, bytes), exit_code::failed);
                     ++copied;
                   });
    if (copied > 0) {
      (void)value_or_stop(copy.finish(), exit_code::failed);
    }
    std::vector<std::pair<std::uint64_t, std::string>> lost;
    for (const auto sequence : found.missing) {
      lost.emplace_back(sequence, record_of_node(found.number_at(sequence)));
    }
    with.say("the log has " + std::to_string(copied) + " records; " +
             std::to_string(found.missing.size()) + " are missing, and " +
             std::to_string(found.behind) + " messages behind them are not the zone's");
    with.say("its records are copied to " + directory.string());
    with.confirm("Delete the stream of zone " + zone + "'s log, and write its records again?");
    const auto now = value_or_stop(records.state(), exit_code::unavailable);
    if (now.last_sequence != found.last + found.behind) {
      throw stop(exit_code::conflict,
                 "the log has grown meanwhile; repeat this when its zone rests");
    }
    const auto name = wire::log_stream(with.root(), zone);
    const auto settings = value_or_stop(nats::describe_stream(on(), name), exit_code::failed);
    (void)value_or_stop(nats::delete_stream(on(), name), exit_code::failed);
    (void)value_or_stop(nats::create_stream(on(), settings.settings), exit_code::failed);
    (void)value_or_stop(nats::begin_stream_at(on(), name, found.first, with.subjects().log(zone)),
                        exit_code::failed);
    write_again(records, directory, std::move(lost));
    say("stream " + name + " holds records up to " + std::to_string(found.number_of_last));
  }

  void write_again(nats::nats_commit_log& to, const std::filesystem::path& directory,
                   std::vector<std::pair<std::uint64_t, std::string>> lost) {
    cli::progress_line progress{with.io().err, cli::stderr_is_terminal()};
    auto next_lost = lost.begin();
    const auto read =
        files::archive{{directory}}.scan([&](std::uint64_t sequence, std::string_view bytes) {
          for (; next_lost != lost.end() && next_lost->first < sequence; ++next_lost) {
            append(to, next_lost->first, std::move(next_lost->second));
          }
          progress.show("writing the log: sequence " + std::to_string(sequence));
          append(to, sequence, std::string{bytes});
        });
    (void)value_or_stop(read, exit_code::failed);
  }

  /// A node that repairs the log as well appends the same.
  void append(nats::nats_commit_log& to, std::uint64_t sequence, std::string bytes) {
    std::promise<append_result> told;
    to.append(bytes, sequence - 1, zone + "/repair/" + std::to_string(sequence),
              [&](append_result r) { told.set_value(std::move(r)); });
    const auto answer = told.get_future().get();
    if (answer.outcome == append_outcome::stored && answer.sequence == sequence) {
      return;
    }
    const auto there = value_or_stop(to.read(sequence), exit_code::unavailable);
    if (!there || *there != bytes) {
      throw stop(exit_code::failed, "sequence " + std::to_string(sequence) +
                                        " of the log cannot be written: " + answer.detail +
                                        "; repeat this command, the nodes' journals have the rest");
    }
  }
};

} // namespace

void describe(CLI::App& verb, zone_repair& asked) {
  verb.description("Make streams that are missing, and a log that holds what no node wrote");
  verb.add_option("zone", asked.zone, "its name")->check(id_rule());
  verb.add_option("--copy", asked.copy, "the log's records are copied there before it is rewritten")
      ->check(CLI::ExistingDirectory)
      ->capture_default_str()
      ->type_name("DIR");
  verb.footer(
      R"(`dispatchctl doctor` says when it is needed: a stream was deleted, somebody published to
the subject of the log, or a record was deleted from the log. What is sound stays as it is. Nodes
append to a log what they have of its end, and a zone that had halted goes on. Asks before it
rewrites a log; with --yes it does not.

Example:
  dispatchctl zone repair hangzhou --copy /var/backups)");
}

void run(const zone_repair& asked, session& session) {
  const auto zone = session.zone(asked.zone);
  const auto known = session.find_zone(zone);
  if (!known) {
    throw stop(exit_code::not_found, "there is no zone " + zone);
  }
  repair one{session, asked, zone, known->readable()};
  one.make_shared();
  one.make_missing();
  one.rewrite_log();
  const auto status = session.status_of(zone);
  if (one.repaired == 0 && !(status && status->halted)) {
    session.say("the streams of zone " + zone + " are all there, and its log is sound");
    return;
  }
  // A zone that has halted is opened anew when its definition is written again.
  (void)value_or_stop(session.bucket().put(zone, wire::to_toml(known->readable()), known->revision),
                      exit_code::conflict);
  session.say("zone " + zone + " is repaired; nodes open it anew");
}

} // namespace dispatch::ctl
