#pragma once

#include "cmd/dispatch-sim/mdrp/instance.hpp"
#include "messages/policy.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::sim::mdrp {

/// What became of one meal. Minutes of the day; nullopt: it did not come to that.
struct served_meal {
  std::optional<int> collected;
  std::optional<int> delivered;
  std::size_t courier = 0; ///< index; meaningful once it is collected
};

/// Meals that a courier collected at once, in the sequence of delivery.
struct collected_meals {
  int assigned = 0; ///< when the courier accepted the last of them
  int collected = 0;
  std::size_t courier = 0;
  std::vector<std::size_t> meals;
};

/// A way of a courier.
struct leg {
  int left = 0;
  std::string from; ///< id of a restaurant or a meal; `0`: the start
  std::string to;
};

/// What happened on a day.
struct served_day {
  std::vector<served_meal> meals;       ///< parallel to the instance's
  std::vector<collected_meals> bundles; ///< in the sequence of collecting
  std::vector<std::vector<leg>> legs;   ///< of each courier
  std::size_t records = 0;
};

/// The policy with the speed, the services and the customs of the problem: couriers are known by
/// what they do alone, and nobody gives an order up.
policy policy_for(const instance& of, policy base);

/// Lets a zone of that policy serve the instance: turns, entities and planner are the product's, on
/// a clock that goes from minute to minute. Couriers accept what they are offered at once, as the
/// problem says. `tell` hears of each hour that has passed.
served_day serve(const instance& of, const policy& policy,
                 const std::function<void(int minute)>& tell);

} // namespace dispatch::sim::mdrp
