#pragma once

#include "messages/nats/connection.hpp"

#include <memory>

namespace dispatch::daemon {

/// The node's connections: commits and announcements have their own, so that bulk input does not
/// delay them.
struct connections {
  std::shared_ptr<nats::connection> commit;
  std::shared_ptr<nats::connection> announce;
  std::shared_ptr<nats::connection> input;
  std::shared_ptr<nats::connection> control;
  std::shared_ptr<nats::connection> upkeep; ///< snapshots and slow deletions; nothing urgent
  std::shared_ptr<nats::connection> lease;  ///< a heartbeat must not wait
};

} // namespace dispatch::daemon
