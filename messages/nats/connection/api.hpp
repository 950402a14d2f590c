#pragma once

#include "messages/limits.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/records/stream.hpp"
#include "messages/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// JetStream's JSON API, answered by the stream's leader.
namespace dispatch::nats::api {

inline constexpr int stream_not_found = 10059;
inline constexpr int message_not_found = 10037;
inline constexpr int stream_name_in_use = 10058;

/// Whether a call failed because the server, or the user's account on it, has no JetStream.
bool is_jetstream_missing(const failure& of);

/// What the server answered: an object, and its error if it has one.
struct answer {
  std::string body;   ///< JSON
  int error_code = 0; ///< of JetStream; 0: none
  std::string error;  ///< its description
};

/// Asks `$JS.API.<verb>`. Fails when there is no answer in time.
result<answer> call(connection& on, const std::string& verb, const nlohmann::json& request,
                    std::chrono::milliseconds timeout = limits::port_timeout);
result<answer> call(connection& on, const std::string& verb);

/// The same, where an error in the answer is a failure too.
result<answer> call_or_fail(connection& on, const std::string& verb, const nlohmann::json& request,
                            std::chrono::milliseconds timeout = limits::port_timeout);

/// The state in the answer to STREAM.INFO.
result<stream_state> parse_stream_state(std::string_view info);

/// nullopt when there is no such stream.
result<std::optional<stream_state>> find_stream(connection& on, const std::string& stream);

/// Fails when there is no such stream.
result<stream_state> state_of(connection& on, const std::string& stream);

/// The names of the streams that store messages on a subject, which may have wildcards.
result<std::vector<std::string>> streams_on(connection& on, const std::string& subject);

/// nullopt when it is not kept.
result<std::optional<stored_message>> message_at(connection& on, const std::string& stream,
                                                 std::uint64_t sequence);
/// A stored message with one more header field than the vocabulary has.
struct last_message {
  stored_message message;
  std::string operation; ///< KV-Operation
};
/// nullopt when there is none.
result<std::optional<last_message>> last_message_on(connection& on, const std::string& stream,
                                                    const std::string& subject);

/// Of RFC 3339 in UTC, as the server writes it.
std::optional<timestamp> parse_time(std::string_view text);

/// nullopt when it is not base64.
std::optional<std::string> decode_base64(std::string_view text);

} // namespace dispatch::nats::api
