#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/zone_client.hpp"
#include "tests/nemesis/faults.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <thread>
#include <utility>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;
using integration::order_body;
using integration::value_of;
using integration::zone_client;

constexpr std::size_t bad_rounds = 5;
constexpr auto short_window = 100ms;
constexpr std::size_t header_bytes = 30'000;
constexpr auto flood_span = 3s;
constexpr auto flood_interval = 10ms;
constexpr std::size_t flood_at_once = 200;
constexpr std::size_t flood_riders = 500;

/// Returns the window that it had.
std::chrono::nanoseconds set_duplicate_window(nats::connection& on, const std::string& stream,
                                              std::chrono::nanoseconds window) {
  const auto info =
      value_of(nats::api::call_or_fail(on, "STREAM.INFO." + stream, nlohmann::json::object()));
  auto config = nlohmann::json::parse(info.body).at("config");
  const auto before = std::exchange(config["duplicate_window"], window.count());
  value_of(nats::api::call_or_fail(on, "STREAM.UPDATE." + stream, config));
  return std::chrono::nanoseconds{before.get<std::int64_t>()};
}

/// Each is buried, or not even stored.
void publish_what_is_wrong(zone_client& client, const std::string& order) {
  const auto place = "order." + order + ".place";
  const std::array<std::pair<std::string, std::string>, 5> bodies{
      {{"order." + order + ".explode", "{}"},
       {"planet." + order + ".place", "{}"},
       {place, R"({"pick_up":)"},
       {place, order_body(true, 91.0)},
       {place, std::string(limits::command_bytes_max / 2, '\xff')}}};
  std::vector<std::uint64_t> sequences;
  for (const auto& [what, body] : bodies) {
    sequences.push_back(client.publish(what, body).sequence);
  }
  sequences.push_back(client.publish(place, order_body(), {.content_type = "text/xml"}).sequence);
  for (const auto sequence : sequences) {
    client.burial(sequence);
  }
  const std::string oversized(limits::command_bytes_max + 1, ' ');
  if (client.publish(place, oversized).error_code == 0) {
    throw std::runtime_error("a body above the limit was stored");
  }
}

/// Stored once more, because the server has forgotten the id.
void publish_again(zone_client& client, const std::string& what, const std::string& body,
                   const std::string& id) {
  integration::await("the end of the duplicate window",
                     [&] { return !client.publish(what, body, {.id = id}).duplicate; });
}

/// Early, twice, and twice with another body: one effect, and an answer to each.
void publish_in_disorder(zone_client& client, const std::string& order) {
  const auto subject = "order." + order;
  client.ask(subject + ".cancel", R"({"reason":"changed_mind"})", {.id = "bad.early-" + order});
  const auto id = "bad." + order;
  client.ask(subject + ".place", order_body(),
             {.id = id, .content_type = {}, .trace = std::string(header_bytes, 't')});
  publish_again(client, subject + ".place", order_body(), id);
  client.await_event(subject + ".repeated");
  publish_again(client, subject + ".place", order_body(false), id);
  client.await_event(subject + ".refused", 2);
}

} // namespace

void send_bad_input(run& in) {
  const auto zone = in.some_zone({zone_kind::steady, zone_kind::quiet});
  auto& connection = *in.on().on();
  zone_client client{in.on().on(), zone};
  const auto input = wire::input_stream(wire::default_root, zone);
  in.begin("bad input", zone, in.only(zone));
  const auto window = set_duplicate_window(connection, input, short_window);
  for (std::size_t round = 0; round < bad_rounds; ++round) {
    const auto order = "bad" + std::to_string(in.struck()) + "-" + std::to_string(round);
    publish_what_is_wrong(client, order);
    publish_in_disorder(client, order);
  }
  set_duplicate_window(connection, input, window);
  in.recovered();
}

/// Time is what this fault consists of.
void flood_positions(run& in) {
  const auto zone = in.some_zone({zone_kind::steady, zone_kind::operators});
  const std::string body = R"({"at":{"latitude":7.1,"longitude":-73.1}})";
  nats::connection_settings settings;
  settings.url = in.on().where().urls();
  const auto flood = value_of(nats::connection::open(std::move(settings)));
  in.begin("flood of positions", zone, in.only(zone));
  auto due = steady::now();
  const auto end = due + flood_span;
  for (std::size_t i = 0; due < end; due += flood_interval) {
    for (const auto last = i + flood_at_once; i < last; ++i) {
      const auto subject = std::string{wire::default_root} + ".pos." + zone + ".r" +
                           std::to_string(i % flood_riders);
      // What gets lost makes way for the next.
      (void)flood->publish(subject.c_str(), nullptr, {}, body);
    }
    std::this_thread::sleep_until(due);
  }
  in.recovered();
}

} // namespace dispatch::nemesis
