#pragma once

#include "actors/domain/dispatcher.hpp"
#include "actors/domain/reactions.hpp"
#include "actors/domain/station.hpp"
#include "tests/domain/scenario.hpp"

#include <functional>

/// A whole zone without actors: machines, reactions and proposals, run in rounds as a turn does.
namespace dispatch::domain {

struct small_zone {
  struct input {
    entity_ref target;
    command_body command;
    bool by_operator = false;
  };

  policy rules;
  timestamp now = dawn;
  std::map<std::string, order> orders;
  std::map<std::string, rider> riders;
  std::map<std::string, station> stations;
  std::vector<event> events;
  std::function<void()> after_round = [] {};

  /// Applies commands and what they cause, until all is quiet. Returns the number of rounds.
  template <class... Inputs> int settle(Inputs... inputs) {
    std::vector<input> all;
    (all.push_back(std::move(inputs)), ...);
    return settle_all(std::move(all));
  }
  int settle_all(std::vector<input> inputs) {
    int rounds = 0;
    for (; !inputs.empty(); ++rounds) {
      std::vector<input> caused;
      for (const auto& i : inputs) {
        for (auto& body : apply_one(i).events) {
          events.push_back({i.target, now, {}, {}, std::move(body)});
          for (auto& r : reactions(events.back())) {
            caused.push_back({std::move(r.target), std::move(r.command), i.by_operator});
          }
        }
      }
      inputs = std::move(caused);
      after_round();
    }
    return rounds;
  }

  /// Makes an offer, wholly or not at all. Returns whether it was made.
  bool propose(const proposal& p) {
    std::vector<input> inputs;
    inputs.push_back(
        {{entity_kind::rider, p.rider}, rider_command{propose_offer{p.offer, p.confirmed}}, false});
    std::vector<asked_rider> also;
    for (const auto& other : p.also) {
      inputs.push_back(
          {{entity_kind::rider, other.rider}, rider_command{propose_offer{other.offer}}, false});
      also.push_back({other.offer.id, other.rider, other.pick_up_by});
    }
    auto terms = p.orders;
    if (terms.empty()) { // Orders that take nothing but the rider.
      for (const auto& id : p.offer.orders) {
        terms.push_back({id});
      }
    }
    for (const auto& [id, wants, from, pick_up_by] : terms) {
      const auto command =
          !p.instead_of.empty()
              ? order_command{swap_order{p.offer.id, p.rider, p.instead_of, pick_up_by}}
          : p.confirmed ? order_command{confirm_order{p.offer.id, p.rider, false, from, pick_up_by}}
                        : order_command{offer_order{p.offer.id, p.rider, from, pick_up_by, also}};
      inputs.push_back({{entity_kind::order, id}, command, false});
      if (wants) {
        inputs.push_back({{entity_kind::station, wants->station},
                          station_command{reserve_stock{id, wants->items, wants->until}},
                          false});
      }
    }
    const auto orders_before = orders;
    const auto riders_before = riders;
    const auto stations_before = stations;
    for (const auto& i : inputs) {
      if (apply_one(i).refused != refusal::none) {
        orders = orders_before;
        riders = riders_before;
        stations = stations_before;
        return false;
      }
    }
    return true;
  }

private:
  outcome<event_body> apply_one(const input& i) {
    outcome<event_body> result;
    const context with{i.target.id, now, i.by_operator, rules};
    const auto run = [&](auto& state, const auto& command) {
      auto own = apply(state, command, with);
      result.refused = own.refused;
      for (auto& e : own.events) {
        evolve(state, e);
        result.events.emplace_back(std::move(e));
      }
    };
    if (i.target.kind == entity_kind::order) {
      run(orders[i.target.id], std::get<order_command>(i.command));
    } else if (i.target.kind == entity_kind::station) {
      run(stations[i.target.id], std::get<station_command>(i.command));
    } else {
      run(riders[i.target.id], std::get<rider_command>(i.command));
    }
    return result;
  }
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
