#include "cmd/dispatchctl/zone/zone_change.hpp"

#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/nats/stream_admin.hpp"

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

/// What comes between the look at a stream and its new limit takes less, and so does any message.
constexpr std::uint64_t room_bytes_min = std::uint64_t{1} << 20;

/// Sets what is not zero.
void resize(session& session, const std::string& stream, std::int64_t bytes,
            std::chrono::seconds age) {
  if (bytes == 0 && age.count() == 0) {
    return;
  }
  const auto now =
      value_or_stop(nats::describe_stream(*session.connection(), stream), exit_code::not_found);
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
  const auto bytes_max = bytes > 0 ? bytes : settings.bytes_max;
  const auto age_max = age.count() > 0 ? age : settings.age_max;
  (void)value_or_stop(nats::resize_stream(*session.connection(), stream, bytes_max, age_max),
                      exit_code::failed);
  session.say("stream " + stream + " keeps at most " +
              cli::size_text(static_cast<std::uint64_t>(bytes_max)) +
              (age_max.count() > 0 ? " for " + std::to_string(age_max.count()) + " s" : ""));
}

} // namespace

void describe(CLI::App& verb, zone_resize& asked) {
  verb.description("Change how much the zone's streams keep");
  verb.add_option("zone", asked.zone, "its name")->check(id_rule());
  const auto size = [&](const char* name, std::int64_t& value, const char* meaning) {
    cli::add_bytes(verb, name, value, meaning)->default_str("");
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
  resize(session, wire::input_stream(session.root(), zone), asked.input_bytes_max,
         asked.input_age_max);
  resize(session, wire::log_stream(session.root(), zone), asked.log_bytes_max, {});
  resize(session, wire::snapshot_stream(session.root()), asked.snapshot_bytes_max, {});
  resize(session, wire::output_stream(session.root(), zone), asked.output_bytes_max,
         asked.output_age_max);
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
