#pragma once

#include "messages/nats/stream_admin.hpp"
#include "messages/wire/zone/zone_definition.hpp"
#include "tests/nemesis/script.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace dispatch::nemesis {

/// What the zones of a run are.
struct zone_settings {
  std::size_t count = 12;
  std::size_t cities = 3; ///< at most a quarter of all
  std::size_t quiet = 3;  ///< likewise
  bool operators = true;
  std::uint32_t standbys = 1;
  int replicas = 1;
  std::chrono::seconds quiet_output_age{0}; ///< quiet zones keep events so long; 0: for ever
};

/// A zone, with what is said to it.
struct planned_zone {
  zone_kind kind = zone_kind::steady;
  zone_definition definition;
  nats::stream_sizes sizes;
};

/// The cities come first, then the quiet ones; of the rest every second has operators, if wanted.
/// The clocks of the cities begin now.
std::vector<planned_zone> plan_zones(const zone_settings& wanted);

} // namespace dispatch::nemesis
