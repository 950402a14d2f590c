#include "actors/turn/turn.hpp"

#include <concepts>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>

/// Which of a turn's commands have to wait until earlier ones have come to rest.
namespace dispatch {

namespace {

/// What a command has to do with others of the same turn.
struct side_effects {
  bool tells_rider = false; ///< the order's
  bool takes_goods = false; ///< perhaps, from an order that a rider is about to pick up
  bool accepts_offer = false;
  bool gives_up_route = false;   ///< orders that the command does not name
  std::string_view step_of = {}; ///< an order; empty: it is no step
};

side_effects effects_of(const order_command& command) {
  return std::visit(
      []<class Command>(const Command&) {
        return side_effects{.tells_rider = Command::at_order.rider_hears};
      },
      command);
}

side_effects effects_of(const rider_command& command) {
  return std::visit(
      []<class Command>(const Command& c) {
        constexpr route_effect effect = Command::at_rider.route;
        side_effects effects;
        effects.accepts_offer = effect == route_effect::grows;
        effects.gives_up_route = effect == route_effect::given_up;
        if constexpr (effect == route_effect::step) {
          effects.step_of = c.order;
        }
        if constexpr (std::same_as<Command, end_shift>) {
          effects.gives_up_route = c.hand_back;
        }
        return effects;
      },
      command);
}

side_effects effects_of(const station_command& command) {
  return std::visit(
      []<class Command>(const Command&) {
        return side_effects{.takes_goods = Command::at_station.takes_goods};
      },
      command);
}

side_effects effects_of(const zone_command& /*command*/) { return {}; }

} // namespace

void turn::split_into_segments(std::vector<work_item> items) {
  std::unordered_set<std::string> told; // to riders, in the segment that is being filled
  std::unordered_set<std::string> stepped;
  std::unordered_set<std::string> accepting; // riders
  auto goods_taken = false;                  // perhaps, from any order
  auto gave_up = false;
  segments_.emplace_back();
  for (auto& item : items) {
    const auto effects =
        std::visit([](const auto& group) { return effects_of(group); }, item.command);
    const auto tells = effects.tells_rider ? item.target.id : std::string{};
    const std::string steps{effects.step_of};
    const auto takes = effects.takes_goods;
    const auto gives_up = effects.gives_up_route;
    const auto follows = (gives_up || !steps.empty()) && accepting.contains(item.target.id);
    if (follows || (!tells.empty() && (gave_up || stepped.contains(tells))) ||
        (!steps.empty() && told.contains(steps)) || (gives_up && !told.empty()) ||
        (takes && (gave_up || !stepped.empty())) || ((gives_up || !steps.empty()) && goods_taken)) {
      segments_.emplace_back();
      told.clear();
      stepped.clear();
      accepting.clear();
      goods_taken = false;
      gave_up = false;
    }
    goods_taken = goods_taken || takes;
    gave_up = gave_up || gives_up;
    if (effects.accepts_offer) {
      accepting.insert(item.target.id);
    }
    if (!tells.empty()) {
      told.insert(tells);
    }
    if (!steps.empty()) {
      stepped.insert(steps);
    }
    segments_.back().push_back(std::move(item));
  }
}

} // namespace dispatch
