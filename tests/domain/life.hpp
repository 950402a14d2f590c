#pragma once

#include "messages/records/record.hpp"
#include "messages/time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dispatch::domain {

/// What a life of the city came to.
struct life_result {
  std::string wrong;           ///< empty: everything held
  int wanted = 0;              ///< orders that could be delivered
  int delivered = 0;           ///< of these
  std::vector<double> waits_s; ///< of the delivered ones, since they could be had, ascending
  double outages_s = 0.0;
  int turns = 0;
  std::size_t asked = 0; ///< of the routing engine: orders whose ways it was to tell

  double wait_s(int percent) const {
    return waits_s.empty()
               ? 0.0
               : waits_s[(waits_s.size() - 1) * static_cast<std::size_t>(percent) / 100];
  }
};

/// Lets a city live with two zones until every order has ended, and judges every turn.
using record_watch = std::function<void(std::size_t reserved, const record& made)>;
life_result live(std::uint64_t seed, bool with_mishaps, const record_watch& watch = {});

} // namespace dispatch::domain
