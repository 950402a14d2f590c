#include "messages/nats/stream_admin.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/harness.hpp"
#include "tests/nemesis/faults.hpp"

namespace dispatch::nemesis {

namespace {

constexpr int idle_rounds = 2;

void await_no_events(run& in, const std::string& zone) {
  const auto output = wire::output_stream(wire::default_root, zone);
  integration::await("an output stream without events", [&] {
    return integration::value_of(nats::describe_stream(*in.on().on(), output)).state.messages == 0;
  });
}

/// The quiet zone's owner of the moment, whom it leaves when its events have expired.
std::string begin_with_quiet(run& in, const std::string& kind) {
  const auto zone = in.some_zone({zone_kind::quiet});
  await_no_events(in, zone);
  const auto node = in.on().owner_of(zone);
  in.begin(kind, node, in.on().zones_of(node));
  return node;
}

} // namespace

void drain_from_quiet(run& in) {
  auto& on = in.on();
  const auto node = begin_with_quiet(in, "drain, no events kept");
  on.drain(node);
  on.await(node + " without zones", [&] { return on.zones_of(node).empty(); });
  in.recovered();
  on.undrain(node);
}

void stop_owner_of_quiet(run& in) {
  const auto node = begin_with_quiet(in, "SIGTERM, no events kept");
  in.on().stop(node);
  in.recovered();
  in.on().start(node);
}

void kill_owner_of_quiet(run& in) {
  const auto node = begin_with_quiet(in, "kill -9, no events kept");
  in.on().kill(node);
  in.recovered();
  in.on().start(node);
}

/// Nobody dies, and nothing is said to it meanwhile.
void open_idle(run& in) {
  auto& on = in.on();
  const auto zone = in.some_zone({zone_kind::quiet});
  in.begin("openings without input", zone, in.all_zones());
  for (int round = 0; round < idle_rounds; ++round) {
    const auto node = on.owner_of(zone);
    on.drain(node);
    on.await(node + " without zones", [&] { return on.zones_of(node).empty(); });
    on.await_balance();
    on.undrain(node);
    on.await_balance();
  }
  if (on.metric(on.owner_of(zone), "dispatch_zone_careful", zone) != 0.0) {
    in.violated("zone " + zone + " is careful, though no owner of it died");
  }
  in.recovered();
}

} // namespace dispatch::nemesis
