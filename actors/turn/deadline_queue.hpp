#pragma once

#include "messages/entities/entity.hpp"
#include "messages/time.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dispatch {

/// The next deadline of each entity that has one.
class deadline_queue {
public:
  void set(const entity_ref& entity, std::optional<timestamp> deadline) {
    if (const auto known = of_.find(entity); known != of_.end()) {
      by_time_.erase({known->second, entity});
      of_.erase(known);
    }
    if (deadline && !given_up_.contains(entity)) {
      of_.emplace(entity, *deadline);
      by_time_.emplace(*deadline, entity);
    }
  }

  /// None of the entity's deadlines counts any more: passing one threw, or killed the process.
  void give_up(const entity_ref& entity) {
    given_up_.insert(entity);
    set(entity, std::nullopt);
  }

  std::optional<timestamp> next() const {
    return by_time_.empty() ? std::nullopt : std::optional{by_time_.begin()->first};
  }

  /// At most `most` entities whose deadline is not after `until`, earliest first.
  std::vector<entity_ref> due(timestamp until, std::size_t most) const {
    std::vector<entity_ref> list;
    for (const auto& [at, who] : by_time_) {
      if (at > until || list.size() == most) {
        break;
      }
      list.push_back(who);
    }
    return list;
  }

private:
  std::unordered_map<entity_ref, timestamp> of_;
  std::set<std::pair<timestamp, entity_ref>> by_time_;
  std::set<entity_ref> given_up_;
};

} // namespace dispatch
