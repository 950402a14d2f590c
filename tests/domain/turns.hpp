#pragma once

#include "actors/domain/machines/station.hpp"
#include "actors/domain/planning/dispatcher.hpp"
#include "actors/turn/turn.hpp"
#include "actors/whole_zone/entity_hall.hpp"
#include "tests/domain/scenario.hpp"

#include <functional>

/// A whole zone without actors, streams and stores: the turns are the product's.
namespace dispatch::domain {

struct small_zone {
  struct input {
    entity_ref target;
    command_body command;
    bool by_operator = false;
  };

  dispatch::policy policy;
  timestamp now = dawn;
  std::map<std::string, order> orders;
  std::map<std::string, rider> riders;
  std::map<std::string, station> stations;
  std::vector<event> events;
  std::function<void()> after_round = [] {}; ///< states and events are those after the round

  /// Decides commands and what they cause, in one turn. Returns the number of rounds.
  template <class... Inputs> int settle(Inputs... inputs) {
    std::vector<input> all;
    (all.push_back(std::move(inputs)), ...);
    return settle_all(std::move(all));
  }
  int settle_all(std::vector<input> inputs);

  /// Makes an offer, wholly or not at all, and lets what it causes settle. Returns whether it was
  /// made. A proposal without terms is one of orders that take nothing but the rider.
  bool propose(proposal p);

private:
  entity_hall entities() const;
  int run_rounds(turn& current, entity_hall& all);
  void note(const turn& current);

  std::size_t noted_ = 0; ///< events of the turn in hand
};

inline small_zone::input to_order(const std::string& id, order_command command,
                                  bool by_operator = false) {
  return {{entity_kind::order, id}, std::move(command), by_operator};
}

inline small_zone::input to_rider(const std::string& id, rider_command command,
                                  bool by_operator = false) {
  return {{entity_kind::rider, id}, std::move(command), by_operator};
}

inline small_zone::input to_station(const std::string& id, station_command command) {
  return {{entity_kind::station, id}, std::move(command), false};
}

} // namespace dispatch::domain
