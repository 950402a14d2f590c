#include "cmd/dispatchd/node.hpp"

#include "actors/support/logging.hpp"
#include "cmd/dispatchd/metrics_page.hpp"
#include "cmd/dispatchd/thread_room.hpp"
#include "cmd/dispatchd/waking.hpp"
#include "cmd/shared/endpoint_file.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/entities/entity.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/nats/connection/server_info.hpp"
#include "messages/nats/stream_admin.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <unistd.h>
#include <utility>

namespace dispatch::daemon {

namespace {

const log::about this_node{{}, "node", {}};

/// As long as dispatchctl waits for an answer.
constexpr std::chrono::seconds questions_wait_max{5};
/// On a server that keeps no leases yet, or has no leader for them, a node waits for them later.
constexpr std::chrono::seconds lease_wait_max{2};

struct actor_config : caf::actor_system_config {
  explicit actor_config(std::uint32_t threads) {
    set("scheduler.max-threads", static_cast<std::size_t>(threads));
    set("scheduler.max-throughput", std::size_t{200});
    // Work stealing polls: beside a thousand zones at rest it took half a core.
    set("scheduler.policy", caf::atom("sharing"));
  }
};

/// What a stored message survives, by the server's version.
std::string durability_of(const std::string& version, bool embedded) {
  std::string text = "durability: nats-server " + version;
  const auto has_sync_always = !version.starts_with("2.9.") && !version.starts_with("2.8.");
  if (embedded || !has_sync_always) {
    text += " writes to disk at once and syncs every 2 minutes: commits survive a crash of any "
            "process, not a power failure";
  } else {
    text += ": commits survive a crash of any process, and a power failure if the server runs "
            "with `sync_interval: always`";
  }
  return text + "; SQLite (WAL, synchronous=NORMAL) is a copy that is rebuilt from the log";
}

} // namespace

node::node(options how, data_directory taken)
    : directory_(std::move(taken)), options_(std::move(how)) {
  options_.run = directory_.run();
}

result<std::unique_ptr<node>> node::start(options how) {
  // Before anything else: what is there belongs to whoever has it.
  auto directory = data_directory::take(how.data);
  if (auto room = try_threads(threads_of_node); !room) {
    throw cli::stop(cli::exit_code::failed, "cannot start: " + room.error().what);
  }
  auto made = std::unique_ptr<node>{new node{std::move(how), std::move(directory)}};
  made->choose_name();
  made->take_up_key();
  made->take_up_routing_engine();
  if (auto connected = made->connect(); !connected) {
    return connected.error();
  }
  const auto last = made->find_heartbeat();
  if (last && *last) {
    made->refuse_namesake(**last);
  }
  if (auto kept = made->keep_name(); !kept) {
    return kept.error();
  }
  if (made->options_.embedded) {
    const auto wall = std::chrono::floor<duration>(std::chrono::system_clock::now());
    if (auto woken = wake_simulations(made->connections_, made->options_.root,
                                      made->options_.wake_speed, wall);
        !woken) {
      return woken.error();
    }
  }
  made->tell_zones();
  made->config_ = std::make_unique<actor_config>(made->options_.threads);
  made->system_ = std::make_unique<caf::actor_system>(*made->config_);
  made->keeper_ = std::make_unique<zone_keeper>(*made->system_, made->options_, made->connections_);
  if (last) {
    made->await_lease();
  }
  made->housekeeper_ = std::make_unique<housekeeper>(
      *made->keeper_, "upkeep", [](const zone_runtime& zone) { return zone.upkeep(); });
  made->courier_ = std::make_unique<housekeeper>(
      *made->keeper_, "transfers", [](const zone_runtime& zone) { return zone.carrier(); });
  made->start_pages();
  const auto server = nats::without_logins(made->options_.server);
  const cli::endpoint at{::getpid(), server, made->http_->address()};
  if (auto written = cli::write_endpoint(made->options_.data, at); !written) {
    return written.error();
  }
  log::info(this_node, "ready: " + server + ", http://" + at.http);
  return made;
}

/// The one that is given, else the one that is kept, else a new one.
void node::choose_name() {
  const auto path = name_file();
  if (options_.node.empty()) {
    std::ifstream{path} >> options_.node;
  }
  if (options_.node.empty()) {
    std::random_device random;
    options_.node = "node-" + std::to_string(random());
  }
  if (!valid_id(options_.node)) {
    throw cli::stop(cli::exit_code::failed,
                    path.string() + " does not hold a node's name; remove it");
  }
}

/// A node keeps its name, so that it gets the zones again whose stores it has.
status node::keep_name() const {
  const auto path = name_file();
  std::string kept;
  std::ifstream{path} >> kept;
  if (kept != options_.node && !(std::ofstream{path} << options_.node << '\n')) {
    return failure{"cannot write " + path.string()};
  }
  return nothing{};
}

void node::tell_zones() const {
  std::string names;
  for (const auto& zone : options_.zones) {
    names += (names.empty() ? "" : ", ") + zone;
  }
  if (!names.empty()) {
    log::info(this_node, "runs no zones but these: " + names);
  }
}

/// What was said last under the node's name, be it by another process. Fails where the leases
/// cannot be read now, and ends the program where no node can be of use.
result<std::optional<nats::bucket_entry>> node::find_heartbeat() const {
  auto last = last_heartbeat(connections_.lease, membership::settings_of(options_));
  if (!last && nats::api::is_jetstream_missing(last.error())) {
    throw cli::stop(cli::exit_code::unavailable, "cannot start: " + last.error().what);
  }
  if (!last) {
    stop_if_refused();
  }
  return last;
}

/// Two nodes of one name would take each other's zones.
void node::refuse_namesake(const nats::bucket_entry& last) const {
  const auto other = find_namesake(connections_.lease, membership::settings_of(options_), last,
                                   directory_.ended_run());
  if (other) {
    throw cli::stop(cli::exit_code::conflict,
                    "node " + options_.node + " runs already" +
                        (other->process.empty() ? "" : ", as " + other->process) +
                        ": stop that one, or choose another name with --node; a copy of a data " +
                        "directory also needs its file node-name removed");
  }
}

/// Until the heartbeat is stored and read back, and the zones are read: then the node may do what
/// every node does. What it may not do for a zone is told when it runs that zone.
void node::await_lease() const {
  const auto is_refused = [this] { return !refused_permission().empty(); };
  if (!keeper_->await_lease(lease_wait_max, is_refused)) {
    stop_if_refused();
  }
}

std::string node::refused_permission() const {
  const auto of_lease = connections_.lease->refused_permission();
  return of_lease.empty() ? connections_.control->refused_permission() : of_lease;
}

void node::stop_if_refused() const {
  if (const auto refused = refused_permission(); !refused.empty()) {
    throw cli::stop(cli::exit_code::not_permitted,
                    "cannot start: the NATS server refuses what every node does: " + refused +
                        ". Give the node's user this permission");
  }
}

/// Beside an embedded server a key is made: that is for trying out. Elsewhere a node that signs
/// with a key that nobody knows would be of no use.
void node::take_up_key() {
  const std::filesystem::path file{options_.waybill_key};
  if (file.empty()) {
    return;
  }
  std::error_code no_file;
  if (!options_.embedded && !std::filesystem::exists(file, no_file)) {
    throw cli::stop(cli::exit_code::usage,
                    "--waybill-key: there is no key " + file.string() +
                        ": make one with `dispatchctl waybill key generate`, the same for all "
                        "nodes");
  }
  auto key = signing::private_key::from_file(file, signing::algorithm::sm2_sm3);
  if (!key) {
    throw cli::stop(cli::exit_code::usage, "--waybill-key: " + key.error().what);
  }
  if (const auto open = signing::write_public_file(*key, file); !open) {
    log::warning(this_node, open.error().what);
  }
  log::info(this_node, "waybills are signed with " + std::string{to_string(key->of())} +
                           " by key " + key->id());
  signer_ = std::make_shared<signing::local_signer>(std::move(*key));
  connections_.signer = signer_;
}

void node::take_up_routing_engine() {
  if (options_.routing_engine.empty()) {
    return;
  }
  auto engine = osrm::table_engine::at(options_.routing_engine);
  if (!engine) {
    throw cli::stop(cli::exit_code::usage, "--routing-engine: " + engine.error().what);
  }
  routing_engine_ = std::move(*engine);
  connections_.travel = routing_engine_;
  log::info(this_node, "zones that want travel times by road ask " + options_.routing_engine);
}

status node::connect() {
  const auto notice = [](std::string_view text) { log::warning({{}, "nats", {}}, text); };
  if (options_.embedded) {
    nats::embedded_server_settings settings;
    settings.directory = std::filesystem::path{options_.data} / "nats";
    settings.port = options_.nats_port;
    settings.notice = notice;
    settings.on_given_up = [this] {
      lost_server_ = true;
      ::kill(::getpid(), SIGTERM);
    };
    auto started = nats::embedded_server::start(settings);
    if (!started) {
      return started.error();
    }
    server_ = std::move(*started);
    options_.server = server_->url();
  }
  struct usage {
    const char* name;
    std::shared_ptr<nats::connection>& to;
    bool send_at_once = false;
    bool shared_delivery = false; ///< of those on which every zone subscribes
  };
  for (const auto& [name, to, send_at_once, shared_delivery] : {
           usage{"commit", connections_.commit, true},
           usage{"announce", connections_.announce},
           usage{"input", connections_.input, false, true},
           usage{"control", connections_.control, false, true},
           usage{"upkeep", connections_.upkeep},
           usage{"lease", connections_.lease, true},
       }) {
    auto settings = options_.connection(std::string{"dispatchd-"} + name);
    if (!settings) {
      return settings.error();
    }
    settings->send_at_once = send_at_once;
    settings->shared_delivery = shared_delivery;
    settings->notice = notice;
    auto opened = nats::connection::open(std::move(*settings));
    if (!opened) {
      return opened.error();
    }
    to = std::move(*opened);
  }
  connections_.questions = std::make_shared<question_desk>(questions_wait_max);
  log::info(this_node, durability_of(connections_.commit->server_version(), options_.embedded));
  if (options_.embedded) {
    return nats::create_buckets(*connections_.control, options_.root, 1);
  }
  return nothing{};
}

void node::start_pages() {
  http_server::handlers paths;
  paths["/metrics"] = [this] {
    return http_reply{200, "text/plain; version=0.0.4; charset=utf-8", metrics_page(*keeper_)};
  };
  paths["/livez"] = [this] {
    return keeper_->alive()
               ? http_reply{200, "text/plain", "alive\n"}
               : http_reply{503, "text/plain", "the keeper of the zones does not answer\n"};
  };
  paths["/readyz"] = [this] { return ready_page(); };
  auto started = http_server::start(options_.http_address(), std::move(paths));
  if (!started) {
    throw cli::stop(cli::exit_code::failed, "cannot start: " + started.error().what);
  }
  http_ = std::move(*started);
}

http_reply node::ready_page() const {
  auto missing = keeper_->missing();
  if (!connections_.commit->connected()) {
    missing += "not connected to NATS\n";
  }
  return missing.empty() ? http_reply{200, "text/plain", "ready\n"}
                         : http_reply{503, "text/plain", missing};
}

bool node::drain(std::chrono::seconds patience) { return keeper_->leave(patience); }

node::~node() {
  cli::remove_endpoint(options_.data);
  http_.reset();
  courier_.reset();
  housekeeper_.reset();
  keeper_.reset();
  if (signer_) {
    signer_->stop(); // Its answers refer to zones.
  }
  if (routing_engine_) {
    routing_engine_->stop(); // And so do its own.
  }
  system_.reset();
}

} // namespace dispatch::daemon
