#pragma once

#include "actors/protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

namespace dispatch {

/// The awake entity actors of a zone. Holds the references that keep them alive.
class directory {
public:
  /// nullptr when the entity sleeps. The address holds until the entity is removed or put to sleep.
  const entity_actor* find(const entity_ref& entity) const;

  /// The same, and notes that record `number` may be the last that the entity took part in.
  const entity_actor* use(const entity_ref& entity, std::uint64_t number);

  const entity_actor* add(const entity_ref& entity, entity_actor actor, std::uint64_t number);
  void remove(const entity_ref& entity);

  /// Puts idle actors to sleep until at most `keep` are awake: those that were woken first, unless
  /// they were used since they were last passed over (second chance). Only those whose last record
  /// is at most `written`, so that the store has their state.
  void passivate(std::size_t keep, std::uint64_t written);

  std::size_t size() const { return entries_.size(); }

private:
  struct entry {
    entity_actor actor;
    std::uint64_t number = 0;    ///< of the last record
    std::uint64_t passed_at = 0; ///< what it was when the entity was last passed over
    std::list<entity_ref>::iterator place;
  };

  std::unordered_map<entity_ref, entry> entries_;
  std::list<entity_ref> by_age_;
};

} // namespace dispatch
