#pragma once

#include <cstdint>
#include <string>

namespace dispatch::nemesis {

/// What a zone is, by what is said to it while faults strike.
enum class zone_kind : std::uint8_t {
  steady,    ///< riders come and go, orders are placed and cancelled
  operators, ///< orders are held, assigned and given up, and riders paused
  city,      ///< a city lives there; beside it only probes, fewer than commands elsewhere
  quiet,     ///< probes, and only when they are asked for
};

/// A command, and the event that it must lead to.
struct line {
  std::string entity; ///< such as `order.o7`
  std::string verb;   ///< with the operator, such as `hold.nemesis`
  std::string body;
  std::string expected; ///< name of the event
  bool follows = false; ///< the event comes after others that name the command, and names none
  std::string row = {}; ///< lines in the same row wait for each other; empty: that of the entity
};

/// What a zone's sender says in a step. Each line is possible once the lines of the same row before
/// it have had their outcome.
line line_of(zone_kind kind, std::uint64_t step);

} // namespace dispatch::nemesis
