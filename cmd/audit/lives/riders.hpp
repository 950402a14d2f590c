#pragma once

#include "cmd/audit/findings.hpp"
#include "cmd/audit/lives/orders.hpp"
#include "messages/entities/rider.hpp"
#include "messages/records/event.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch::audit {

/// What is known of one rider by its events.
struct rider_life {
  bool known = false;
  bool on_shift = false;
  bool arrived = false; ///< stands at the first stop
  bool paused = false;  ///< by an operator
  bool on_break = false;
  bool leaving = false;             ///< for another zone
  std::optional<timestamp> ends_at; ///< when the shift ends by itself
  std::uint32_t capacity = 0;
  std::vector<stop> route;
  std::set<std::string> on_board;  ///< orders
  std::set<std::string> returning; ///< of these: brought back
  std::optional<offer> open;
};

/// Checks the lives of riders against a table, their routes, the load on board at every point, and
/// that every offer ends exactly once.
class rider_lives {
public:
  rider_lives(findings& found, order_lives& orders) : found_(found), orders_(orders) {}

  void apply(std::uint64_t number, const event& e, const rider_event& body);

  void count(audit_report& report) const;

private:
  struct applier;

  findings& found_;
  order_lives& orders_;
  std::unordered_map<std::string, rider_life> riders_;
  std::unordered_map<std::string, bool> offers_; ///< by id: whether it has ended
};

} // namespace dispatch::audit
