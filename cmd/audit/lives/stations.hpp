#pragma once

#include "cmd/audit/findings.hpp"
#include "cmd/audit/lives/hand_overs.hpp"
#include "cmd/audit/lives/orders.hpp"
#include "messages/entities/station.hpp"
#include "messages/records/event.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch::audit {

/// What is known of one station by its events.
struct station_life {
  struct article {
    std::int64_t on_hand = 0;
    std::int64_t reserved = 0;
  };
  bool open = false;
  std::map<std::string, article> stock;
  std::map<std::string, std::vector<goods>> held; ///< by order
  /// Orders whose goods a rider was collecting when they were counted: they may have been lifted.
  std::set<std::string> lifted;
};

/// Keeps the books of every station's stock: never is more promised than lies there, and what is
/// promised, taken and brought back is what the order named, each once. What a rider is collecting
/// may have left the shelf: it is no promise any more.
class station_lives {
public:
  station_lives(findings& found, order_lives& orders, const hand_over_check& hand_overs)
      : found_(found), orders_(orders), hand_overs_(hand_overs) {}

  void apply(std::uint64_t number, const event& e, const station_event& body);

private:
  struct applier;

  findings& found_;
  order_lives& orders_;
  const hand_over_check& hand_overs_;
  std::unordered_map<std::string, station_life> stations_;
};

} // namespace dispatch::audit
