#include "messages/nats/api.hpp"
#include "messages/nats/child_process.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/harness.hpp"
#include "tests/nemesis/faults.hpp"

#include <nlohmann/json.hpp>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;
using integration::value_of;

/// Above what the log holds, so that nothing is cut off by what is appended meanwhile.
constexpr std::int64_t room_bytes = 32 * 1024;
constexpr auto silence = 1s;

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
  const auto zone = in.some_zone();
  const auto log =
      value_of(nats::describe_stream(connection, wire::log_stream(wire::default_root, zone)));
  in.begin("log full", zone, in.only(zone));
  resize(in, zone, static_cast<std::int64_t>(log.state.bytes) + room_bytes);
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

} // namespace dispatch::nemesis
