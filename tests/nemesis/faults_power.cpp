#include "messages/nats/connection/api.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/harness.hpp"
#include "tests/nemesis/faults.hpp"

#include <nlohmann/json.hpp>

namespace dispatch::nemesis {

namespace {

/// Their disks hold what was copied; the nodes live.
void lose_what_came_since(servers& all) {
  all.kill_all();
  all.restore_stores();
  all.start_all();
}

} // namespace

/// All nodes know what was lost.
void cut_power(run& in) {
  auto& servers = in.on().where();
  servers.copy_stores();
  in.answered();
  in.begin("power cut", "", in.all_zones());
  lose_what_came_since(servers);
  in.recovered();
}

/// One node hears nothing from behind the copy until the servers are back.
void cut_power_and_one_off(run& in) {
  auto& servers = in.on().where();
  const auto node = in.some_owner();
  servers.copy_stores();
  in.answered();
  in.on().each_wire(node, [](proxy& wire) { wire.hold({.to_server = true, .to_node = true}); });
  in.answered();
  in.begin("power cut, one cut off", node, in.all_zones());
  lose_what_came_since(servers);
  in.on().each_wire(node, [](proxy& wire) {
    wire.drop();
    wire.hold({});
  });
  in.recovered();
}

/// What the quiet zones' input streams kept has expired; the only commands that came since are
/// lost.
void cut_power_of_quiet(run& in) {
  auto& servers = in.on().where();
  const auto quiet = in.zones_of({zone_kind::quiet});
  for (const auto zone : quiet) {
    const auto input = wire::input_stream(wire::default_root, in.on().zones()[zone]);
    integration::value_of(
        nats::api::call_or_fail(*in.on().on(), "STREAM.PURGE." + input, nlohmann::json::object()));
  }
  servers.copy_stores();
  in.answered();
  in.begin("power cut, quiet zones", "", quiet);
  lose_what_came_since(servers);
  in.recovered();
}

} // namespace dispatch::nemesis
