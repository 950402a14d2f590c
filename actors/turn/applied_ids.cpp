#include "actors/turn/applied_ids.hpp"

#include "messages/limits.hpp"

#include <algorithm>

namespace dispatch {

const applied_id* applied_ids::find(const command_key& key) const {
  const auto found = ids_.find(key);
  return found == ids_.end() ? nullptr : &*found;
}

void applied_ids::add(const applied_id& applied) {
  const auto [place, is_new] = ids_.insert(applied);
  if (!is_new) {
    return;
  }
  oldest_first_.push_back(&*place);
  if (oldest_first_.size() > limits::applied_ids_max) {
    forget_oldest();
  }
}

void applied_ids::expire(timestamp now) {
  while (!oldest_first_.empty() && oldest_first_.front()->at + limits::dedupe_horizon < now) {
    forget_oldest();
  }
}

void applied_ids::for_newest(std::size_t most,
                             const std::function<void(const applied_id&)>& visit) const {
  auto one = oldest_first_.rbegin();
  for (std::size_t i = 0; i < most && one != oldest_first_.rend(); ++i, ++one) {
    visit(**one);
  }
}

void applied_ids::forget_oldest() {
  ids_.erase(ids_.find(*oldest_first_.front()));
  oldest_first_.pop_front();
}

} // namespace dispatch
