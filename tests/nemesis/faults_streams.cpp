#include "messages/nats/child_process.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/harness.hpp"
#include "tests/nemesis/faults.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;
using integration::value_of;

/// Above what the log holds, so that nothing is cut off by what is appended meanwhile. The log is
/// full within seconds; `zone resize` refuses so little.
constexpr std::int64_t room_bytes = 32 * 1024;
constexpr auto silence = 1s;
constexpr std::size_t mute_zones = 3;
/// Of the opening of a zone that is not answered.
constexpr auto unanswered_for = 6s;
constexpr auto answered = "$JS.API.STREAM.INFO.";
constexpr auto unanswered = "$JS.API.STREAM.INFX.";

/// What the nodes ask about the streams of zones, and what the server is to hear instead.
std::vector<proxy::replacement> questions_about(const cluster& on,
                                                const std::vector<std::size_t>& zones) {
  std::vector<proxy::replacement> questions;
  for (const auto zone : zones) {
    const auto& name = on.zones()[zone];
    for (const auto& stream :
         {wire::input_stream(wire::default_root, name), wire::log_stream(wire::default_root, name),
          wire::output_stream(wire::default_root, name)}) {
      questions.push_back({answered + stream + " ", unanswered + stream + " "});
    }
  }
  return questions;
}

/// As an operator does.
void resize(run& in, const std::string& zone, std::int64_t bytes) {
  auto process = value_of(
      nats::process_handle::start({DISPATCHCTL_PROGRAM, "--server", in.on().where().urls(), "zone",
                                   "resize", zone, "--log-bytes", std::to_string(bytes)},
                                  "/dev/null"));
  if (const auto status = integration::wait_for_end(process); status != 0) {
    throw std::runtime_error("dispatchctl zone resize ended with " + std::to_string(status));
  }
}

/// How many there were.
std::size_t delete_consumers_of(nats::connection& on, const std::string& stream) {
  const auto answer =
      value_of(nats::api::call_or_fail(on, "CONSUMER.NAMES." + stream, nlohmann::json::object()));
  const auto names = nlohmann::json::parse(answer.body).value("consumers", nlohmann::json::array());
  for (const auto& name : names) {
    // One may vanish by itself before it is asked to.
    (void)nats::api::call(on, "CONSUMER.DELETE." + stream + "." + name.get<std::string>());
  }
  return names.size();
}

} // namespace

/// It is given room when the zone stands.
void fill_log(run& in) {
  auto& connection = *in.on().on();
  const auto zone = in.some_zone({zone_kind::steady, zone_kind::operators});
  const auto log =
      value_of(nats::describe_stream(connection, wire::log_stream(wire::default_root, zone)));
  in.begin("log full", zone, in.only(zone));
  const auto narrowed =
      nats::resize_stream(connection, wire::log_stream(wire::default_root, zone),
                          static_cast<std::int64_t>(log.state.bytes) + room_bytes, {});
  if (!narrowed) {
    throw std::runtime_error(narrowed.error().what);
  }
  in.traffic().await_silence(zone, silence);
  resize(in, zone, log.settings.bytes_max);
  in.recovered();
}

/// Of the zone's commands and of its log.
void delete_consumers(run& in) {
  auto& connection = *in.on().on();
  const auto zone = in.some_zone();
  const auto input = wire::input_stream(wire::default_root, zone);
  in.begin("consumers deleted", zone, in.only(zone));
  const auto deleted = delete_consumers_of(connection, input) +
                       delete_consumers_of(connection, wire::log_stream(wire::default_root, zone));
  if (deleted == 0) {
    in.violated("nobody reads zone " + zone);
  }
  in.recovered();
}

/// Of two zones that get a new owner: whoever opens one waits for an answer in vain. All others are
/// struck, and must not wait with it.
void leave_streams_unanswered(run& in) {
  auto& on = in.on();
  const auto killed = in.some_owner();
  auto mute = on.zones_of(killed);
  mute.resize(std::min(mute.size(), mute_zones));
  std::vector<std::size_t> others;
  std::ranges::set_difference(in.all_zones(), on.zones_of(killed), std::back_inserter(others));
  // Somebody listens, so that the server does not say at once that nobody does.
  const auto deaf = value_of(on.on()->subscribe(std::string{unanswered} + ">", [](const auto&) {}));
  for (const auto& node : on.nodes()) {
    on.each_wire(node, [&](proxy& wire) { wire.rewrite(questions_about(on, mute)); });
  }
  in.begin("streams do not answer", killed, others, on.zones_of(killed));
  on.kill(killed);
  in.traffic().await_silence(on.zones()[mute.front()], silence);
  in.traffic().is_answered_within(unanswered_for, mute, steady::now());
  in.recovered();
  for (const auto& node : on.nodes()) {
    on.each_wire(node, [](proxy& wire) { wire.rewrite({}); });
  }
  on.start(killed);
}

/// As after a loss of the bucket; then somebody has to take zones over.
void recreate_leases(run& in) {
  auto& on = in.on();
  const auto node = in.some_owner();
  const auto zones = on.zones_of(node);
  on.recreate_leases();
  in.begin("leases recreated, kill -9 node", node, zones);
  on.kill(node);
  in.recovered();
  on.start(node);
}

} // namespace dispatch::nemesis
