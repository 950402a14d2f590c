#include "actors/entities/directory.hpp"
#include "actors/entities/entity_actor.hpp"
#include "actors/turn/snapshot.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <doctest/doctest.h>

#include <memory>
#include <string>

/// Which entity actors stay awake.
namespace {

using namespace dispatch;

entity_ref rider_ref(const std::string& id) { return {entity_kind::rider, id}; }

struct awake_riders {
  caf::actor_system_config config;
  caf::actor_system system{config};
  directory entities;

  void add(const std::string& id, std::uint64_t number) {
    const auto who = rider_ref(id);
    entities.add(who, spawn_entity(system, who, initial_state(who.kind)), number);
  }
  bool awake(const std::string& id) const { return entities.find(rider_ref(id)) != nullptr; }
};

TEST_CASE("the entity that was not used again goes to sleep before an older one that was") {
  awake_riders riders;
  riders.add("first", 1);
  riders.add("second", 1);
  riders.add("third", 1);
  riders.entities.use(rider_ref("first"), 5);
  riders.entities.passivate(2, 9);
  CHECK(riders.awake("first"));
  CHECK_FALSE(riders.awake("second"));
  CHECK(riders.awake("third"));
}

TEST_CASE("an entity stays awake until the store has its last record") {
  awake_riders riders;
  riders.add("written", 6);
  riders.add("not_written", 7);
  riders.entities.passivate(0, 6);
  CHECK_FALSE(riders.awake("written"));
  CHECK(riders.awake("not_written"));
  riders.entities.passivate(0, 7);
  riders.entities.passivate(0, 7);
  CHECK(riders.entities.size() == 0);
}

} // namespace
