#pragma once

#include "cmd/dispatch-bench/report.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dispatch::bench {

struct nodes_options {
  std::size_t zones = 8;
  std::size_t nodes = 2;
  std::uint32_t standbys = 0;
  std::size_t commands = 40'000; ///< that wait for each zone
  std::uint64_t seed = 1;
};

/// How fast the zones are drained by one node, and by several.
figures measure_nodes(const nodes_options& wanted);

struct idle_options {
  std::size_t zones = 1'000;
  std::size_t nodes = 3;
  std::uint32_t standbys = 1;
  std::chrono::seconds span{10};
};

/// What zones take in which nothing happens.
figures measure_idle(const idle_options& wanted);

} // namespace dispatch::bench
