#pragma once

#include "actors/domain/dispatcher.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

/// A match in the making. For the dispatcher's own sources only.
namespace dispatch::domain {

/// What each stop of an offered route adds to the record.
inline constexpr std::size_t stop_bytes = 80;

struct dispatcher::matching_run {
  struct held_order {
    std::string id;
    wait why;
    search_result evidence{};
  };
  /// Where to find what belongs to an offer.
  struct made_offer {
    std::size_t search = 0;
    std::size_t proposal = 0;
    std::size_t decision = 0;
  };

  timestamp now;
  const std::string& offer_prefix;
  std::size_t budget_bytes;
  engine_times engine;
  std::size_t offers = 0;
  std::set<std::string> taken{};      ///< riders proposed to in this match
  std::set<std::string> needed{};     ///< riders whom the solution gives to an order
  promised_goods promised{};          ///< in this match
  std::vector<held_order> held{};     ///< due, but not searched for
  std::vector<std::string> unasked{}; ///< due, but travel times have to be asked for first
  std::vector<std::string> searched{};
  std::vector<search_result> searches{}; ///< parallel to searched
  std::vector<made_offer> made{};
  plan result{};

  bool spend(std::size_t bytes) {
    if (bytes > budget_bytes) {
      return false;
    }
    budget_bytes -= bytes;
    return true;
  }

  std::string next_offer_id() { return offer_prefix + "-" + std::to_string(offers++); }
};

} // namespace dispatch::domain
