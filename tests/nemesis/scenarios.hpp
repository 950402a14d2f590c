#pragma once

#include "tests/nemesis/run.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::nemesis {

/// A kind of fault, and how often it strikes when nobody says otherwise.
struct scenario {
  const char* name;
  const char* about;
  fault_function strike;
  std::size_t times;
  equipment needs = {};
  std::size_t servers_min = 1;
  budget allowed = {};
  void (*change)(cluster_settings&) = nullptr; ///< what its cluster has else than others
  bool mixes = true;                           ///< with other kinds, on a cluster like theirs
};

/// A new scenario is a function in faults.hpp and a line here.
const std::vector<scenario>& scenarios();

/// Why this machine does not allow it, for people; nullopt when it does.
std::optional<std::string> obstacle_to(const equipment& needed);

/// Gives the process mounts of its own, if it may have them: they end with it. Before any thread.
void prepare_machine();

} // namespace dispatch::nemesis
