#include "tests/nemesis/faults.hpp"

namespace dispatch::nemesis {

/// Another node goes on with its zones, then it comes back.
void kill_owner(run& in) {
  auto& on = in.on();
  const auto node = in.some_owner();
  in.begin("kill -9 node", node, on.zones_of(node));
  on.kill(node);
  in.recovered();
  on.start(node);
}

/// It sleeps until others have its zones, and wakes with what it had in hand.
void pause_owner(run& in) {
  auto& on = in.on();
  const auto node = in.some_owner();
  in.begin("SIGSTOP node", node, on.zones_of(node));
  on.pause(node);
  in.recovered();
  on.resume(node);
}

/// An operator empties a node and lets it have its zones again.
void drain_node(run& in) {
  auto& on = in.on();
  const auto node = in.some_owner();
  in.begin("drain node", node, on.zones_of(node));
  on.drain(node);
  on.await(node + " without zones", [&] { return on.zones_of(node).empty(); });
  in.recovered();
  on.undrain(node);
}

/// It ends as it is asked to, and comes back.
void stop_node(run& in) {
  auto& on = in.on();
  const auto node = in.some_owner();
  in.begin("SIGTERM node", node, on.zones_of(node));
  on.stop(node);
  in.recovered();
  on.start(node);
}

} // namespace dispatch::nemesis
