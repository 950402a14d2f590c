#include "messages/nats/connection/publish_ack.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace dispatch::nats {

namespace {

// Codes of nats-server's errors.json.
constexpr int insufficient_resources = 10023;
constexpr int memory_resources_exceeded = 10028;
constexpr int storage_resources_exceeded = 10047;
constexpr int message_exceeds_maximum = 10054;
constexpr int wrong_last_message_id = 10070;
constexpr int wrong_last_sequence = 10071;
constexpr int stream_limit_reached = 10077;

std::uint64_t number_at(std::string_view text) {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

result<publish_ack> parse_refusal(std::string_view body) {
  const auto answer = nlohmann::json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("error")) {
    return failure{"not a JetStream acknowledgement: " + std::string(body.substr(0, 200))};
  }
  const auto& error = answer["error"];
  // Old servers answer some errors without a code of their own.
  return publish_ack{.sequence = 0,
                     .duplicate = false,
                     .error_code = error.value("err_code", error.value("code", 500)),
                     .error = error.value("description", "")};
}

} // namespace

result<publish_ack> parse_publish_ack(std::string_view body) {
  // The common answer, {"stream":"S","seq":5}, comes too often for a JSON parser.
  constexpr std::string_view sequence_key = "\"seq\":";
  const auto key = body.find(sequence_key);
  if (key == std::string_view::npos || body.find("\"error\"") != std::string_view::npos) {
    return parse_refusal(body);
  }
  const auto sequence = number_at(body.substr(key + sequence_key.size()));
  if (sequence == 0) {
    return parse_refusal(body);
  }
  return publish_ack{.sequence = sequence,
                     .duplicate = body.find("\"duplicate\"", key) != std::string_view::npos,
                     .error_code = 0,
                     .error = {}};
}

ack_verdict verdict_of(const publish_ack& ack) {
  switch (ack.error_code) {
  case 0:
    return ack_verdict::stored;
  case wrong_last_message_id:
  case wrong_last_sequence:
    return ack_verdict::conflict;
  case insufficient_resources:
  case memory_resources_exceeded:
  case storage_resources_exceeded:
  case message_exceeds_maximum:
  case stream_limit_reached:
    return ack_verdict::full;
  default:
    return ack_verdict::refused;
  }
}

std::uint64_t last_sequence_of_conflict(std::string_view error) {
  constexpr std::string_view prefix = "wrong last sequence:";
  const auto at = error.find(prefix);
  return at == std::string_view::npos ? 0 : number_at(error.substr(at + prefix.size()));
}

} // namespace dispatch::nats
