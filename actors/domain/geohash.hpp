#pragma once

#include "messages/entities/place.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch::domain {

inline constexpr double radians_per_degree = std::numbers::pi / 180.0;

/// A geohash cell: `precision` base-32 characters of 5 bits, kept as bits for fast comparison.
/// Precision 5 is about 4.9 x 4.9 km at the equator, 6 is 1.2 x 0.6 km, 7 is 153 x 153 m.
struct cell {
  std::uint64_t bits = 0; ///< the 5 * precision interleaved bits, longitude first
  std::uint8_t precision = 0;

  auto operator<=>(const cell&) const = default;
};

/// Every `precision` below is 1 to this; anything else aborts.
inline constexpr std::size_t precision_max = 12;

/// The mean radius of the Earth (IUGG): that of the sphere of all distances here.
inline constexpr double earth_radius_m = 6'371'008.8;

/// The cell that contains a point. A cell owns its south and west border. The north pole belongs
/// to the last row, longitude 180 to the last column (and -180 to the first).
cell cell_of(const place& at, std::size_t precision);

/// The geohash text, such as `d2g6m`.
std::string to_text(const cell& c);

/// The cell of a geohash text; nullopt on other characters (capitals too), an empty or a too long
/// text.
std::optional<cell> parse_cell(std::string_view text);

struct bounds {
  place south_west;
  place north_east;
};
bounds bounds_of(const cell& c);
place centre_of(const cell& c);

/// The cell `columns` to the east and `rows` to the north. Wraps at the antimeridian; nullopt
/// beyond a pole.
std::optional<cell> offset(const cell& c, int columns, int rows);

/// The up to eight cells around, ordered by bits, without doubles.
std::vector<cell> neighbours(const cell& c);

/// Cells of the given precision that together contain every point within `radius_m` of `at`,
/// ordered by bits. They are all those of a box: rows times columns, so choose the precision to
/// suit the radius. A circle that reaches a pole takes whole rows.
std::vector<cell> cover(const place& at, double radius_m, std::size_t precision);

/// Great-circle distance in metres on a sphere of radius `earth_radius_m` (haversine). Symmetric.
/// Rounded to millimetres: the last bits of sines are not the same on every processor, and what is
/// decided by distances has to be.
double distance_m(const place& a, const place& b);

} // namespace dispatch::domain
