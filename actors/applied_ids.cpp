#include "actors/applied_ids.hpp"

#include "messages/limits.hpp"

#include <utility>

namespace dispatch {

const applied_id* applied_ids::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second;
}

void applied_ids::add(const applied_id& applied) {
  const auto [place, is_new] = by_id_.try_emplace(applied.id, applied);
  if (!is_new) {
    return;
  }
  oldest_first_.push_back(&*place);
  if (oldest_first_.size() > limits::applied_ids_max) {
    forget_oldest();
  }
}

void applied_ids::expire(timestamp now) {
  while (!oldest_first_.empty() &&
         oldest_first_.front()->second.at + limits::dedupe_horizon < now) {
    forget_oldest();
  }
}

void applied_ids::forget_oldest() {
  const auto oldest = by_id_.find(oldest_first_.front()->first);
  oldest_first_.pop_front();
  by_id_.erase(oldest);
}

} // namespace dispatch
