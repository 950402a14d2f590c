#include "cmd/dispatch-bench/site.hpp"

#include "cmd/shared/exit_code.hpp"
#include "messages/nats/bucket.hpp"
#include "messages/nats/stream_admin.hpp"
#include "messages/wire/subjects.hpp"
#include "messages/wire/zone/zone_definition.hpp"

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <poll.h>
#include <system_error>
#include <thread>

namespace dispatch::bench {

namespace {

using namespace std::chrono_literals;
using cli::exit_code;
using cli::value_or_stop;

constexpr auto start_patience = 30s;
constexpr auto stop_patience = 30s;
constexpr auto stalled_after = 30s;
constexpr auto poll_interval = 10ms;
constexpr auto answer_timeout = 1s;
constexpr std::size_t log_tail_bytes = 1500;

const std::string root = wire::default_root;

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

std::filesystem::path make_directory() {
  auto pattern = (std::filesystem::temp_directory_path() / "dispatch-bench-").string() +
                 std::string(6, 'X'); // which mkdtemp replaces
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw cli::stop(exit_code::failed, "cannot create a directory like " + pattern);
  }
  return pattern;
}

std::string dispatchd_beside_this() {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  auto program = self.parent_path() / "dispatchd";
  if (failed || !std::filesystem::exists(program)) {
    throw cli::stop(exit_code::failed, "there is no dispatchd beside this program; build it");
  }
  return program.string();
}

std::string tail_of(const std::filesystem::path& path) {
  std::ifstream file{path};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  return text.size() <= log_tail_bytes ? text : text.substr(text.size() - log_tail_bytes);
}

} // namespace

void interrupt() noexcept { interrupted = true; }

void stop_if_interrupted() {
  if (interrupted) {
    throw cli::stop(exit_code::interrupted, "interrupted");
  }
}

site::site() : directory_(make_directory()) {
  try {
    nats::embedded_server_settings settings;
    settings.directory = directory_ / "nats";
    server_ = value_or_stop(nats::embedded_server::start(settings), exit_code::failed);
    url_ = server_->url();
    admin_ = connect("admin");
    value_or_stop(nats::create_buckets(*admin_, root, 1), exit_code::failed);
  } catch (const cli::stop&) {
    server_.reset();
    std::filesystem::remove_all(directory_);
    throw;
  }
}

site::~site() {
  admin_.reset();
  server_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::shared_ptr<nats::connection> site::connect(const std::string& name, bool send_at_once) {
  nats::connection_settings settings;
  settings.url = url_;
  settings.name = "dispatch-bench-" + name;
  settings.send_at_once = send_at_once;
  return value_or_stop(nats::connection::open(std::move(settings)), exit_code::failed);
}

void site::create_streams(const std::string& zone, std::int64_t stream_bytes_max) {
  nats::stream_sizes sizes;
  sizes.input_bytes_max = stream_bytes_max;
  sizes.log_bytes_max = stream_bytes_max;
  sizes.output_bytes_max = stream_bytes_max;
  value_or_stop(nats::create_zone_streams(*admin_, root, zone, sizes), exit_code::failed);
}

void site::delete_streams(const std::string& zone) {
  value_or_stop(nats::delete_zone_streams(*admin_, root, zone), exit_code::failed);
}

void site::define_zone(const std::string& zone, std::uint32_t standbys, const policy& policy) {
  zone_definition definition;
  definition.name = zone;
  definition.standbys = standbys;
  definition.policy = policy;
  definition.policy.shed_after = std::chrono::seconds{0}; // A backlog is what is measured.
  nats::bucket bucket{admin_, wire::zones_bucket(root)};
  value_or_stop(bucket.put(zone, wire::to_toml(definition), 0), exit_code::failed);
}

void site::create_zone(const std::string& zone) {
  create_streams(zone);
  define_zone(zone);
}

void site::wait_for_nodes(std::size_t count) {
  nats::bucket leases{admin_, wire::leases_bucket(root)};
  const auto until = steady::now() + start_patience;
  for (std::size_t alive = 0; alive < count;) {
    stop_if_interrupted();
    if (steady::now() > until) {
      throw cli::stop(exit_code::failed, "only " + std::to_string(alive) + " of " +
                                             std::to_string(count) + " nodes have started");
    }
    std::this_thread::sleep_for(poll_interval);
    alive = 0;
    for (std::size_t i = 1; i <= count; ++i) {
      const auto heartbeat = leases.get(wire::heartbeat_key(node_name(i)));
      alive += heartbeat && *heartbeat ? 1 : 0;
    }
  }
}

std::string node_name(std::size_t number) { return "node" + std::to_string(number); }

node_process::node_process(const site& at, const std::string& node,
                           const std::vector<std::string>& arguments)
    : log_(at.directory() / ("dispatchd-" + node + ".log")) {
  const auto data = (at.directory() / ("data-" + node)).string();
  std::vector<std::string> call{dispatchd_beside_this(),
                                "--server",
                                at.url(),
                                "--data",
                                data,
                                "--node",
                                node,
                                "--http",
                                "127.0.0.1:0"};
  call.insert(call.end(), arguments.begin(), arguments.end());
  process_ = value_or_stop(nats::process_handle::start(call, log_), exit_code::failed);
}

node_process::~node_process() { stop(); }

void node_process::expect_running() const {
  pollfd state{.fd = process_.wait_descriptor(), .events = POLLIN, .revents = 0};
  if (::poll(&state, 1, 0) == 1) {
    throw cli::stop(exit_code::failed, "dispatchd has ended; it said:\n" + tail_of(log_));
  }
}

void node_process::stop() { process_.stop(stop_patience); }

std::optional<zone_status> ask_status(nats::connection& on, const std::string& zone) {
  const auto said = client::ask(on, root, zone, "zone", client::json::object(), answer_timeout);
  if (!said) {
    return std::nullopt;
  }
  if (!said->contains("metrics")) {
    throw cli::stop(exit_code::failed, "zone " + zone + " answers " + said->dump());
  }
  auto status = client::status_in(*said);
  if (status.halted) {
    throw cli::stop(exit_code::failed, "zone " + zone + " halted: " + status.cause);
  }
  return status;
}

zone_status wait_until_announced(nats::connection& on, const node_process& process,
                                 const std::string& zone, std::uint64_t input_sequence) {
  zone_status last;
  auto moved_at = steady::now();
  for (;;) {
    stop_if_interrupted();
    process.expect_running();
    if (const auto now = ask_status(on, zone)) {
      const auto announced = now->count("announced_record");
      if (now->input_position >= input_sequence && announced == now->record) {
        return *now;
      }
      if (now->input_position != last.input_position ||
          announced != last.count("announced_record")) {
        moved_at = steady::now();
      }
      last = *now;
    }
    if (steady::now() - moved_at > stalled_after) {
      throw cli::stop(exit_code::failed, "zone " + zone + " does not come beyond input " +
                                             std::to_string(last.input_position) + " of " +
                                             std::to_string(input_sequence) + ", record " +
                                             std::to_string(last.count("announced_record")) +
                                             " of " + std::to_string(last.record) + " announced");
    }
    std::this_thread::sleep_for(poll_interval);
  }
}

} // namespace dispatch::bench
