#include "cmd/dispatch-bench/measures/drain.hpp"

#include "cmd/dispatch-bench/stream_reader.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/subjects.hpp"

#include <atomic>

namespace dispatch::bench {

namespace {

using cli::exit_code;
using cli::value_or_stop;

output_sizes read_sizes(site& at, const std::string& zone, std::uint64_t commands) {
  const auto on = at.connect("sizes");
  output_sizes sizes;
  sizes.commands = commands;
  const auto log = wire::log_stream("dispatch", zone);
  const auto out = wire::output_stream("dispatch", zone);
  const auto log_end = value_or_stop(nats::api::state_of(*on, log), exit_code::failed);
  const auto out_end = value_or_stop(nats::api::state_of(*on, out), exit_code::failed);
  read_all(on, log, log_end.first_sequence, log_end.last_sequence, [&](const auto& message) {
    ++sizes.records;
    sizes.record_bytes += message.body.size();
  });
  read_all(on, out, out_end.first_sequence, out_end.last_sequence, [&](const auto& message) {
    ++sizes.events;
    sizes.event_bytes += message.body.size();
    sizes.refused += message.subject.ends_with(".refused") ? 1 : 0;
  });
  return sizes;
}

} // namespace

drained drain(site& at, std::optional<node_process>& process, const std::string& zone,
              std::uint64_t commands) {
  const auto on = at.connect("drain");
  std::atomic<steady::rep> opened_at{0};
  const auto opened = wire::subjects{}.event(zone, {entity_kind::zone, "*"}, "opened");
  const auto watch = value_or_stop(on->subscribe(opened,
                                                 [&](const nats::incoming&) {
                                                   opened_at =
                                                       steady::now().time_since_epoch().count();
                                                 }),
                                   exit_code::unavailable);
  process.emplace(at, node_name(1));
  wait_until_announced(*on, *process, zone, commands);
  const auto ended = steady::now();
  const steady::time_point began{steady::duration{opened_at}};
  return {.seconds = seconds_between(began, ended), .sizes = read_sizes(at, zone, commands)};
}

double pull_only(site& at, const std::string& zone, std::uint64_t commands) {
  const auto on = at.connect("pull");
  const auto began = steady::now();
  read_all(on, wire::input_stream("dispatch", zone), 1, commands, [](const auto&) {});
  return seconds_between(began, steady::now());
}

} // namespace dispatch::bench
