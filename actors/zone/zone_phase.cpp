#include "actors/zone/zone_phase.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dispatch {

namespace {

using phase = zone_phase;

constexpr std::array<std::pair<zone_phase, zone_phase>, 14> steps = {{
    {phase::closed, phase::idle},
    {phase::idle, phase::deciding},
    {phase::deciding, phase::planning},
    {phase::planning, phase::proposing},
    {phase::planning, phase::settling},
    {phase::proposing, phase::settling},
    {phase::settling, phase::appending},
    {phase::appending, phase::idle},
    {phase::planning, phase::idle},
    {phase::deciding, phase::idle},
    {phase::proposing, phase::idle},
    {phase::settling, phase::idle},
    {phase::idle, phase::drained},
    {phase::closed, phase::drained},
}};

} // namespace

std::string_view to_string(zone_phase phase) {
  switch (phase) {
  case phase::closed:
    return "closed";
  case phase::idle:
    return "idle";
  case phase::deciding:
    return "deciding";
  case phase::planning:
    return "planning";
  case phase::proposing:
    return "proposing";
  case phase::settling:
    return "settling";
  case phase::appending:
    return "appending";
  case phase::halted:
    return "halted";
  case phase::drained:
    return "drained";
  }
  return "";
}

bool may_follow(zone_phase from, zone_phase to) {
  if (to == phase::halted) {
    return from != phase::halted && from != phase::drained;
  }
  return std::find(steps.begin(), steps.end(), std::pair{from, to}) != steps.end();
}

} // namespace dispatch
