#include "actors/directory.hpp"

#include <utility>

namespace dispatch {

const entity_actor* directory::find(const entity_ref& who) const {
  const auto found = entries_.find(who);
  return found == entries_.end() ? nullptr : &found->second.actor;
}

void directory::add(const entity_ref& who, entity_actor actor) {
  idle_first_.push_back(who);
  entries_.insert_or_assign(who, entry{std::move(actor), 0, std::prev(idle_first_.end())});
}

void directory::remove(const entity_ref& who) {
  if (const auto found = entries_.find(who); found != entries_.end()) {
    idle_first_.erase(found->second.place);
    entries_.erase(found);
  }
}

void directory::touch(const entity_ref& who, std::uint64_t number) {
  if (const auto found = entries_.find(who); found != entries_.end()) {
    found->second.number = number;
    idle_first_.splice(idle_first_.end(), idle_first_, found->second.place);
  }
}

void directory::passivate(std::size_t keep, std::uint64_t written) {
  while (entries_.size() > keep) {
    const auto found = entries_.find(idle_first_.front());
    if (found->second.number > written) {
      return;
    }
    entries_.erase(found);
    idle_first_.pop_front();
  }
}

} // namespace dispatch
