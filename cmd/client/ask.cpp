#include "cmd/client/ask.hpp"

namespace dispatch::client {

std::optional<ask_error> error_in(const json& answer) {
  const auto found = answer.find("error");
  if (found == answer.end()) {
    return std::nullopt;
  }
  return ask_error{.code = found->value("code", 500),
                   .err_code = found->value("err_code", ""),
                   .description = found->value("description", "")};
}

result<json> ask(nats::connection& on, const std::string& root, std::string_view zone,
                 std::string_view verb, const json& request, std::chrono::milliseconds within) {
  const auto reply = on.request(wire::subjects{root}.admin(zone, verb), request.dump(), within);
  if (!reply) {
    return reply.error();
  }
  auto answer = json::parse(*reply, nullptr, false);
  if (!answer.is_object()) {
    return json{
        {"error",
         {{"code", 500},
          {"err_code", "not_json"},
          {"description", "zone " + std::string{zone} + " answered something that is not JSON"}}}};
  }
  return answer;
}

zone_status status_in(const json& answer) {
  return {.running = answer.value("running", false),
          .halted = answer.value("halted", false),
          .cause = answer.value("cause", ""),
          .epoch = answer.value("epoch", std::uint64_t{0}),
          .record = answer.value("record", std::uint64_t{0}),
          .input_position = answer.value("input_position", std::uint64_t{0}),
          .metrics = answer.value("metrics", json::object())};
}

result<zone_status> ask_status(nats::connection& on, const std::string& root, std::string_view zone,
                               std::chrono::milliseconds within) {
  const auto answer = ask(on, root, zone, "zone", json::object(), within);
  return answer ? status_in(*answer) : result<zone_status>{answer.error()};
}

result<std::string> ask_record(nats::connection& on, const std::string& root, std::string_view zone,
                               std::uint64_t number, std::chrono::milliseconds within) {
  return on.request(wire::subjects{root}.admin(zone, "record"), json{{"number", number}}.dump(),
                    within);
}

} // namespace dispatch::client
