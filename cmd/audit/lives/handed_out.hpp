#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/records/event.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch::audit {

/// Follows what stations have handed out: it is delivered, brought back or told as lost, and each
/// order's goods are one of these once, by the end of the record in which the order ends.
class handed_out_check {
public:
  explicit handed_out_check(findings& found) : found_(found) {}

  void apply(std::uint64_t number, const event& e);
  void finish_record(std::uint64_t number);

private:
  /// Of an order with goods that has not ended.
  struct goods_of_order {
    std::vector<goods> items;
    std::string from; ///< station that has handed them out; empty: none, or they are accounted for
  };

  void set_from(const std::string& order, const std::string& station);
  void apply_order(std::uint64_t number, const std::string& id, const order_event& body);
  void check_lost(std::uint64_t number, const std::string& id, const order_goods_lost& body);

  findings& found_;
  std::unordered_map<std::string, goods_of_order> orders_;
  std::set<std::string> ended_; ///< in the record in hand
};

} // namespace dispatch::audit
