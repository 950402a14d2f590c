#include "tests/nemesis/faults.hpp"

#include <thread>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;

constexpr int flaps = 6;
/// Shorter and longer than a lease, in turn.
constexpr auto short_cut = 300ms;
constexpr auto long_cut = 1500ms;

void hold(run& in, const std::string& node, proxy::held which) {
  in.on().each_wire(node, [&](proxy& wire) { wire.hold(which); });
}

void drop(run& in, const std::string& node) {
  in.on().each_wire(node, [](proxy& wire) { wire.drop(); });
}

} // namespace

/// Others have the node's zones before it is connected again.
void cut_off(run& in) {
  const auto node = in.some_owner();
  in.begin("partition", node, in.on().zones_of(node));
  hold(in, node, {.to_server = true, .to_node = true});
  in.recovered();
  drop(in, node);
  hold(in, node, {});
}

void cut_one_direction(run& in) {
  const auto node = in.some_owner();
  const auto to_server = in.struck() % 2 == 0;
  in.begin(to_server ? "half-open, mute" : "half-open, deaf", node, in.on().zones_of(node));
  hold(in, node, {.to_server = to_server, .to_node = !to_server});
  in.recovered();
  drop(in, node);
  hold(in, node, {});
}

/// Time is what this fault consists of.
void flap(run& in) {
  const auto node = in.some_owner();
  in.begin("flapping", node, in.on().zones_of(node));
  for (int i = 0; i < flaps; ++i) {
    hold(in, node, {.to_server = true, .to_node = true});
    std::this_thread::sleep_for(i % 2 == 0 ? short_cut : long_cut);
    if (i % 3 == 2) {
      drop(in, node);
    }
    hold(in, node, {});
    std::this_thread::sleep_for(i % 2 == 0 ? long_cut : short_cut);
  }
  in.recovered();
}

/// What the node sent while it was cut off arrives when others have worked on, also on connections
/// that it has given up itself.
void deliver_late(run& in) {
  auto& on = in.on();
  const auto node = in.some_owner();
  in.begin("late bytes", node, on.zones_of(node));
  hold(in, node, {.to_server = true, .to_node = in.struck() % 2 == 0});
  in.recovered();
  std::size_t held = 0;
  on.each_wire(node, [&](const proxy& wire) { held += wire.held_bytes(); });
  if (held == 0) {
    in.violated("nothing was held back of " + node);
  }
  hold(in, node, {});
}

void drop_all_connections(run& in) {
  in.begin("all connections dropped", "", in.all_zones());
  for (const auto& node : in.on().nodes()) {
    drop(in, node);
  }
  in.recovered();
}

} // namespace dispatch::nemesis
