#pragma once

#include "actors/turn/command_key.hpp"
#include "messages/time.hpp"
#include "persistence/store.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <string_view>
#include <unordered_set>

namespace dispatch {

/// The command ids that took effect within the last `dedupe_horizon`, at most `applied_ids_max`. An
/// id belongs to the entity that the command is for: others may use the same. Committed ones only.
class applied_ids {
public:
  applied_ids() = default;
  applied_ids(applied_ids&&) = default;
  applied_ids& operator=(applied_ids&&) = default;

  /// The first outcome of an id; nullptr when it is new.
  const applied_id* find(const command_key& key) const;

  void add(const applied_id& applied);

  /// Forgets what was applied before the horizon that ends at `now`.
  void expire(timestamp now);

  /// Visits the newest ones, at most so many.
  void for_newest(std::size_t most, const std::function<void(const applied_id&)>& visit) const;

  std::size_t size() const { return ids_.size(); }

private:
  static command_key key_of(const applied_id& of) { return {of.id, of.target}; }
  static const command_key& key_of(const command_key& of) { return of; }

  struct hash_of_key {
    using is_transparent = void;
    std::size_t operator()(const auto& of) const { return std::hash<command_key>{}(key_of(of)); }
  };
  struct same_key {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return key_of(a) == key_of(b); }
  };

  void forget_oldest();

  std::unordered_set<applied_id, hash_of_key, same_key> ids_;
  std::deque<const applied_id*> oldest_first_;
};

} // namespace dispatch
