#pragma once

#include "actors/support/chore.hpp"
#include "messages/entities/rider.hpp"
#include "messages/ports/clock.hpp"
#include "messages/ports/zone_road.hpp"
#include "persistence/store.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <string>

namespace dispatch {

/// Carries the riders who leave a zone over to the next one, beside the owner of the zone.
///
/// Everything follows from committed states, so that it does not matter who does it, how often, and
/// where it is interrupted: a rider whose state says `leaving` is announced to the other zone until
/// that zone has answered, and the answer is told to the own zone until the rider has left. The
/// other zone keeps its answer in the rider's state there, and gives the same one to every repeat.
class transfers final : public chore {
public:
  transfers(std::string zone, std::shared_ptr<store> kept, std::shared_ptr<zone_road> road,
            std::shared_ptr<wall_clock> clock);

  /// Brings every rider who is leaving one step further.
  status go_round() override;
  void stop() override { stopped_ = true; }

private:
  /// When a rider was last announced to the other zone.
  struct announcement {
    std::uint64_t number = 0;
    timestamp at;
    duration patience{};
  };

  status carry(const std::string& rider, const departure& to);
  status announce(const std::string& rider, const departure& to);
  status conclude(const std::string& rider, const conclude_transfer& how);

  const std::string zone_;
  const std::shared_ptr<store> store_;
  const std::shared_ptr<zone_road> road_;
  const std::shared_ptr<wall_clock> clock_;
  std::atomic<bool> stopped_ = false;
  std::map<std::string, announcement> announced_; ///< by rider
};

} // namespace dispatch
