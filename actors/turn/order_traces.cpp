#include "actors/turn/order_traces.hpp"

namespace dispatch {

namespace {

bool ends(const order_event& body) {
  return std::holds_alternative<order_delivered>(body) ||
         std::holds_alternative<order_cancelled>(body) ||
         std::holds_alternative<order_undeliverable>(body) ||
         std::holds_alternative<order_returned>(body) ||
         std::holds_alternative<order_written_off>(body) ||
         std::holds_alternative<order_refund_requested>(body);
}

} // namespace

void order_traces::note(const event& e) {
  const auto* body = std::get_if<order_event>(&e.body);
  if (body == nullptr) {
    return;
  }
  if (ends(*body)) {
    by_order_.erase(e.entity.id);
  } else if (!e.command_id.empty() && !e.trace.empty()) {
    by_order_.insert_or_assign(e.entity.id, e.trace);
  }
}

const std::string* order_traces::find(const std::string& order) const {
  const auto known = by_order_.find(order);
  return known == by_order_.end() ? nullptr : &known->second;
}

} // namespace dispatch
