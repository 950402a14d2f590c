#include "actors/domain/machine.hpp"
#include "actors/turn/turn.hpp"

#include <string_view>
#include <unordered_set>
#include <utility>

/// Which of a turn's commands have to wait until earlier ones have come to rest.
namespace dispatch {

namespace {

/// The order whose rider has to hear of the command; empty: nobody has to.
std::string_view order_told_to_rider(const entity_ref& target, const command_body& body) {
  const auto* of_order = std::get_if<order_command>(&body);
  const auto is_told = of_order != nullptr && (std::holds_alternative<cancel_order>(*of_order) ||
                                               std::holds_alternative<assign_order>(*of_order) ||
                                               std::holds_alternative<write_off_order>(*of_order) ||
                                               std::holds_alternative<unassign_order>(*of_order) ||
                                               std::holds_alternative<pass_deadline>(*of_order) ||
                                               std::holds_alternative<ready_order>(*of_order));
  return is_told ? std::string_view{target.id} : std::string_view{};
}

/// The order with which the rider's command is a step; empty: none.
std::string_view order_of_step(const command_body& body) {
  const auto* of_rider = std::get_if<rider_command>(&body);
  if (of_rider == nullptr) {
    return {};
  }
  return std::visit(domain::overloaded{
                        [](const arrive_at_stop& c) { return std::string_view{c.order}; },
                        [](const pick_up_order& c) { return std::string_view{c.order}; },
                        [](const deliver_order& c) { return std::string_view{c.order}; },
                        [](const fail_delivery& c) { return std::string_view{c.order}; },
                        [](const auto&) { return std::string_view{}; },
                    },
                    *of_rider);
}

bool accepts_offer(const command_body& body) {
  const auto* of_rider = std::get_if<rider_command>(&body);
  return of_rider != nullptr && std::holds_alternative<accept_offer>(*of_rider);
}

/// Whether it can take goods away from an order that a rider is about to pick up.
bool may_take_goods(const entity_ref& target, const command_body& body) {
  const auto* of_station = std::get_if<station_command>(&body);
  return target.kind == entity_kind::station && of_station != nullptr &&
         (std::holds_alternative<close_station>(*of_station) ||
          std::holds_alternative<report_stock>(*of_station) ||
          std::holds_alternative<pass_deadline>(*of_station));
}

/// Whether the rider gives up orders that the command does not name.
bool gives_up_route(const command_body& body) {
  const auto* of_rider = std::get_if<rider_command>(&body);
  if (of_rider == nullptr) {
    return false;
  }
  const auto* end = std::get_if<end_shift>(of_rider);
  return std::holds_alternative<report_breakdown>(*of_rider) || (end != nullptr && end->hand_back);
}

} // namespace

void turn::split_into_segments(std::vector<work_item> items) {
  std::unordered_set<std::string> told; // to riders, in the segment that is being filled
  std::unordered_set<std::string> stepped;
  std::unordered_set<std::string> accepting; // riders
  auto goods_taken = false;                  // perhaps, from any order
  auto gave_up = false;
  segments_.emplace_back();
  for (auto& item : items) {
    const std::string tells{order_told_to_rider(item.target, item.command)};
    const std::string steps{order_of_step(item.command)};
    const auto takes = may_take_goods(item.target, item.command);
    const auto gives_up = gives_up_route(item.command);
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
    if (accepts_offer(item.command)) {
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
