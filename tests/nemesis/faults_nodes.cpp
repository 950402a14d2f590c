#include "tests/nemesis/faults.hpp"

#include <algorithm>

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

/// The operator thinks better of it while the zones are on their way.
void take_drain_back(run& in) {
  auto& on = in.on();
  const auto node = in.some_owner();
  const auto zones = on.zones_of(node);
  in.begin("drain taken back", node, zones);
  on.drain(node);
  on.await("another owner of a zone of " + node, [&] {
    const auto owned_by = on.owners();
    return std::ranges::any_of(zones, [&](std::size_t zone) {
      const auto owner = owned_by.find(on.zones()[zone]);
      return owner != owned_by.end() && owner->second != node;
    });
  });
  on.undrain(node);
  in.recovered();
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
