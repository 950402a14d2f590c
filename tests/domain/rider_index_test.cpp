#include "actors/domain/matching/rider_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

using fleet = std::map<std::string, place>;
using sighting = std::pair<double, std::string>;

std::vector<sighting> brute_force(const fleet& riders, const place& centre, double radius_m) {
  std::vector<sighting> all;
  for (const auto& [rider, at] : riders) {
    const double distance = distance_m(centre, at);
    if (distance <= radius_m) {
      all.emplace_back(distance, rider);
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<sighting> found_within(const rider_index& index, const place& centre, double radius_m) {
  std::vector<sighting> all;
  for (const auto& one : index.within(centre, radius_m)) {
    all.emplace_back(one.distance_m, one.rider);
  }
  return all;
}

std::vector<sighting> found_nearest(const rider_index& index, const place& centre, double radius_m,
                                    std::size_t count) {
  std::vector<sighting> some;
  index.nearest(centre, radius_m, [&](const rider_index::found& one) {
    some.emplace_back(one.distance_m, one.rider);
    return some.size() < count;
  });
  return some;
}

double wrapped(double longitude) {
  return longitude > 180.0 ? longitude - 360.0 : longitude < -180.0 ? longitude + 360.0 : longitude;
}

/// A region of the given size in degrees around a middle, over the antimeridian if need be.
struct region {
  const char* name;
  place middle;
  double latitude_span;
  double longitude_span;

  template <class Random> place any(Random& random) const {
    std::uniform_real_distribution<> part(-0.5, 0.5);
    const double latitude = middle.latitude + latitude_span * part(random);
    return {std::clamp(latitude, -90.0, 90.0),
            wrapped(middle.longitude + longitude_span * part(random))};
  }
};

const std::vector<region> regions{
    {"a city", {30.3, 120.1}, 0.3, 0.3},
    {"a crowd in one cell", {30.3, 120.1}, 0.001, 0.001},
    {"the corner of four largest cells", {0.0, 0.0}, 0.1, 0.1},
    {"the antimeridian", {-17.0, 180.0}, 0.3, 0.3},
    {"the far north", {78.2, 15.6}, 0.3, 2.0},
    {"the north pole", {90.0, 0.0}, 0.2, 360.0},
    {"the south pole", {-90.0, 0.0}, 0.002, 360.0},
    {"the whole Earth", {0.0, 0.0}, 180.0, 360.0},
};

} // namespace

TEST_CASE("rider index: the same as brute force, wherever and however far") {
  std::mt19937 random(1);
  for (const region& area : regions) {
    CAPTURE(area.name);
    for (const int size : {1, 30, 3'000}) {
      fleet riders;
      rider_index index;
      for (int i = 0; i < size; ++i) {
        const std::string rider = "rider-" + std::to_string(i);
        riders[rider] = area.any(random);
        index.put(rider, riders[rider]);
      }
      for (const double radius_m : {0.0, 50.0, 700.0, 5'000.0, 15'000.0, 3e6, 2.1e7}) {
        CAPTURE(radius_m);
        for (int query = 0; query < 6; ++query) {
          const place centre = query == 0 ? riders["rider-0"] : area.any(random);
          const auto expected = brute_force(riders, centre, radius_m);
          REQUIRE(found_within(index, centre, radius_m) == expected);
          const std::size_t count = std::min<std::size_t>(24, expected.size());
          auto nearest = found_nearest(index, centre, radius_m, 24);
          REQUIRE(nearest ==
                  std::vector<sighting>(expected.begin(),
                                        expected.begin() + static_cast<std::ptrdiff_t>(count)));
        }
      }
    }
  }
}

TEST_CASE("rider index: riders on cell borders and in shared places come by distance, then id") {
  rider_index index;
  fleet riders;
  const auto [low, high] = bounds_of(cell_of({30.3, 120.1}, 6));
  const double width = high.longitude - low.longitude;
  const double height = high.latitude - low.latitude;
  int next = 0;
  for (int row = -6; row <= 6; ++row) {
    for (int column = -6; column <= 6; ++column) {
      for (int twin = 0; twin < 2; ++twin) {
        const std::string rider = std::to_string(next++ * 7919 % 1'000);
        const place at{low.latitude + row * height, low.longitude + column * width};
        riders[rider] = at;
        index.put(rider, at);
      }
    }
  }
  for (const place& centre : {low, high, centre_of(cell_of(low, 6)), place{30.31, 120.1}}) {
    const auto expected = brute_force(riders, centre, 5'000.0);
    REQUIRE(expected.size() > 50);
    CHECK(found_within(index, centre, 5'000.0) == expected);
  }
}

TEST_CASE("rider index: the radius is inclusive, and nothing is found in a negative or no radius") {
  rider_index index;
  const place centre{30.0, 120.0};
  const place at{30.01, 120.01};
  CHECK(index.within(centre, 1e9).empty());
  index.put("a", at);
  const double distance = distance_m(centre, at);
  CHECK(index.within(centre, distance).size() == 1);
  CHECK(index.within(centre, std::nextafter(distance, 0.0)).empty());
  CHECK(index.within(at, 0.0).size() == 1);
  CHECK(index.within(at, -1.0).empty());
  CHECK(index.within(at, std::nan("")).empty());
}

TEST_CASE("rider index: a visit stops at once when it is told to") {
  rider_index index;
  for (int i = 0; i < 100; ++i) {
    index.put(std::to_string(i), {30.0 + i * 0.001, 120.0});
  }
  for (const std::size_t count : {std::size_t{1}, std::size_t{7}, std::size_t{100}}) {
    CHECK(found_nearest(index, {30.0, 120.0}, 1e6, count).size() == count);
  }
}

TEST_CASE("rider index: neither the order of insertion nor the past shows") {
  std::mt19937 random(2);
  fleet riders;
  std::vector<std::string> ids;
  for (int i = 0; i < 500; ++i) {
    ids.push_back(std::to_string(i));
    // A coarse lattice, so that many are equally far.
    const auto step = [&] { return 0.005 * static_cast<double>(random() % 9); };
    riders[ids.back()] = {30.0 + step(), 120.0 + step()};
  }
  const place centre{30.02, 120.02};
  const auto expected = brute_force(riders, centre, 4'000.0);
  for (int round = 0; round < 10; ++round) {
    std::shuffle(ids.begin(), ids.end(), random);
    rider_index index;
    for (const std::string& id : ids) {
      index.put("gone-" + id, riders[id]);
      index.put(id, regions[random() % regions.size()].any(random));
    }
    for (const std::string& id : ids) {
      index.put(id, riders[id]);
      index.erase("gone-" + id);
    }
    REQUIRE(index.size() == ids.size());
    REQUIRE(found_within(index, centre, 4'000.0) == expected);
    REQUIRE(found_nearest(rider_index(index), centre, 4'000.0, 1'000) == expected);
  }
}

TEST_CASE("rider index: put and erase, checked at every step") {
  std::mt19937 random(3);
  const region& area = regions.front();
  rider_index index;
  fleet riders;
  for (int step = 0; step < 4'000; ++step) {
    const std::string rider = std::to_string(random() % 60);
    if (random() % 3 == 0) {
      index.erase(rider);
      riders.erase(rider);
    } else {
      const bool nearby = random() % 2 == 0 && riders.count(rider) != 0;
      const place at =
          nearby ? place{riders[rider].latitude + 1e-5, riders[rider].longitude} : area.any(random);
      index.put(rider, at);
      riders[rider] = at;
    }
    REQUIRE(index.size() == riders.size());
    const place centre = area.any(random);
    REQUIRE(found_within(index, centre, 9'000.0) == brute_force(riders, centre, 9'000.0));
  }
}
