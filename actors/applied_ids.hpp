#pragma once

#include "messages/time.hpp"
#include "persistence/store.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace dispatch {

/// The command ids that took effect within the last `dedupe_horizon`, at most `applied_ids_max`.
/// Committed ones only.
class applied_ids {
public:
  /// The first outcome of an id; nullptr when it is new.
  const applied_id* find(std::string_view id) const;

  void add(applied_id applied);

  /// Forgets what was applied before the horizon that ends at `now`.
  void expire(timestamp now);

  std::size_t size() const { return by_id_.size(); }

private:
  std::unordered_map<std::string, applied_id> by_id_;
  std::deque<std::pair<timestamp, std::string>> oldest_first_;
};

} // namespace dispatch
