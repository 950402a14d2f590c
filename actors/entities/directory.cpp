#include "actors/entities/directory.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dispatch {

const entity_actor* directory::find(const entity_ref& entity) const {
  const auto found = entries_.find(entity);
  return found == entries_.end() ? nullptr : &found->second.actor;
}

const entity_actor* directory::use(const entity_ref& entity, std::uint64_t number) {
  const auto found = entries_.find(entity);
  if (found == entries_.end()) {
    return nullptr;
  }
  found->second.number = number;
  return &found->second.actor;
}

const entity_actor* directory::add(const entity_ref& entity, entity_actor actor,
                                   std::uint64_t number) {
  by_age_.push_back(entity);
  auto& added = entries_[entity];
  added = {std::move(actor), number, number, std::prev(by_age_.end())};
  return &added.actor;
}

void directory::remove(const entity_ref& entity) {
  if (const auto found = entries_.find(entity); found != entries_.end()) {
    by_age_.erase(found->second.place);
    entries_.erase(found);
  }
}

void directory::passivate(std::size_t keep, std::uint64_t written) {
  // Nobody is passed over twice in one call.
  for (auto looks = by_age_.size(); entries_.size() > keep && looks > 0; --looks) {
    const auto found = entries_.find(by_age_.front());
    auto& oldest = found->second;
    if (oldest.number > written || oldest.number > oldest.passed_at) {
      oldest.passed_at = std::min(oldest.number, written);
      by_age_.splice(by_age_.end(), by_age_, by_age_.begin());
      continue;
    }
    entries_.erase(found);
    by_age_.pop_front();
  }
}

} // namespace dispatch
