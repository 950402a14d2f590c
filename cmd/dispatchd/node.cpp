#include "cmd/dispatchd/node.hpp"

#include "actors/logging.hpp"
#include "cmd/dispatchd/metrics_page.hpp"
#include "cmd/shared/endpoint_file.hpp"
#include "messages/wire/subjects.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>

#include <condition_variable>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace dispatch::daemon {

namespace {

const log::about this_node{{}, "node", {}};

/// Without a sign of life for so long, the main thread is stuck.
constexpr std::int64_t alive_within_s = 30;

std::int64_t steady_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct actor_config : caf::actor_system_config {
  explicit actor_config(std::uint32_t threads) {
    set("scheduler.max-threads", static_cast<std::size_t>(threads));
    set("scheduler.max-throughput", std::size_t{200});
    set("work-stealing.moderate-sleep-duration", caf::timespan{std::chrono::microseconds{50}});
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

node::node(options how) : options_(std::move(how)) {}

result<std::unique_ptr<node>> node::start(options how) {
  auto made = std::unique_ptr<node>{new node{std::move(how)}};
  std::error_code error;
  std::filesystem::create_directories(made->options_.data, error);
  if (error) {
    return failure{"cannot create " + made->options_.data + ": " + error.message()};
  }
  if (auto connected = made->connect(); !connected) {
    return connected.error();
  }
  made->config_ = std::make_unique<actor_config>(made->options_.threads);
  made->system_ = std::make_unique<caf::actor_system>(*made->config_);
  if (auto pages = made->start_pages(); !pages) {
    return pages.error();
  }
  const cli::endpoint at{::getpid(), made->options_.server, made->http_->address()};
  made->watch_zones();
  if (auto written = cli::write_endpoint(made->options_.data, at); !written) {
    return written.error();
  }
  log::info(this_node, "ready: " + made->options_.server + ", http://" + at.http);
  return made;
}

status node::connect() {
  const auto notice = [](std::string_view text) { log::warning({{}, "nats", {}}, text); };
  if (options_.embedded) {
    nats::embedded_server_settings settings;
    settings.directory = std::filesystem::path{options_.data} / "nats";
    settings.port = options_.nats_port;
    settings.notice = notice;
    auto started = nats::embedded_server::start(settings);
    if (!started) {
      return started.error();
    }
    server_ = std::move(*started);
    options_.server = server_->url();
  }
  const auto open = [&](const std::string& name, bool send_at_once,
                        std::shared_ptr<nats::connection>& to) -> status {
    auto settings = options_.connection("dispatchd-" + name);
    settings.send_at_once = send_at_once;
    settings.notice = notice;
    auto opened = nats::connection::open(std::move(settings));
    if (!opened) {
      return opened.error();
    }
    to = std::move(*opened);
    return nothing{};
  };
  if (auto done = open("commit", true, connections_.commit); !done) {
    return done;
  }
  if (auto done = open("announce", false, connections_.announce); !done) {
    return done;
  }
  if (auto done = open("input", false, connections_.input); !done) {
    return done;
  }
  if (auto done = open("control", false, connections_.control); !done) {
    return done;
  }
  if (auto done = open("trimming", false, connections_.trimming); !done) {
    return done;
  }
  log::info(this_node, durability_of(connections_.commit->server_version(), options_.embedded));
  const auto bucket = wire::zones_bucket(options_.root);
  if (options_.embedded) {
    if (auto created = nats::bucket::create(*connections_.control, bucket, 1); !created) {
      return created;
    }
  }
  bucket_ = std::make_unique<nats::bucket>(connections_.control, bucket);
  return nothing{};
}

status node::start_pages() {
  last_watch_s_ = steady_seconds();
  http_server::handlers paths;
  paths["/metrics"] = [this] {
    const std::scoped_lock lock{mutex_};
    return http_reply{200, "text/plain; version=0.0.4; charset=utf-8", metrics_page(zones_)};
  };
  paths["/livez"] = [this] {
    const auto alive = steady_seconds() - last_watch_s_ < alive_within_s;
    return alive ? http_reply{200, "text/plain", "alive\n"}
                 : http_reply{503, "text/plain", "the main thread does not answer\n"};
  };
  paths["/readyz"] = [this] { return ready_page(); };
  auto started = http_server::start(options_.http_address(), std::move(paths));
  if (!started) {
    return started.error();
  }
  http_ = std::move(*started);
  return nothing{};
}

http_reply node::ready_page() {
  std::string missing;
  if (draining_) {
    missing += "draining\n";
  }
  if (!connections_.commit->connected()) {
    missing += "not connected to NATS\n";
  }
  const std::scoped_lock lock{mutex_};
  for (const auto& [name, zone] : zones_) {
    if (!zone->metrics().running) {
      missing += "zone " + name + ": " + zone->halted().value_or("opening") + "\n";
    }
  }
  return missing.empty() ? http_reply{200, "text/plain", "ready\n"}
                         : http_reply{503, "text/plain", missing};
}

void node::open_zone(const std::string& name, const std::string& definition) {
  const auto complain = [&](const std::string& what) {
    if (complained_.insert(name).second) {
      log::error({name, "node", {}}, what);
    }
  };
  auto parsed = wire::zone_definition_from_toml(definition);
  if (!parsed) {
    complain("the zone's definition is wrong: " + parsed.error().what);
    return;
  }
  auto started = zone_runtime::start(*system_, options_, connections_, std::move(*parsed));
  if (!started) {
    complain("cannot start the zone: " + started.error().what);
    return;
  }
  complained_.erase(name);
  const std::scoped_lock lock{mutex_};
  zones_.emplace(name, std::move(*started));
}

void node::watch_zones() {
  last_watch_s_ = steady_seconds();
  auto listed = bucket_->list();
  if (!listed) {
    if (complained_.insert("").second) {
      log::warning(this_node, "cannot list the zones: " + listed.error().what);
    }
    return;
  }
  complained_.erase("");
  std::map<std::string, std::string> wanted;
  for (auto& entry : *listed) {
    const auto& only = options_.zones;
    if (only.empty() || std::ranges::find(only, entry.key) != only.end()) {
      wanted.emplace(entry.key, std::move(entry.value));
    }
  }
  std::vector<std::unique_ptr<zone_runtime>> gone;
  std::vector<std::string> missing;
  {
    const std::scoped_lock lock{mutex_};
    for (auto i = zones_.begin(); i != zones_.end();) {
      if (!wanted.contains(i->first) || i->second->wants_reopening()) {
        gone.push_back(std::move(i->second));
        i = zones_.erase(i);
      } else {
        ++i;
      }
    }
    for (const auto& [name, definition] : wanted) {
      if (!zones_.contains(name)) {
        missing.push_back(name);
      }
    }
  }
  gone.clear();
  for (const auto& name : missing) {
    open_zone(name, wanted.at(name));
  }
}

bool node::drain(std::chrono::seconds patience) {
  draining_ = true;
  struct countdown {
    std::mutex mutex;
    std::condition_variable zero;
    std::size_t remaining = 0;
  };
  auto left = std::make_shared<countdown>();
  {
    const std::scoped_lock lock{mutex_};
    left->remaining = zones_.size();
    for (const auto& [name, zone] : zones_) {
      zone->drain([left] {
        const std::scoped_lock guard{left->mutex};
        --left->remaining;
        left->zero.notify_all();
      });
    }
  }
  std::unique_lock lock{left->mutex};
  return left->zero.wait_for(lock, patience, [&] { return left->remaining == 0; });
}

node::~node() {
  cli::remove_endpoint(options_.data);
  http_.reset();
  zones_.clear();
  system_.reset();
}

} // namespace dispatch::daemon
