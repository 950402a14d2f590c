#include "cmd/dispatchctl/zone/zone_change.hpp"

#include "cmd/dispatchctl/zone/made_streams.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/nats/stream_admin.hpp"

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

/// What comes between the look at a stream and its new limit takes less, and so does any message.
constexpr std::uint64_t room_bytes_min = std::uint64_t{1} << 20;
/// What comes meanwhile, and clocks that differ.
constexpr std::chrono::minutes age_margin{1};

/// What a stream is to keep from now on.
struct stream_change {
  std::string stream;
  std::int64_t bytes = 0;      ///< 0: as it is
  std::chrono::seconds age{0}; ///< 0: as it is

  bool wanted() const { return bytes != 0 || age.count() != 0; }
};

/// Completes the change from what the stream has. Stops when it would delete what must not get
/// lost.
stream_change checked(const stream_change& change, session& session) {
  const auto& [stream, bytes, age] = change;
  auto& on = *session.connection();
  const auto now = value_or_stop(nats::describe_stream(on, stream), exit_code::not_found);
  const auto& settings = now.settings;
  // The server would make room at once, and what is refused when full must not get lost.
  if (settings.when_full == nats::discard::new_messages && bytes > 0 && now.state.bytes > 0 &&
      static_cast<std::uint64_t>(bytes) < now.state.bytes + room_bytes_min) {
    throw stop(
        exit_code::conflict,
        "stream " + stream + " holds " + cli::size_text(now.state.bytes) +
            ", and more may come meanwhile: the server would delete the oldest messages. The "
            "limit must be at least " +
            cli::size_text((now.state.bytes / room_bytes_min + 2) * room_bytes_min));
  }
  if (settings.when_full == nats::discard::new_messages && age.count() > 0 &&
      now.state.messages > 0) {
    const auto oldest = value_or_stop(nats::api::message_at(on, stream, now.state.first_sequence),
                                      exit_code::unavailable);
    const auto kept_for = std::chrono::ceil<std::chrono::seconds>(
        std::chrono::system_clock::now() - (oldest ? oldest->stored_at : timestamp{}));
    if (oldest && kept_for + age_margin > age) {
      throw stop(
          exit_code::conflict,
          "stream " + stream + " holds messages that are " + std::to_string(kept_for.count()) +
              " s old: the server would delete them, read or not. The age must be at least " +
              std::to_string((kept_for + 2 * age_margin).count()) + " s");
    }
  }
  return {stream, bytes > 0 ? bytes : settings.bytes_max, age.count() > 0 ? age : settings.age_max};
}

void make(const stream_change& change, session& session) {
  const auto& [stream, bytes, age] = change;
  (void)value_or_stop(nats::resize_stream(*session.connection(), stream, bytes, age),
                      exit_code::failed);
  session.say("stream " + stream + " keeps at most " +
              cli::size_text(static_cast<std::uint64_t>(bytes)) +
              (age.count() > 0 ? " for " + std::to_string(age.count()) + " s" : ""));
}

} // namespace

void describe(CLI::App& verb, zone_resize& asked) {
  verb.description("Change how much the zone's streams keep");
  verb.add_option("zone", asked.zone, "its name")->check(id_rule());
  const auto size = [&](const char* name, std::int64_t& value, const char* meaning) {
    cli::add_bytes(verb, name, value, meaning, stream_bytes_min)->default_str("");
  };
  const auto span = [&](const char* name, std::chrono::seconds& value, const char* meaning) {
    cli::add_span(verb, name, value, meaning)->default_str("");
  };
  size("--in-bytes", asked.input_bytes_max, "commands kept at most");
  span("--in-age", asked.input_age_max, "commands are kept so long");
  size("--log-bytes", asked.log_bytes_max, "commit records kept at most");
  size("--snap-bytes", asked.snapshot_bytes_max, "snapshots of all zones together at most");
  size("--out-bytes", asked.output_bytes_max, "events kept at most");
  span("--out-age", asked.output_age_max, "events are kept so long");
  verb.footer(
      R"(What is not given stays. Commands and records that are there are never cut off (code 4).

Example:
  dispatchctl zone resize hangzhou --log-bytes 16GiB --out-age 3d)");
}

void describe(CLI::App& verb, zone_delete& asked) {
  verb.description("Delete the zone with its commands, log and events");
  verb.add_option("zone", asked.zone, "its name")->required()->check(id_rule());
  verb.footer(R"(Asks before; with --yes it does not. Nodes remove their files of the zone.

Example:
  dispatchctl zone delete rehearsal --yes)");
}

void run(const zone_resize& asked, session& session) {
  const auto zone = session.zone(asked.zone);
  zone_resize nothing_asked;
  nothing_asked.zone = asked.zone;
  if (asked == nothing_asked) {
    throw stop(exit_code::usage, "say what is to change, such as --log-bytes 16GiB");
  }
  if (!session.find_zone(zone)) {
    throw stop(exit_code::not_found, "there is no zone " + zone);
  }
  const std::array<stream_change, 4> asked_changes = {
      {{wire::input_stream(session.root(), zone), asked.input_bytes_max, asked.input_age_max},
       {wire::log_stream(session.root(), zone), asked.log_bytes_max},
       {wire::snapshot_stream(session.root()), asked.snapshot_bytes_max},
       {wire::output_stream(session.root(), zone), asked.output_bytes_max, asked.output_age_max}}};
  // All are checked before the first is made.
  std::vector<stream_change> changes;
  for (const auto& change : asked_changes) {
    if (change.wanted()) {
      changes.push_back(checked(change, session));
    }
  }
  for (const auto& change : changes) {
    make(change, session);
  }
}

void run(const zone_delete& asked, session& session) {
  const auto& zone = asked.zone;
  auto& on = *session.connection();
  const auto definition = session.find_zone(zone);
  bool found = definition.has_value();
  std::uint64_t messages = 0;
  for (const auto& stream : nats::zone_streams(session.root(), zone, {})) {
    if (const auto state =
            value_or_stop(nats::api::find_stream(on, stream.name), exit_code::unavailable)) {
      found = true;
      messages += state->messages;
    }
  }
  if (!found) {
    throw stop(exit_code::not_found, "there is no zone " + zone);
  }
  session.confirm("Delete zone " + zone + " with " + std::to_string(messages) +
                  " messages? They cannot be brought back.");
  // The definition first, so that no daemon opens a zone that is half gone.
  if (definition) {
    (void)value_or_stop(session.bucket().erase(zone, definition->revision), exit_code::conflict);
  }
  (void)value_or_stop(nats::delete_zone_streams(on, session.root(), zone), exit_code::failed);
  session.say("zone " + zone + " deleted");
}

} // namespace dispatch::ctl
