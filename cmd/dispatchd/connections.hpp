#pragma once

#include "cmd/dispatchd/answers/question_desk.hpp"
#include "messages/entities/travel.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/ports/waybill_signer.hpp"

#include <memory>

namespace dispatch::daemon {

/// What the node's zones share. Commits and announcements have connections of their own, so that
/// bulk input does not delay them.
struct connections {
  std::shared_ptr<nats::connection> commit;
  std::shared_ptr<nats::connection> announce;
  std::shared_ptr<nats::connection> input;
  std::shared_ptr<nats::connection> control;
  std::shared_ptr<nats::connection> upkeep; ///< snapshots and slow deletions; nothing urgent
  std::shared_ptr<nats::connection> lease;  ///< a heartbeat must not wait
  std::shared_ptr<question_desk> questions; ///< which come by `control`
  std::shared_ptr<waybill_signer> signer;   ///< null: there are no waybills
  std::shared_ptr<travel_engine> travel;    ///< null: travel times are estimated
};

} // namespace dispatch::daemon
