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
  /// nullptr when the entity sleeps.
  const entity_actor* find(const entity_ref& who) const;

  void add(const entity_ref& who, entity_actor actor);
  void remove(const entity_ref& who);

  /// Notes that record `number` is the last that the entity took part in.
  void touch(const entity_ref& who, std::uint64_t number);

  /// Puts the longest idle actors to sleep until at most `keep` are awake; only those whose last
  /// record is at most `written`, so that the store has their state.
  void passivate(std::size_t keep, std::uint64_t written);

  std::size_t size() const { return entries_.size(); }

private:
  struct entry {
    entity_actor actor;
    std::uint64_t number = 0;
    std::list<entity_ref>::iterator place;
  };

  std::unordered_map<entity_ref, entry> entries_;
  std::list<entity_ref> idle_first_;
};

} // namespace dispatch
