#pragma once

#include "actors/domain/geohash.hpp"
#include "actors/errands/travel_desk.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

/// Ways between numbered places, for tests of the desk that asks for them.
namespace dispatch::testing {

inline constexpr timestamp noon{std::chrono::hours{12}};

/// The cell of a place with a number.
inline std::uint64_t at(int number) {
  const place where{7.0 + 0.001 * number, -73.0};
  return domain::cell_of(where, limits::travel_cell_precision).bits;
}

inline travel_leg leg(int from, int to, vehicle by = vehicle::motorcycle) {
  return {by, at(from), at(to)};
}

/// How long ways take in these tests.
inline double seconds(vehicle by, const place& from, const place& to) {
  return domain::distance_m(from, to) +
         (from.latitude < to.latitude ? 1.0 : 2.0) * static_cast<double>(by);
}

inline travel_time timed(const travel_leg& of) {
  const auto centre = [](std::uint64_t bits) {
    return domain::centre_of({bits, limits::travel_cell_precision});
  };
  return {of, seconds(of.by, centre(of.from), centre(of.to))};
}

inline travel_table table_of(const travel_question& asked) {
  travel_table table;
  for (const auto& from : asked.from) {
    for (const auto& to : asked.to) {
      table.emplace_back(seconds(asked.by, from, to));
    }
  }
  return table;
}

using questions = std::vector<travel_desk::numbered_question>;

} // namespace dispatch::testing
