#pragma once

#include "messages/limits.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/result.hpp"
#include "messages/wire/subjects.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dispatch::client {

using json = nlohmann::ordered_json;

/// Why a question has no answer.
struct ask_error {
  int code = 500;       ///< follows HTTP
  std::string err_code; ///< stable
  std::string description;
};

/// The error in an answer; nullopt: it answers the question.
std::optional<ask_error> error_in(const json& answer);

/// Asks the owner of a zone. Fails when nobody answers in time. What is not JSON is an answer with
/// the error `not_json`.
result<json> ask(nats::connection& on, const std::string& root, std::string_view zone,
                 std::string_view verb, const json& request = json::object(),
                 std::chrono::milliseconds within = limits::port_timeout);

/// How a zone is doing: ZoneAnswer of admin.proto.
struct zone_status {
  bool running = false;
  bool halted = false;
  std::string cause; ///< why it has halted
  std::uint64_t epoch = 0;
  std::uint64_t record = 0; ///< the newest that is committed
  std::uint64_t input_position = 0;
  json metrics = json::object(); ///< by the names of status fields

  bool flag(const char* metric) const { return metrics.value(metric, false); }
  std::uint64_t count(const char* metric) const { return metrics.value(metric, std::uint64_t{0}); }
};

/// What the answer to `zone` says.
zone_status status_in(const json& answer);

/// Asks for it. Fails when nobody answers in time.
result<zone_status> ask_status(nats::connection& on, const std::string& root, std::string_view zone,
                               std::chrono::milliseconds within = limits::port_timeout);

/// The bytes of a record as the zone's owner has them, or of an error.
result<std::string> ask_record(nats::connection& on, const std::string& root, std::string_view zone,
                               std::uint64_t number, std::chrono::milliseconds within);

} // namespace dispatch::client
