#include "actors/domain/geohash.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace dispatch::domain {
namespace {

constexpr std::string_view digits = "0123456789bcdefghjkmnpqrstuvwxyz";

/// A cell as a column counted from the antimeridian eastwards and a row from the south pole.
struct grid {
  std::uint64_t column = 0;
  std::uint64_t row = 0;
};

unsigned column_bits(std::size_t precision) { return static_cast<unsigned>(5 * precision + 1) / 2; }
unsigned row_bits(std::size_t precision) { return static_cast<unsigned>(5 * precision) / 2; }

void require_precision(std::size_t precision) {
  if (precision == 0 || precision > precision_max) {
    std::fprintf(stderr, "geohash: precision %zu is not 1 to %zu\n", precision, precision_max);
    std::abort();
  }
}

/// Moves bit i of the lower half to bit 2i.
std::uint64_t spread(std::uint64_t x) {
  x = (x | (x << 16)) & 0x0000ffff0000ffff;
  x = (x | (x << 8)) & 0x00ff00ff00ff00ff;
  x = (x | (x << 4)) & 0x0f0f0f0f0f0f0f0f;
  x = (x | (x << 2)) & 0x3333333333333333;
  return (x | (x << 1)) & 0x5555555555555555;
}

/// Moves bit 2i to bit i; the inverse of `spread`, ignoring odd bits.
std::uint64_t gather(std::uint64_t x) {
  x &= 0x5555555555555555;
  x = (x | (x >> 1)) & 0x3333333333333333;
  x = (x | (x >> 2)) & 0x0f0f0f0f0f0f0f0f;
  x = (x | (x >> 4)) & 0x00ff00ff00ff00ff;
  x = (x | (x >> 8)) & 0x0000ffff0000ffff;
  return (x | (x >> 16)) & 0x00000000ffffffff;
}

/// The first bit is always of the longitude, so the parity of the length says which is which.
cell join(const grid& g, std::size_t precision) {
  const std::uint64_t bits = precision % 2 == 0 ? spread(g.column) << 1 | spread(g.row)
                                                : spread(g.row) << 1 | spread(g.column);
  return {bits, static_cast<std::uint8_t>(precision)};
}

grid split(const cell& c) {
  if (c.precision % 2 == 0) {
    return {gather(c.bits >> 1), gather(c.bits)};
  }
  return {gather(c.bits), gather(c.bits >> 1)};
}

/// Which of the 2^bits equal parts of [-span, span] the angle lies in. Angles outside belong to
/// the first or the last. Dividing before adding keeps small negative angles west of zero.
std::uint64_t part_of(double degrees, double span, unsigned bits) {
  const auto half = static_cast<double>(std::uint64_t{1} << (bits - 1));
  const double part = std::floor(degrees / span * half) + half;
  if (!(part > 0.0)) {
    return 0;
  }
  return part < 2.0 * half ? static_cast<std::uint64_t>(part) : (std::uint64_t{1} << bits) - 1;
}

/// The lower border of a part. Exact.
double border_of(std::uint64_t part, double span, unsigned bits) {
  const auto half = static_cast<double>(std::uint64_t{1} << (bits - 1));
  return (static_cast<double>(part) - half) * (span / half);
}

/// Degrees of longitude that a circle extends to each side of its centre, when it holds no pole:
/// where a meridian touches it.
double half_width_degrees(double latitude, double angle) {
  const double sine = std::sin(angle) / std::cos(latitude * radians_per_degree);
  return std::asin(std::min(1.0, sine)) / radians_per_degree;
}

} // namespace

cell cell_of(const place& at, std::size_t precision) {
  require_precision(precision);
  return join({part_of(at.longitude, 180.0, column_bits(precision)),
               part_of(at.latitude, 90.0, row_bits(precision))},
              precision);
}

std::string to_text(const cell& c) {
  std::string text(c.precision, digits.front());
  std::uint64_t rest = c.bits;
  for (auto at = text.rbegin(); at != text.rend(); ++at) {
    *at = digits[rest & 31U];
    rest >>= 5;
  }
  return text;
}

std::optional<cell> parse_cell(std::string_view text) {
  if (text.empty() || text.size() > precision_max) {
    return std::nullopt;
  }
  cell c{0, static_cast<std::uint8_t>(text.size())};
  for (const char letter : text) {
    const std::size_t digit = digits.find(letter);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    c.bits = c.bits << 5 | digit;
  }
  return c;
}

bounds bounds_of(const cell& c) {
  const auto [column, row] = split(c);
  const unsigned columns = column_bits(c.precision);
  const unsigned rows = row_bits(c.precision);
  return {{border_of(row, 90.0, rows), border_of(column, 180.0, columns)},
          {border_of(row + 1, 90.0, rows), border_of(column + 1, 180.0, columns)}};
}

place centre_of(const cell& c) {
  const auto [low, high] = bounds_of(c);
  return {(low.latitude + high.latitude) / 2.0, (low.longitude + high.longitude) / 2.0};
}

std::optional<cell> offset(const cell& c, int columns, int rows) {
  const auto [column, row] = split(c);
  const std::int64_t moved = static_cast<std::int64_t>(row) + rows;
  if (moved < 0 || moved >= std::int64_t{1} << row_bits(c.precision)) {
    return std::nullopt;
  }
  const std::uint64_t column_mask = (std::uint64_t{1} << column_bits(c.precision)) - 1;
  const std::uint64_t wrapped = (column + static_cast<std::uint64_t>(columns)) & column_mask;
  return join({wrapped, static_cast<std::uint64_t>(moved)}, c.precision);
}

std::vector<cell> neighbours(const cell& c) {
  std::vector<cell> around;
  around.reserve(8);
  for (int row = -1; row <= 1; ++row) {
    for (int column = -1; column <= 1; ++column) {
      const auto beside = offset(c, column, row);
      if (beside && *beside != c) {
        around.push_back(*beside);
      }
    }
  }
  std::sort(around.begin(), around.end());
  return around;
}

std::vector<cell> cover(const place& at, double radius_m, std::size_t precision) {
  require_precision(precision);
  // A millimetre covers the rounding of every step below.
  const double angle = (radius_m + 0.001) / earth_radius_m;
  const double south = at.latitude - angle / radians_per_degree;
  const double north = at.latitude + angle / radians_per_degree;
  const unsigned columns = column_bits(precision);
  const std::uint64_t column_count = std::uint64_t{1} << columns;

  std::uint64_t first_column = 0;
  std::uint64_t width = column_count;
  if (south > -90.0 && north < 90.0) {
    const double reach = half_width_degrees(at.latitude, angle);
    const double west = at.longitude - reach;
    const double east = at.longitude + reach;
    first_column = part_of(west < -180.0 ? west + 360.0 : west, 180.0, columns);
    const std::uint64_t last = part_of(east > 180.0 ? east - 360.0 : east, 180.0, columns);
    // A circle without a pole is at most half the Earth wide, so it cannot end where it began.
    width = ((last - first_column) & (column_count - 1)) + 1;
  }

  std::vector<cell> cells;
  const std::uint64_t last_row = part_of(north, 90.0, row_bits(precision));
  for (std::uint64_t row = part_of(south, 90.0, row_bits(precision)); row <= last_row; ++row) {
    for (std::uint64_t step = 0; step < width; ++step) {
      cells.push_back(join({(first_column + step) & (column_count - 1), row}, precision));
    }
  }
  std::sort(cells.begin(), cells.end());
  return cells;
}

double distance_m(const place& a, const place& b) {
  const double half_latitude = std::sin((b.latitude - a.latitude) * radians_per_degree / 2.0);
  const double half_longitude = std::sin((b.longitude - a.longitude) * radians_per_degree / 2.0);
  const double cosines =
      std::cos(a.latitude * radians_per_degree) * std::cos(b.latitude * radians_per_degree);
  const double haversine =
      half_latitude * half_latitude + cosines * half_longitude * half_longitude;
  const double metres = 2.0 * earth_radius_m * std::asin(std::sqrt(std::min(1.0, haversine)));
  return std::round(metres * 1000.0) / 1000.0;
}

} // namespace dispatch::domain
