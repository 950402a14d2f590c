#include "actors/applied_ids.hpp"

#include "messages/limits.hpp"

#include <utility>

namespace dispatch {

const applied_id* applied_ids::find(std::string_view id) const {
  const auto found = by_id_.find(std::string{id});
  return found == by_id_.end() ? nullptr : &found->second;
}

void applied_ids::add(applied_id applied) {
  const auto at = applied.at;
  const auto id = applied.id;
  if (!by_id_.try_emplace(id, std::move(applied)).second) {
    return;
  }
  oldest_first_.emplace_back(at, id);
  if (oldest_first_.size() > limits::applied_ids_max) {
    by_id_.erase(oldest_first_.front().second);
    oldest_first_.pop_front();
  }
}

void applied_ids::expire(timestamp now) {
  while (!oldest_first_.empty() && oldest_first_.front().first + limits::dedupe_horizon < now) {
    by_id_.erase(oldest_first_.front().second);
    oldest_first_.pop_front();
  }
}

} // namespace dispatch
