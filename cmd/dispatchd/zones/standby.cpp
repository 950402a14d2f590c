#include "cmd/dispatchd/zones/standby.hpp"

#include "cmd/dispatchd/thread_room.hpp"
#include "cmd/dispatchd/zones/zone_store.hpp"
#include "messages/nats/ports/commit_log.hpp"
#include "messages/nats/ports/input_feed.hpp"
#include "messages/nats/ports/snapshot_shelf.hpp"
#include "messages/wire/subjects.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <utility>

namespace dispatch::daemon {

result<std::unique_ptr<standby>> standby::start(caf::actor_system& system, const options& node,
                                                const connections& on,
                                                const zone_definition& definition) {
  if (auto room = try_threads(threads_of_standby); !room) {
    return room.error();
  }
  const auto& zone = definition.name;
  auto kept = open_store(node.data, definition);
  if (!kept) {
    return kept.error();
  }
  auto made = std::unique_ptr<standby>{new standby{system, std::move(*kept)}};
  standby_options how;
  how.zone_name = zone;
  how.digests_accepted = definition.digests_accepted;
  const auto stream = wire::log_stream(node.root, zone);
  how.feed = std::make_shared<nats::nats_input_feed>(on.input, stream);
  how.log = std::make_shared<nats::nats_commit_log>(on.commit, stream,
                                                    wire::subjects{node.root}.log(zone));
  how.snapshots = std::make_shared<nats::nats_snapshot_shelf>(on.upkeep, node.root, zone);
  how.kept = made->kept_;
  made->followed_ = how.followed;
  how.on_failed = [end = made->end_](const std::string&, bool permanent) {
    *end = permanent ? end::permanent : end::passing;
  };
  made->actor_ = spawn_standby(system, std::move(how));
  return made;
}

standby::~standby() { (void)finish(); }

std::shared_ptr<store> standby::finish() {
  if (actor_) {
    caf::scoped_actor self{system_};
    self->request(actor_, caf::infinite, stop_following{})
        .receive([](const stopped_following&) {}, [](const caf::error&) {});
    caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
    actor_ = nullptr;
  }
  return std::exchange(kept_, nullptr);
}

} // namespace dispatch::daemon
