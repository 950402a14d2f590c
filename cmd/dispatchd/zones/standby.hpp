#pragma once

#include "actors/upkeep/standby_actor.hpp"
#include "cmd/dispatchd/connections.hpp"
#include "cmd/dispatchd/options.hpp"
#include "messages/wire/zone/zone_definition.hpp"

#include <caf/fwd.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace dispatch::daemon {

/// A copy of a zone that another node runs: its log, followed into this node's store.
class standby {
public:
  /// Fails when the store cannot be opened.
  static result<std::unique_ptr<standby>> start(caf::actor_system& system, const options& node,
                                                const connections& on,
                                                const zone_definition& definition);
  ~standby();

  /// Ends it and hands out the store, which is at rest then.
  std::shared_ptr<store> finish();

  /// Number of the last record in the store.
  std::uint64_t followed() const { return *followed_; }
  /// Whether it cannot follow any further; the log says why. Then, whether trying again can help.
  bool failed() const { return *end_ != end::none; }
  bool failed_for_good() const { return *end_ == end::permanent; }

private:
  standby(caf::actor_system& system, std::shared_ptr<store> kept)
      : system_(system), kept_(std::move(kept)) {}

  enum class end : std::uint8_t { none, passing, permanent };

  caf::actor_system& system_;
  std::shared_ptr<store> kept_;
  std::shared_ptr<std::atomic<std::uint64_t>> followed_;
  std::shared_ptr<std::atomic<end>> end_ = std::make_shared<std::atomic<end>>(end::none);
  standby_actor actor_;
};

} // namespace dispatch::daemon
