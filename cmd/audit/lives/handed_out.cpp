#include "cmd/audit/lives/handed_out.hpp"

#include <variant>

namespace dispatch::audit {

void handed_out_check::apply(std::uint64_t number, const event& e) {
  if (const auto* of_order = std::get_if<order_event>(&e.body)) {
    apply_order(number, e.entity.id, *of_order);
    return;
  }
  const auto* of_station = std::get_if<station_event>(&e.body);
  if (of_station == nullptr) {
    return;
  }
  if (const auto* consumed = std::get_if<stock_consumed>(of_station)) {
    set_from(consumed->order, e.entity.id);
  } else if (const auto* back = std::get_if<stock_returned>(of_station)) {
    set_from(back->order, {});
  }
}

/// Of an order that was delivered in the same record nothing is known any more.
void handed_out_check::set_from(const std::string& order, const std::string& station) {
  if (const auto known = orders_.find(order); known != orders_.end()) {
    known->second.from = station;
  }
}

void handed_out_check::apply_order(std::uint64_t number, const std::string& id,
                                   const order_event& body) {
  if (const auto* placed = std::get_if<order_placed>(&body)) {
    if (!placed->order.items.empty()) {
      orders_[id].items = placed->order.items;
    }
  } else if (const auto* lost = std::get_if<order_goods_lost>(&body)) {
    check_lost(number, id, *lost);
  } else if (std::holds_alternative<order_delivered>(body)) {
    orders_.erase(id);
  } else if (std::holds_alternative<order_cancelled>(body) ||
             std::holds_alternative<order_undeliverable>(body) ||
             std::holds_alternative<order_returned>(body) ||
             std::holds_alternative<order_written_off>(body)) {
    ended_.insert(id);
  }
}

void handed_out_check::check_lost(std::uint64_t number, const std::string& id,
                                  const order_goods_lost& body) {
  const auto known = orders_.find(id);
  if (known == orders_.end() || known->second.from.empty() || known->second.from != body.station ||
      known->second.items != body.items) {
    found_.add(check::stock_lost, number,
               "Order " + id + " loses goods of station " + body.station +
                   " that it did not have on the way, or others.");
    return;
  }
  known->second.from.clear();
}

void handed_out_check::finish_record(std::uint64_t number) {
  for (const auto& id : ended_) {
    const auto known = orders_.find(id);
    if (known == orders_.end()) {
      continue;
    }
    if (!known->second.from.empty()) {
      found_.add(check::stock_lost, number,
                 "Order " + id + " has ended, and what station " + known->second.from +
                     " handed out for it is neither delivered, nor brought back, nor lost.");
    }
    orders_.erase(known);
  }
  ended_.clear();
}

} // namespace dispatch::audit
