#pragma once

#include "actors/domain/geohash.hpp"
#include "messages/entities/place.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch::domain {

/// Where riders are, by geohash cell, for searches outward from a point. Results never depend on
/// the order of insertion. Right everywhere, the poles and the antimeridian included.
class rider_index {
public:
  /// A rider found, with the straight distance (`distance_m`) from the centre of the search.
  struct found {
    std::string rider;
    double distance_m = 0.0;
  };

  /// Puts the rider there, wherever it was before.
  void put(const std::string& rider, const place& at);
  /// Without effect on an unknown rider.
  void erase(const std::string& rider);
  /// Where the rider was put; nullopt for an unknown one.
  std::optional<place> find(const std::string& rider) const;
  std::size_t size() const { return riders_.size(); }
  /// All ids, ascending.
  std::vector<std::string> riders() const;

  /// All riders within `radius_m` (inclusive), ordered by (distance, id).
  std::vector<found> within(const place& centre, double radius_m) const;

  /// Visits riders within `radius_m` ring by ring, in order of (distance, id), until
  /// `visit(const found&)` returns false. Reads only the cells that it needs, and never more than
  /// twice as many as are occupied. `visit` must not change the index.
  template <class Visit> void nearest(const place& centre, double radius_m, Visit visit) const {
    search riders(*this, centre, radius_m);
    while (const found* next = riders.next()) {
      if (!visit(*next)) {
        return;
      }
    }
  }

private:
  /// A point on the unit sphere.
  struct direction {
    double x = 0.0;
    double y = 0.0;
    double z = 0.0;
  };
  static direction direction_of(const place& at);

  struct entry {
    std::string rider;
    place at;
    direction towards;
  };

  struct location {
    std::uint64_t cell = 0;
    std::size_t index = 0; ///< in the cell's entries
  };

  /// A walk outward. Rings of cells are read into a heap; a rider leaves it when no unread cell
  /// can hold a nearer one, or one as near with a smaller id.
  class search {
  public:
    search(const rider_index& index, const place& centre, double radius_m);

    /// The next rider, valid until the next call; null when there is none.
    const found* next();

  private:
    /// At first with the chord, which is cheap and never longer than the distance.
    struct candidate {
      double distance_m = 0.0;
      const entry* rider = nullptr;
      bool exact = false;
    };
    static bool later(const candidate& a, const candidate& b);

    void read_more();
    void read_ring();
    void read_rest();
    void read_cell(int column, int row);
    void add(const entry& rider);
    double unread_from_m() const;

    const rider_index& index_;
    place centre_;
    direction towards_;
    double radius_m_;
    cell home_;
    bounds home_bounds_;
    int rings_ = 0;       ///< read completely
    double safe_m_ = 0.0; ///< every rider nearer than this has been read
    bool complete_ = false;
    std::vector<candidate> heap_; ///< the nearest in front
    candidate last_;              ///< returned last
    found found_;
  };

  std::unordered_map<std::uint64_t, std::vector<entry>> cells_; ///< none is empty
  std::unordered_map<std::string, location> riders_;
};

} // namespace dispatch::domain
