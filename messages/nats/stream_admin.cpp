#include "messages/nats/stream_admin.hpp"

#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/subjects.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace dispatch::nats {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

/// The shortest that servers take. Commands are told apart by the zone; an id in the server's own
/// header could keep out somebody else's.
constexpr auto input_duplicate_window = 100ms;
/// The server takes 2 minutes when none is given; ids of fenced streams need not live long.
constexpr auto fenced_duplicate_window = 1s;
constexpr std::int64_t position_bytes_max = std::int64_t{256} << 20;
/// A pair of coordinates; what is larger would only fill the feeds.
constexpr std::int32_t position_message_bytes_max = 4096;
constexpr auto position_age_max = 1h;

/// Of all zones and consumers together.
constexpr std::int64_t given_up_bytes_max = std::int64_t{256} << 20;
constexpr auto given_up_age_max = std::chrono::hours{24 * 30};
constexpr auto given_up_duplicate_window = 2min;

/// What older builds did not set, and no update can change.
const std::set<std::string> settled_by_creation = {"description", "deny_delete"};

std::int64_t nanoseconds(std::chrono::nanoseconds span) { return span.count(); }

std::int64_t limit(std::int64_t value) { return value == 0 ? -1 : value; }
std::int64_t from_limit(std::int64_t value) { return value < 0 ? 0 : value; }

stream_settings from_json(const json& config) {
  return {.name = config.value("name", ""),
          .subjects = config.value("subjects", std::vector<std::string>{}),
          .kept_in = config.value("storage", "") == "file" ? storage::file : storage::memory,
          .when_full =
              config.value("discard", "") == "new" ? discard::new_messages : discard::old_messages,
          .bytes_max = from_limit(config.value("max_bytes", std::int64_t{-1})),
          .age_max = std::chrono::duration_cast<std::chrono::seconds>(
              std::chrono::nanoseconds(config.value("max_age", std::int64_t{0}))),
          .message_bytes_max =
              static_cast<std::int32_t>(from_limit(config.value("max_msg_size", std::int64_t{-1}))),
          .messages_per_subject_max =
              from_limit(config.value("max_msgs_per_subject", std::int64_t{-1})),
          .duplicate_window = std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::nanoseconds(config.value("duplicate_window", std::int64_t{0}))),
          .replicas = config.value("num_replicas", 1),
          .deny_delete = config.value("deny_delete", false),
          .description = config.value("description", "")};
}

/// The names of the settings that differ, with both values.
std::string differences(const stream_settings& wanted, const stream_settings& found) {
  std::string text;
  const auto found_json = config_of(found);
  const auto wanted_json = config_of(wanted);
  for (const auto& [key, value] : wanted_json.items()) {
    if (!settled_by_creation.contains(key) && found_json[key] != value) {
      text.append(text.empty() ? "" : ", ")
          .append(key + " is " + found_json[key].dump() + " instead of " + value.dump());
    }
  }
  return text;
}

/// Of a stream that was made when windows were longer.
status shorten_window(connection& on, const stream_settings& wanted, stream_settings& found) {
  if (found.duplicate_window <= wanted.duplicate_window) {
    return nothing{};
  }
  const auto info = api::call_or_fail(on, "STREAM.INFO." + found.name, json::object());
  if (!info) {
    return info.error();
  }
  auto config = json::parse(info->body).value("config", json::object());
  config["duplicate_window"] = nanoseconds(wanted.duplicate_window);
  const auto updated = api::call_or_fail(on, "STREAM.UPDATE." + found.name, config);
  if (!updated) {
    return updated.error();
  }
  found.duplicate_window = wanted.duplicate_window;
  return nothing{};
}

} // namespace

json config_of(const stream_settings& s) {
  return {{"name", s.name},
          {"subjects", s.subjects},
          {"retention", "limits"},
          {"storage", s.kept_in == storage::file ? "file" : "memory"},
          {"discard", s.when_full == discard::new_messages ? "new" : "old"},
          {"max_msgs", -1},
          {"max_consumers", -1},
          {"max_bytes", limit(s.bytes_max)},
          {"max_age", nanoseconds(s.age_max)},
          {"max_msg_size", limit(s.message_bytes_max)},
          {"max_msgs_per_subject", limit(s.messages_per_subject_max)},
          {"duplicate_window", nanoseconds(s.duplicate_window)},
          {"num_replicas", s.replicas},
          {"description", s.description},
          {"deny_delete", s.deny_delete},
          {"allow_direct", false}};
}

std::array<stream_settings, 3> zone_streams(std::string_view root, std::string_view zone,
                                            const stream_sizes& sizes) {
  const wire::subjects subjects{std::string(root)};
  return {stream_settings{.name = wire::input_stream(root, zone),
                          .subjects = {subjects.commands_of_zone(zone)},
                          .kept_in = storage::file,
                          .when_full = discard::new_messages,
                          .bytes_max = sizes.input_bytes_max,
                          .age_max = sizes.input_age_max,
                          .message_bytes_max = limits::command_bytes_max,
                          .messages_per_subject_max = 0,
                          .duplicate_window = input_duplicate_window,
                          .replicas = sizes.replicas,
                          .deny_delete = true},
          stream_settings{.name = wire::log_stream(root, zone),
                          .subjects = {subjects.log(zone)},
                          .kept_in = storage::file,
                          .when_full = discard::new_messages,
                          .bytes_max = sizes.log_bytes_max,
                          .age_max = 0s,
                          .message_bytes_max = 0,
                          .messages_per_subject_max = 0,
                          .duplicate_window = fenced_duplicate_window,
                          .replicas = sizes.replicas,
                          .deny_delete = true},
          stream_settings{.name = wire::output_stream(root, zone),
                          .subjects = {subjects.events_of_zone(zone)},
                          .kept_in = storage::file,
                          .when_full = discard::old_messages,
                          .bytes_max = sizes.output_bytes_max,
                          .age_max = sizes.output_age_max,
                          .message_bytes_max = 0,
                          .messages_per_subject_max = 0,
                          .duplicate_window = fenced_duplicate_window,
                          .replicas = sizes.replicas}};
}

stream_settings position_stream(std::string_view root, int replicas) {
  return {.name = wire::position_stream(root),
          .subjects = {wire::subjects{std::string(root)}.positions()},
          .kept_in = storage::memory,
          .when_full = discard::old_messages,
          .bytes_max = position_bytes_max,
          .age_max = position_age_max,
          .message_bytes_max = position_message_bytes_max,
          .messages_per_subject_max = 1,
          .duplicate_window = fenced_duplicate_window,
          .replicas = replicas};
}

stream_settings snapshot_stream(std::string_view root, const stream_sizes& sizes) {
  return {.name = wire::snapshot_stream(root),
          .subjects = {wire::subjects{std::string(root)}.snapshots()},
          .kept_in = storage::file,
          .when_full = discard::new_messages,
          .bytes_max = sizes.snapshot_bytes_max,
          .age_max = 0s,
          .message_bytes_max = 0,
          .messages_per_subject_max = 0,
          .duplicate_window = fenced_duplicate_window,
          .replicas = sizes.replicas};
}

stream_settings given_up_stream(std::string_view root, int replicas) {
  return {.name = wire::given_up_stream(root),
          .subjects = {wire::subjects{std::string(root)}.given_up()},
          .kept_in = storage::file,
          .when_full = discard::old_messages,
          .bytes_max = given_up_bytes_max,
          .age_max = given_up_age_max,
          .message_bytes_max = 0,
          .messages_per_subject_max = 0,
          .duplicate_window = given_up_duplicate_window,
          .replicas = replicas};
}

std::vector<stream_settings> all_streams(std::string_view root, std::string_view zone,
                                         const stream_sizes& sizes) {
  const auto of_zone = zone_streams(root, zone, sizes);
  std::vector<stream_settings> all(of_zone.begin(), of_zone.end());
  all.push_back(position_stream(root, sizes.replicas));
  all.push_back(snapshot_stream(root, sizes));
  all.push_back(given_up_stream(root, sizes.replicas));
  return all;
}

result<creation> create_stream(connection& on, const stream_settings& wanted) {
  const auto exists = api::find_stream(on, wanted.name);
  if (!exists) {
    return exists.error();
  }
  if (*exists) {
    auto found = describe_stream(on, wanted.name);
    if (!found) {
      return found.error();
    }
    if (const auto shortened = shorten_window(on, wanted, found->settings); !shortened) {
      return shortened.error();
    }
    if (const auto different = differences(wanted, found->settings); !different.empty()) {
      return failure{"stream " + wanted.name + " exists with other settings: " + different};
    }
    return creation::existed;
  }
  const auto made = api::call_or_fail(on, "STREAM.CREATE." + wanted.name, config_of(wanted));
  if (!made) {
    return made.error();
  }
  return creation::created;
}

status restore_position_stream(connection& on, std::string_view root, std::string_view zone) {
  const auto input = describe_stream(on, wire::input_stream(root, zone));
  if (!input) {
    return input.error();
  }
  const auto wanted = position_stream(root, input->settings.replicas);
  const auto made = api::call(on, "STREAM.CREATE." + wanted.name, config_of(wanted));
  if (made && (made->error_code == 0 || made->error_code == api::stream_name_in_use)) {
    return nothing{};
  }
  return failure{"stream " + wanted.name +
                 " is gone, and with it the riders' positions: it cannot " + "be created again (" +
                 (made ? made->error : made.error().what) +
                 "). Allow nodes to publish to $JS.API.STREAM.CREATE." + wanted.name +
                 ", or repeat `dispatchctl zone create`"};
}

result<creation> create_snapshot_stream(connection& on, std::string_view root,
                                        const stream_sizes& sizes) {
  const auto wanted = snapshot_stream(root, sizes);
  const auto exists = api::find_stream(on, wanted.name);
  if (!exists) {
    return exists.error();
  }
  return *exists ? result<creation>{creation::existed} : create_stream(on, wanted);
}

result<stream_description> describe_stream(connection& on, const std::string& name) {
  const auto info = api::call_or_fail(on, "STREAM.INFO." + name, json::object());
  if (!info) {
    return info.error();
  }
  return parse_stream_description(info->body);
}

result<stream_description> parse_stream_description(std::string_view info) {
  const auto state = api::parse_stream_state(info);
  if (!state) {
    return state.error();
  }
  const auto config = json::parse(info).value("config", json::object());
  return stream_description{.settings = from_json(config), .state = *state};
}

status resize_stream(connection& on, const std::string& name, std::int64_t bytes_max,
                     std::chrono::seconds age_max) {
  const auto info = api::call_or_fail(on, "STREAM.INFO." + name, json::object());
  if (!info) {
    return info.error();
  }
  auto config = json::parse(info->body).value("config", json::object());
  config["max_bytes"] = limit(bytes_max);
  config["max_age"] = nanoseconds(age_max);
  const auto updated = api::call_or_fail(on, "STREAM.UPDATE." + name, config);
  if (!updated) {
    return updated.error();
  }
  return nothing{};
}

status begin_stream_at(connection& on, const std::string& name, std::uint64_t first,
                       const std::string& subject) {
  if (first <= 1) {
    return nothing{};
  }
  constexpr std::uint64_t messages_per_answer = 1000;
  for (std::uint64_t sequence = 1; !subject.empty() && sequence < first; ++sequence) {
    const auto asks = sequence % messages_per_answer == 0 || sequence + 1 == first;
    status sent = nothing{};
    if (asks) {
      const auto stored = on.request(subject, "", limits::port_timeout);
      sent = stored ? status{nothing{}} : status{stored.error()};
    } else {
      sent = on.publish(subject.c_str(), nullptr, {}, "");
    }
    if (!sent) {
      return sent;
    }
  }
  const auto purged = api::call_or_fail(on, "STREAM.PURGE." + name, {{"seq", first}});
  if (!purged) {
    return purged.error();
  }
  const auto now = api::state_of(on, name);
  if (!now) {
    return now.error();
  }
  return now->last_sequence + 1 == first
             ? status{nothing{}}
             : status{failure{"this nats-server cannot begin stream " + name + " at sequence " +
                              std::to_string(first) + ": use a newer one"}};
}

status delete_stream(connection& on, const std::string& name) {
  const auto exists = api::find_stream(on, name);
  if (!exists) {
    return exists.error();
  }
  if (!*exists) {
    return nothing{};
  }
  const auto deleted = api::call_or_fail(on, "STREAM.DELETE." + name, json::object());
  if (!deleted) {
    return deleted.error();
  }
  return nothing{};
}

std::vector<bucket_settings> all_buckets(std::string_view root) {
  return {{wire::zones_bucket(root), {}},
          {wire::leases_bucket(root), {}},
          {wire::notes_bucket(root), {.values_per_key = 1, .max_age = limits::note_max_age}},
          {wire::dead_bucket(root), {.max_age = limits::handled_mark_age}}};
}

status create_buckets(connection& on, std::string_view root, int replicas) {
  for (const auto& wanted : all_buckets(root)) {
    if (auto created = bucket::create(on, wanted.name, replicas, wanted.kept); !created) {
      return created;
    }
  }
  return nothing{};
}

status create_zone_streams(connection& on, std::string_view root, std::string_view zone,
                           const stream_sizes& sizes) {
  if (const auto made = create_stream(on, position_stream(root, sizes.replicas)); !made) {
    return made.error();
  }
  if (const auto made = create_snapshot_stream(on, root, sizes); !made) {
    return made.error();
  }
  if (const auto made = create_stream(on, given_up_stream(root, sizes.replicas)); !made) {
    return made.error();
  }
  for (const auto& settings : zone_streams(root, zone, sizes)) {
    if (const auto made = create_stream(on, settings); !made) {
      return made.error();
    }
  }
  return nothing{};
}

status delete_zone_streams(connection& on, std::string_view root, std::string_view zone) {
  for (const auto& settings : zone_streams(root, zone, {})) {
    if (auto deleted = delete_stream(on, settings.name); !deleted) {
      return deleted;
    }
  }
  const auto shared = wire::snapshot_stream(root);
  const auto exists = api::find_stream(on, shared);
  if (!exists || !*exists) {
    return exists ? status{nothing{}} : status{exists.error()};
  }
  const auto purged =
      api::call_or_fail(on, "STREAM.PURGE." + shared,
                        {{"filter", wire::subjects{std::string(root)}.snapshots_of_zone(zone)}});
  return purged ? status{nothing{}} : status{purged.error()};
}

} // namespace dispatch::nats
