#include "tests/edge/edge.hpp"

#include "messages/nats/connection/api.hpp"

#include <nlohmann/json.hpp>

#include <poll.h>
#include <thread>

namespace dispatch::edge {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

zone_definition untouched_zone() {
  auto definition = quick_zone();
  definition.name = town::untouched;
  return definition;
}

} // namespace

std::optional<int> status_within(nats::process_handle& child, std::chrono::milliseconds longest) {
  pollfd end{.fd = child.wait_descriptor(), .events = POLLIN, .revents = 0};
  return ::poll(&end, 1, static_cast<int>(longest.count())) == 1
             ? std::optional{wait_for_end(child)}
             : std::nullopt;
}

std::optional<event> outcome_soon(zone_client& client, const std::string& command_id) {
  const auto answered = comes([&] {
    client.look();
    return client.answered(0, command_id);
  });
  return answered ? std::optional{client.outcome(command_id)} : std::nullopt;
}

std::optional<event> ask_soon(zone_client& client, const std::string& what, const std::string& body,
                              const command_headers& with) {
  return outcome_soon(client, client.tell(what, body, with));
}

ended ctl(const std::string& server, std::vector<std::string> words) {
  words.insert(words.end(), {"--server", server});
  return testing::run_ctl(words);
}

decisions decided_by_operators(const std::shared_ptr<nats::connection>& on) {
  decisions found;
  const auto listed = value_of(nats::api::call_or_fail(*on, "STREAM.LIST", json::object()));
  const auto answer = json::parse(listed.body);
  REQUIRE(answer.at("total") == answer.at("streams").size());
  for (const auto& info : answer.at("streams")) {
    const auto stream = info.at("config").at("name").get<std::string>();
    found["stream " + stream] = info.at("config").dump();
    constexpr std::string_view bucket_prefix = "KV_";
    if (!stream.starts_with(bucket_prefix) ||
        stream == "KV_" + wire::leases_bucket(wire::default_root)) {
      continue;
    }
    const auto name = stream.substr(bucket_prefix.size());
    for (const auto& entry : value_of(nats::bucket{on, name}.list())) {
      found["bucket " + name + " " + entry.key] = entry.value;
    }
  }
  return found;
}

std::string differences(const decisions& before, const decisions& after) {
  std::string lines;
  for (const auto& [name, value] : before) {
    const auto now = after.find(name);
    if (now == after.end() || now->second != value) {
      lines += name + (now == after.end() ? " is gone\n" : " is another\n");
    }
  }
  for (const auto& [name, value] : after) {
    lines += before.contains(name) ? "" : name + " is new\n";
  }
  return lines;
}

town::town() {
  where.create_zone(untouched_zone());
  node.emplace(where);
  client.emplace(where.on(), untouched);
  client->await_event(std::string{"zone."} + untouched + ".opened");
}

bool town::answers() {
  const auto order = "order.u" + std::to_string(++orders_) + ".place";
  const auto said = ask_soon(*client, order, order_body(false));
  return said && event_name(said->body) == "placed";
}

bool town::is_ready() const { return node->page("/readyz") == "ready\n"; }

void town::check_untouched() {
  CHECK(answers());
  // A zone that was created just now takes its time to open.
  CHECK_MESSAGE(comes([&] { return is_ready(); }), node->page("/readyz"));
  ended doctor;
  const auto content = comes([&] {
    doctor = ctl({"doctor"});
    return doctor.code == exit_code::done;
  });
  CHECK_MESSAGE(content, doctor.out, doctor.err);
  CHECK(node->log().find("must not wait") == std::string::npos);
}

} // namespace dispatch::edge
