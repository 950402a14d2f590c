#include "messages/nats/connection/api.hpp"

#include "messages/limits.hpp"
#include "messages/wire/subjects.hpp"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <cstdio>

namespace dispatch::nats::api {

namespace {

using nlohmann::json;

constexpr int not_enabled = 10076;
constexpr int not_enabled_for_account = 10039;
constexpr std::string_view no_jetstream = "the NATS server has no JetStream";

failure without_jetstream() {
  return failure{std::string(no_jetstream) +
                 ", which keeps all streams: add `jetstream {}` to its configuration, and start it "
                 "again"};
}

failure without_jetstream_of_account() {
  return failure{std::string(no_jetstream) +
                 " for the user's account: add `jetstream: enabled` to the account in its "
                 "configuration"};
}

failure unexpected(const std::string& verb) {
  return failure{"JetStream's answer to " + verb + " is not understood"};
}

failure refused(const std::string& verb, const answer& from) {
  return failure{"JetStream refuses " + verb + ": " + from.error + " (" +
                 std::to_string(from.error_code) + ")"};
}

result<answer> call_with(connection& on, const std::string& verb, const std::string& body,
                         std::chrono::milliseconds timeout) {
  auto reply = on.request("$JS.API." + verb, body, timeout);
  if (!reply) {
    return is_unserved(reply.error()) ? without_jetstream() : reply.error();
  }
  const auto parsed = json::parse(*reply, nullptr, false);
  if (!parsed.is_object()) {
    return unexpected(verb);
  }
  answer made{.body = std::move(*reply), .error_code = 0, .error = {}};
  if (const auto error = parsed.find("error"); error != parsed.end()) {
    made.error_code = error->value("err_code", error->value("code", 500));
    made.error = error->value("description", "");
  }
  if (made.error_code == not_enabled) {
    return without_jetstream();
  }
  if (made.error_code == not_enabled_for_account) {
    return without_jetstream_of_account();
  }
  return made;
}

/// The value of a field in "NATS/1.0\r\nName: value\r\n..."; empty when absent.
std::string header_value(std::string_view headers, std::string_view name) {
  const auto start = "\r\n" + std::string(name) + ":";
  const auto found = headers.find(start);
  if (found == std::string_view::npos) {
    return {};
  }
  auto value = headers.substr(found + start.size());
  value = value.substr(0, value.find("\r\n"));
  while (value.starts_with(' ')) {
    value.remove_prefix(1);
  }
  return std::string(value);
}

result<std::optional<last_message>> get_message(connection& on, const std::string& stream,
                                                const json& which) {
  const auto verb = "STREAM.MSG.GET." + stream;
  const auto reply = call(on, verb, which);
  if (!reply) {
    return reply.error();
  }
  if (reply->error_code == message_not_found) {
    return std::optional<last_message>();
  }
  if (reply->error_code != 0) {
    return refused(verb, *reply);
  }
  const auto parsed = json::parse(reply->body, nullptr, false);
  const auto message = parsed.value("message", json::object());
  const auto body = decode_base64(message.value("data", ""));
  const auto headers = decode_base64(message.value("hdrs", ""));
  const auto stored_at = parse_time(message.value("time", ""));
  if (!body || !headers || !stored_at) {
    return unexpected(verb);
  }
  const auto own_id = header_value(*headers, wire::command_id_header);
  return std::optional(last_message{
      .message = {.sequence = message.value("seq", std::uint64_t{0}),
                  .stored_at = *stored_at,
                  .subject = message.value("subject", ""),
                  .id = own_id.empty() ? header_value(*headers, "Nats-Msg-Id") : own_id,
                  .content_type = header_value(*headers, "Content-Type"),
                  .trace = header_value(*headers, "traceparent"),
                  .body = *body},
      .operation = header_value(*headers, "KV-Operation")});
}

} // namespace

bool is_jetstream_missing(const failure& of) { return of.what.starts_with(no_jetstream); }

result<answer> call(connection& on, const std::string& verb, const nlohmann::json& request,
                    std::chrono::milliseconds timeout) {
  return call_with(on, verb, request.dump(), timeout);
}

result<answer> call(connection& on, const std::string& verb) {
  return call_with(on, verb, "", limits::port_timeout);
}

result<answer> call_or_fail(connection& on, const std::string& verb, const nlohmann::json& request,
                            std::chrono::milliseconds timeout) {
  auto reply = call(on, verb, request, timeout);
  if (reply && reply->error_code != 0) {
    return refused(verb, *reply);
  }
  return reply;
}

result<stream_state> parse_stream_state(std::string_view info) {
  const auto parsed = json::parse(info, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("state")) {
    return unexpected("STREAM.INFO");
  }
  const auto& state = parsed["state"];
  const auto created = parse_time(parsed.value("created", ""));
  if (!created) {
    return unexpected("STREAM.INFO");
  }
  stream_state made{.first_sequence = state.value("first_seq", std::uint64_t{0}),
                    .last_sequence = state.value("last_seq", std::uint64_t{0}),
                    .messages = state.value("messages", std::uint64_t{0}),
                    .bytes = state.value("bytes", std::uint64_t{0}),
                    .created = *created,
                    .last_stored = parse_time(state.value("last_ts", ""))};
  if (made.messages == 0) {
    made.first_sequence = made.last_sequence + 1;
  }
  return made;
}

result<std::optional<stream_state>> find_stream(connection& on, const std::string& stream) {
  const auto verb = "STREAM.INFO." + stream;
  const auto reply = call(on, verb);
  if (!reply) {
    return reply.error();
  }
  if (reply->error_code == stream_not_found) {
    return std::optional<stream_state>();
  }
  if (reply->error_code != 0) {
    return refused(verb, *reply);
  }
  const auto state = parse_stream_state(reply->body);
  if (!state) {
    return state.error();
  }
  return std::optional(*state);
}

result<stream_state> state_of(connection& on, const std::string& stream) {
  const auto found = find_stream(on, stream);
  if (!found) {
    return found.error();
  }
  if (!*found) {
    return failure{"stream " + stream + " does not exist; create the zone's streams first"};
  }
  return **found;
}

result<std::vector<std::string>> streams_on(connection& on, const std::string& subject) {
  const auto reply = call_or_fail(on, "STREAM.NAMES", {{"subject", subject}});
  if (!reply) {
    return reply.error();
  }
  std::vector<std::string> names;
  const auto listed =
      nlohmann::json::parse(reply->body, nullptr, false).value("streams", nlohmann::json());
  if (listed.is_array()) {
    for (const auto& name : listed) {
      names.push_back(name.get<std::string>());
    }
  }
  return names;
}

result<std::optional<stored_message>> message_at(connection& on, const std::string& stream,
                                                 std::uint64_t sequence) {
  auto found = get_message(on, stream, {{"seq", sequence}});
  if (!found) {
    return found.error();
  }
  if (!*found) {
    return std::optional<stored_message>();
  }
  return std::optional(std::move((*found)->message));
}

result<std::optional<last_message>> last_message_on(connection& on, const std::string& stream,
                                                    const std::string& subject) {
  return get_message(on, stream, {{"last_by_subj", subject}});
}

std::optional<timestamp> parse_time(std::string_view text) {
  int year = 0, hour = 0, minute = 0, second = 0, used = 0;
  unsigned month = 0, day = 0;
  const std::string whole(text);
  if (std::sscanf(whole.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute,
                  &second, &used) != 6) {
    return std::nullopt;
  }
  auto rest = text.substr(static_cast<std::size_t>(used));
  std::int64_t microseconds = 0;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    int digits = 0;
    for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1)) {
      if (digits < 6) {
        microseconds = microseconds * 10 + (rest.front() - '0');
        ++digits;
      }
    }
    for (; digits < 6; ++digits) {
      microseconds *= 10;
    }
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (rest != "Z" || !date.ok()) {
    return std::nullopt;
  }
  return timestamp(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second) + duration(microseconds);
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) {
    return std::nullopt;
  }
  // EVP_DecodeBlock counts the padding as zero bytes.
  const auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

} // namespace dispatch::nats::api
