#pragma once

#include "messages/time.hpp"
#include "persistence/store.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace dispatch {

/// The command ids that took effect within the last `dedupe_horizon`, at most `applied_ids_max`.
/// Committed ones only.
class applied_ids {
public:
  applied_ids() = default;
  applied_ids(applied_ids&&) = default;
  applied_ids& operator=(applied_ids&&) = default;

  /// The first outcome of an id; nullptr when it is new.
  const applied_id* find(std::string_view id) const;

  void add(const applied_id& applied);

  /// Forgets what was applied before the horizon that ends at `now`.
  void expire(timestamp now);

  std::size_t size() const { return by_id_.size(); }

private:
  struct hash_of_text {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using table = std::unordered_map<std::string, applied_id, hash_of_text, std::equal_to<>>;

  void forget_oldest();

  table by_id_;
  std::deque<const table::value_type*> oldest_first_;
};

} // namespace dispatch
