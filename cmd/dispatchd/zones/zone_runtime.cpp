#include "cmd/dispatchd/zones/zone_runtime.hpp"

#include "actors/commit_log/committed_record.hpp"
#include "actors/output/transfers.hpp"
#include "actors/support/logging.hpp"
#include "actors/upkeep/retention.hpp"
#include "cmd/dispatchd/answers/admin_requests.hpp"
#include "cmd/dispatchd/answers/admin_service.hpp"
#include "cmd/dispatchd/answers/zone_status.hpp"
#include "cmd/dispatchd/thread_room.hpp"
#include "cmd/dispatchd/zones/zone_store.hpp"
#include "messages/nats/ports/commit_log.hpp"
#include "messages/nats/ports/event_sink.hpp"
#include "messages/nats/ports/input_feed.hpp"
#include "messages/nats/ports/position_feed.hpp"
#include "messages/nats/ports/snapshot_shelf.hpp"
#include "messages/nats/ports/zone_road.hpp"
#include "messages/nats/stream_admin.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "persistence/files/archive.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <shared_mutex>
#include <thread>
#include <utility>

namespace dispatch::daemon {

namespace {

/// A store that takes longer is behind, and so is the answer.
constexpr std::chrono::milliseconds writes_timeout{500};

/// Has the store know all that was announced before.
void await_writes(const zone_actor& zone) {
  auto done = std::make_shared<std::promise<void>>();
  auto written = done->get_future();
  caf::anon_send(zone, dispatch::await_writes{std::move(done)});
  (void)written.wait_for(writes_timeout);
}

class system_clock final : public wall_clock {
public:
  timestamp now() const override {
    return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  }
};

result<place> decode_place(std::string_view content_type, std::string_view body) {
  const auto as = wire::encoding_of(content_type);
  if (!as) {
    return as.error();
  }
  const auto decoded = wire::decode_position(*as, body);
  const auto* at = std::get_if<place>(&decoded);
  return at == nullptr ? result<place>{failure{std::get<wire::rejection>(decoded).detail}} : *at;
}

zone_ports make_ports(const options& node, const connections& on, const std::string& zone,
                      std::shared_ptr<store> kept,
                      std::shared_ptr<unreadable_positions> unreadable) {
  const wire::subjects names{node.root};
  zone_ports ports;
  ports.feed = std::make_shared<nats::nats_input_feed>(
      on.input, wire::input_stream(node.root, zone), std::string{}, on.upkeep);
  ports.log = std::make_shared<nats::nats_commit_log>(on.commit, wire::log_stream(node.root, zone),
                                                      names.log(zone), on.upkeep);
  ports.sink =
      std::make_shared<nats::nats_event_sink>(on.announce, wire::output_stream(node.root, zone));
  ports.positions = std::make_shared<nats::nats_position_feed>(
      on.input, wire::position_stream(node.root), names.positions_of_zone(zone), decode_place,
      nats::position_upkeep{
          .restore = [on = on.upkeep, root = node.root,
                      zone] { return nats::restore_position_stream(*on, root, zone); },
          .notice =
              [zone](std::string_view what) {
                log::error({zone, "positions", {}}, what);
              },
          .unreadable =
              [zone, noted = std::move(unreadable)](std::string_view subject,
                                                    std::string_view why) {
                if (const auto line =
                        noted->note(subject, why, unreadable_positions::clock::now())) {
                  log::warning({zone, "positions", {}}, *line);
                }
              }});
  ports.store = std::move(kept);
  ports.clock = std::make_shared<system_clock>();
  ports.snapshots = std::make_shared<nats::nats_snapshot_shelf>(on.upkeep, node.root, zone);
  ports.signer = on.signer;
  ports.travel = on.travel;
  return ports;
}

} // namespace

zone_runtime::zone_runtime(caf::actor_system& system, zone_definition definition)
    : system_(system), definition_(std::move(definition)) {}

result<std::unique_ptr<zone_runtime>> zone_runtime::start(caf::actor_system& system,
                                                          const options& node,
                                                          const connections& on,
                                                          zone_definition definition, tenure how) {
  const auto zone = definition.name;
  if (auto room = try_threads(threads_of_zone + threads_of_opening); !room) {
    return room.error();
  }
  if (!how.kept) {
    auto opened = open_store(node.data, definition);
    if (!opened) {
      return opened.error();
    }
    how.kept = std::move(*opened);
  }
  const auto unreadable = std::make_shared<unreadable_positions>();
  auto of_zone = make_ports(node, on, zone, std::move(how.kept), unreadable);
  auto made = std::unique_ptr<zone_runtime>{new zone_runtime{system, std::move(definition)}};
  made->ports_ = std::move(of_zone);
  made->unreadable_ = unreadable;

  made->upkeep_ = std::make_shared<retention>(
      retention::settings{made->definition_, node.data, limits::snapshot_chunk_bytes},
      made->ports_);
  made->carrier_ = std::make_shared<transfers>(
      zone, made->ports_.store, std::make_shared<nats::nats_zone_road>(on.upkeep, node.root),
      made->ports_.clock);

  zone_options options;
  options.settings = {made->definition_, node.root, node.node, std::move(how.known_elsewhere),
                      how.handed_over};
  options.ports = made->ports_;
  options.metrics = made->metrics_;
  options.owns = std::move(how.owns);
  options.on_halted = [halt = made->halt_](const std::string& cause, cure by) {
    const std::scoped_lock lock{halt->mutex};
    halt->cause = cause;
    halt->by = by;
  };
  made->actor_ = spawn_zone(system, std::move(options));

  if (auto served = made->serve(node, on); !served) {
    return served.error();
  }
  caf::anon_send(made->actor_, open_zone{});
  return made;
}

/// What answers questions, while the zone is on this node.
struct zone_runtime::answerer {
  std::atomic<bool> closing{false};
  std::shared_mutex mutex; ///< shared by those who answer; who closes waits for them
  std::optional<admin_service> service;

  void answer(const nats::question& asked, std::string_view verb) {
    const std::shared_lock lock{mutex};
    if (service) {
      asked.answer(service->answer(verb, asked.body));
    }
  }
};

status zone_runtime::serve(const options& node, const connections& on) {
  const auto& zone = definition_.name;
  answerer_ = std::make_shared<answerer>();
  answerer_->service.emplace(
      *ports_.store, zone, [this] { return status_json(); },
      [this, archive = files::archive{{files::archive_directory(node.data, zone)}}](
          std::uint64_t number) {
        auto bytes = committed_record(*ports_.store, *ports_.log, number);
        return !bytes || *bytes ? bytes : archive.find(number);
      });
  auto served =
      on.control->serve(wire::subjects{node.root}.admin_of_zone(zone),
                        [by = answerer_, desk = on.questions, zone, actor = actor_,
                         metrics = metrics_](const nats::question& asked) {
                          const auto verb = asked.subject.substr(asked.subject.rfind('.') + 1);
                          if (asked.body.size() > question_bytes_max) {
                            asked.answer(by->service->too_long());
                            return;
                          }
                          if (verb == "zone") { // From memory: it waits for nothing.
                            by->answer(asked, verb);
                            return;
                          }
                          const auto taken = desk->take(zone, [by, actor, metrics, asked, verb] {
                            if (metrics->running && !by->closing) {
                              await_writes(actor);
                            }
                            if (!by->closing) {
                              by->answer(asked, verb);
                            }
                          });
                          if (!taken) {
                            asked.answer(by->service->busy());
                          }
                        });
  if (!served) {
    return served.error();
  }
  questions_.emplace(std::move(*served));
  return nothing{};
}

zone_runtime::~zone_runtime() {
  questions_.reset();
  if (answerer_) {
    answerer_->closing = true;
    const std::unique_lock lock{answerer_->mutex};
    answerer_->service.reset();
  }
  for (const auto& begun : {upkeep_, carrier_}) {
    if (begun) {
      begun->stop();
    }
  }
  ports_.feed->stop();
  ports_.positions->stop();
  if (actor_) {
    caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
    actor_ = nullptr;
  }
}

void zone_runtime::drain(std::function<void()> done) {
  // A scoped actor needs a thread of its own for the wait.
  std::thread{[&system = system_, actor = actor_, done = std::move(done)] {
    caf::scoped_actor self{system};
    self->request(actor, std::chrono::seconds{30}, drain_zone{})
        .receive([](const drained&) {}, [](const caf::error&) {});
    done();
  }}.detach();
}

void zone_runtime::ask_input_end() {
  *input_end_ = 0;
  ports_.feed->ask_last_sequence([to = input_end_](const result<std::uint64_t>& last) {
    if (last) {
      *to = *last;
    }
  });
}

std::optional<std::uint64_t> zone_runtime::input_end() const {
  const auto end = input_end_->load();
  return end > 0 ? std::optional{end} : std::nullopt;
}

std::optional<std::string> zone_runtime::halted() const {
  const std::scoped_lock lock{halt_->mutex};
  return halt_->cause;
}

std::optional<cure> zone_runtime::halted_until() const {
  const std::scoped_lock lock{halt_->mutex};
  return halt_->cause ? std::optional{halt_->by} : std::nullopt;
}

std::string zone_runtime::status_json() const {
  return status_of(definition_.name, halted(), readings());
}

} // namespace dispatch::daemon
