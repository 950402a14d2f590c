#pragma once

#include "messages/entities/place.hpp"
#include "messages/entities/vehicle.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// How long ways take, as a routing engine says.
namespace dispatch {

/// From somewhere in a cell of the geohash grid to somewhere in another one
/// (`limits::travel_cell_precision`; the cells are the bits of a geohash).
struct travel_leg {
  vehicle by = vehicle::motorcycle;
  std::uint64_t from = 0;
  std::uint64_t to = 0;

  auto operator<=>(const travel_leg&) const = default;
};

struct travel_time {
  travel_leg leg;
  double seconds = 0.0;

  bool operator==(const travel_time&) const = default;
};

/// What came of asking for the legs that the search for an order's rider needs. Legs that are
/// missing are not known: the engine failed, or knows no road.
struct travel_answer {
  std::string order;
  std::vector<travel_time> times;

  bool operator==(const travel_answer&) const = default;
};

/// All ways from each of some places to each of others.
struct travel_question {
  vehicle by = vehicle::motorcycle;
  std::vector<place> from;
  std::vector<place> to;
};

/// Seconds from `from[i]` to `to[j]` at `[i * to.size() + j]`; nullopt: no road.
using travel_table = std::vector<std::optional<double>>;

/// Port: a routing engine. May be called from any thread, and many calls may be under way.
class travel_engine {
public:
  virtual ~travel_engine() = default;

  /// Says the table from any thread, or that there is none. An engine that fails may also never
  /// answer: the caller has a time limit.
  virtual void ask(travel_question question,
                   std::function<void(std::optional<travel_table>)> done) = 0;
};

} // namespace dispatch
