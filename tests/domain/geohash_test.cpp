#include "actors/domain/geohash.hpp"

#include <GeographicLib/Geodesic.hpp>
#include <GeographicLib/Geohash.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

std::string oracle_text(const place& at, std::size_t precision) {
  std::string text;
  GeographicLib::Geohash::Forward(at.latitude, at.longitude, static_cast<int>(precision), text);
  return text;
}

/// Points everywhere: uniform, near the poles, near the antimeridian and exactly on borders.
class random_places {
public:
  explicit random_places(unsigned seed) : random_(seed) {}

  place next() {
    switch (pick(4)) {
    case 0:
      return {pole(), longitude(random_)};
    case 1:
      return {latitude(random_), antimeridian()};
    case 2:
      return border();
    default:
      return {latitude(random_), longitude(random_)};
    }
  }

  int pick(int choices) { return std::uniform_int_distribution<int>(0, choices - 1)(random_); }

  /// A point at this distance on the ellipsoid, in a random direction.
  place beside(const place& at, double range_m) {
    place found;
    GeographicLib::Geodesic::WGS84().Direct(at.latitude, at.longitude, longitude(random_), range_m,
                                            found.latitude, found.longitude);
    return found;
  }

  double up_to(double limit) { return std::uniform_real_distribution<>(0.0, limit)(random_); }

private:
  double pole() { return (pick(2) == 0 ? 1.0 : -1.0) * (90.0 - std::pow(10.0, -pick(8))); }
  double antimeridian() {
    const double beside = std::pow(10.0, -pick(8));
    return pick(2) == 0 ? 180.0 - beside : beside - 180.0;
  }
  place border() {
    const double step = std::ldexp(180.0, -pick(29));
    const double half = std::ldexp(90.0, -pick(29));
    return {std::floor(latitude(random_) / half) * half,
            std::floor(longitude(random_) / step) * step};
  }

  std::mt19937 random_;
  std::uniform_real_distribution<> latitude{-90.0, 90.0};
  std::uniform_real_distribution<> longitude{-180.0, 180.0};
};

bool contains(const bounds& box, const place& at) {
  return box.south_west.latitude <= at.latitude && at.latitude <= box.north_east.latitude &&
         box.south_west.longitude <= at.longitude && at.longitude <= box.north_east.longitude;
}

} // namespace

TEST_CASE("geohash: known cells") {
  CHECK(to_text(cell_of({57.64911, 10.40744}, 11)) == "u4pruydqqvj");
  CHECK(to_text(cell_of({42.605, -5.603}, 5)) == "ezs42");
  CHECK(to_text(cell_of({0.0, 0.0}, 1)) == "s");
  CHECK(to_text(cell_of({-1e-15, -1e-15}, 1)) == "7");
}

TEST_CASE("geohash: text and cell agree with the oracle at every precision") {
  random_places places(1);
  for (int i = 0; i < 20'000; ++i) {
    const place at = places.next();
    const auto precision = static_cast<std::size_t>(1 + i % static_cast<int>(precision_max));
    const cell c = cell_of(at, precision);
    CAPTURE(at.latitude);
    CAPTURE(at.longitude);
    REQUIRE(to_text(c) == oracle_text(at, precision));
    REQUIRE(parse_cell(to_text(c)) == c);
    REQUIRE(contains(bounds_of(c), at));

    place centre;
    place corner;
    int length = 0;
    GeographicLib::Geohash::Reverse(to_text(c), centre.latitude, centre.longitude, length);
    GeographicLib::Geohash::Reverse(to_text(c), corner.latitude, corner.longitude, length, false);
    REQUIRE(length == static_cast<int>(precision));
    REQUIRE(centre_of(c) == centre);
    REQUIRE(bounds_of(c).south_west == corner);
  }
}

TEST_CASE("geohash: the poles and the antimeridian belong to the last cell") {
  for (std::size_t precision = 1; precision <= precision_max; ++precision) {
    CAPTURE(precision);
    CHECK(to_text(cell_of({90.0, 180.0}, precision)) == std::string(precision, 'z'));
    CHECK(to_text(cell_of({-90.0, -180.0}, precision)) == std::string(precision, '0'));
    CHECK(bounds_of(cell_of({12.0, 180.0}, precision)).north_east.longitude == 180.0);
    CHECK(bounds_of(cell_of({90.0, 12.0}, precision)).north_east.latitude == 90.0);
    CHECK(cell_of({90.0, 12.0}, precision) ==
          cell_of({std::nextafter(90.0, 0.0), 12.0}, precision));
  }
}

TEST_CASE("geohash: only geohash text is parsed") {
  CHECK(parse_cell("d2g6m")->precision == 5);
  CHECK(parse_cell("zzzzzzzzzzzz")->bits == (std::uint64_t{1} << 60) - 1);
  for (const char* text : {"", "a", "i", "l", "o", "d2g6a", "D2G6M", "d2 6m", "0000000000000"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_cell(text).has_value());
  }
  CHECK_FALSE(parse_cell(std::string_view("d2\0g", 4)).has_value());
}

TEST_CASE("geohash: neighbours are the oracle's cells one step away") {
  random_places places(2);
  for (int i = 0; i < 5'000; ++i) {
    const auto precision = static_cast<std::size_t>(1 + i % static_cast<int>(precision_max));
    const cell c = cell_of(places.next(), precision);
    const auto [low, high] = bounds_of(c);
    const place centre = centre_of(c);
    std::set<std::string> expected;
    for (int row = -1; row <= 1; ++row) {
      for (int column = -1; column <= 1; ++column) {
        const place moved{centre.latitude + row * (high.latitude - low.latitude),
                          centre.longitude + column * (high.longitude - low.longitude)};
        const bool exists = std::abs(moved.latitude) < 90.0;
        // The oracle takes longitudes beyond the antimeridian as they are meant.
        const std::string text = exists ? oracle_text(moved, precision) : "";
        const auto found = offset(c, column, row);
        REQUIRE(found.has_value() == exists);
        if (exists) {
          REQUIRE(to_text(*found) == text);
          expected.insert(text);
        }
      }
    }
    expected.erase(to_text(c));
    std::vector<std::string> texts;
    for (const cell& beside : neighbours(c)) {
      texts.push_back(to_text(beside));
    }
    REQUIRE(texts == std::vector<std::string>(expected.begin(), expected.end()));
  }
}

TEST_CASE("geohash: an offset there and back is the same cell") {
  random_places places(3);
  for (int i = 0; i < 5'000; ++i) {
    const cell c = cell_of(places.next(), 6);
    const int columns = places.pick(100'000) - 50'000;
    const int rows = places.pick(2'000) - 1'000;
    if (const auto moved = offset(c, columns, rows)) {
      REQUIRE(offset(*moved, -columns, -rows) == c);
    }
  }
}

TEST_CASE("geohash: a cover holds every point within the radius") {
  random_places places(4);
  for (int i = 0; i < 600; ++i) {
    const place at = places.next();
    const std::size_t precision = static_cast<std::size_t>(2 + places.pick(4));
    const double cell_m = 40e6 / std::pow(2.0, 2.5 * static_cast<double>(precision));
    const double radius_m = places.up_to(6.0) * cell_m;
    const bool polar = std::abs(at.latitude) + radius_m / 111'000.0 >= 89.0;
    if (polar && precision > 4) {
      continue; // Whole rows: right, but long.
    }
    const auto cells = cover(at, radius_m, precision);
    REQUIRE(std::is_sorted(cells.begin(), cells.end()));
    REQUIRE(std::adjacent_find(cells.begin(), cells.end()) == cells.end());
    for (int j = 0; j < 50; ++j) {
      const place point = places.beside(at, places.up_to(radius_m * 1.01));
      if (distance_m(at, point) <= radius_m) {
        CAPTURE(at.latitude);
        CAPTURE(at.longitude);
        CAPTURE(radius_m);
        REQUIRE(std::binary_search(cells.begin(), cells.end(), cell_of(point, precision)));
      }
    }
  }
}

TEST_CASE("geohash: a cover is no larger than it must be") {
  CHECK(cover({0.02, 0.02}, 0.0, 5) == std::vector{cell_of({0.02, 0.02}, 5)});
  CHECK(cover({0.0, 0.0}, 100.0, 5).size() == 4);
  CHECK(cover({0.0, 180.0}, 100.0, 5).size() == 4);
  CHECK(cover({0.02, 0.02}, 5'000.0, 5).size() == 9);
  CHECK(cover({10.0, 20.0}, 20'100'000.0, 2).size() == 1024);
  CHECK(cover({89.99, 20.0}, 10'000.0, 2).size() == 32);
}

TEST_CASE("distance: within 0.6 % of the ellipsoid's, symmetric, zero at the same point") {
  random_places places(5);
  for (int i = 0; i < 10'000; ++i) {
    const place a = places.next();
    const place b = i % 2 == 0 ? places.next() : places.beside(a, places.up_to(30'000.0));
    double expected = 0.0;
    GeographicLib::Geodesic::WGS84().Inverse(a.latitude, a.longitude, b.latitude, b.longitude,
                                             expected);
    CAPTURE(expected);
    REQUIRE(std::abs(distance_m(a, b) - expected) <= 0.006 * expected + 0.0005 + 1e-6);
    REQUIRE(distance_m(a, b) == distance_m(b, a));
    REQUIRE(distance_m(a, a) == 0.0);
  }
  CHECK(distance_m({0.0, 0.0}, {0.0, 180.0}) == doctest::Approx(std::numbers::pi * earth_radius_m));
  CHECK(distance_m({0.0, 180.0}, {0.0, -180.0}) == doctest::Approx(0.0).epsilon(1e-6));
}

/// The CTest list runs it once more without the instructions that some processors lack, for which
/// glibc has other sines.
TEST_CASE("distance: the same on every processor") {
  std::mt19937_64 random{7};
  const auto degrees = [&random](double from, double span) {
    return from + span * static_cast<double>(random() >> 11U) / 9007199254740992.0;
  };
  std::uint64_t hash = 14695981039346656037U; // FNV-1a
  for (int i = 0; i < 20'000; ++i) {
    const place a{degrees(30.0, 0.2), degrees(120.0, 0.2)};
    const place b{degrees(30.0, 0.2), degrees(120.0, 0.2)};
    hash = (hash ^ std::bit_cast<std::uint64_t>(distance_m(a, b))) * 1099511628211U;
  }
  CHECK(hash == 15259802173008314822U);
}
