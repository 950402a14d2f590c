#pragma once

#include "messages/records/event.hpp"

#include <string>
#include <unordered_map>

namespace dispatch {

/// Of each order that has not ended: the trace of the newest command because of which something
/// became true of it. What the dispatcher does with an order has this trace. It is a part of no
/// state: whoever opens the zone begins without.
class order_traces {
public:
  void note(const event& e);

  /// nullptr: none is known.
  const std::string* find(const std::string& order) const;

private:
  std::unordered_map<std::string, std::string> by_order_;
};

} // namespace dispatch
