#include "tests/nemesis/faults.hpp"
#include "tests/nemesis/usage.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto clock_jump = 1h;
constexpr auto year = std::chrono::hours{24 * 365};
constexpr std::size_t flipped_bytes = 64;
constexpr auto limited_for = 10s;
constexpr auto full_for = 1500ms;
constexpr std::size_t some_orders = 1000;
constexpr std::size_t many_orders = 8000;

/// Takes all that the disk has left.
void fill(const fs::path& file) {
  const nats::descriptor filler(::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  for (std::size_t size = std::size_t{1} << 20; size > 0;) {
    static const std::string zeros(size, '\0');
    if (::write(filler.number(), zeros.data(), size) < 0) {
      size /= 2;
    }
  }
}

/// Bytes of a page that holds rows, so that it is not the empty end of the file.
void flip(run& in, const fs::path& file) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  const auto size = fs::file_size(file);
  for (std::size_t i = 0; i < flipped_bytes; ++i) {
    const auto at = static_cast<std::streamoff>(in.random(size));
    bytes.seekg(at);
    const auto changed = static_cast<char>(bytes.get() ^ (1 << in.random(8)));
    bytes.seekp(at);
    bytes.put(changed);
  }
}

void damage(run& in, std::size_t how, const fs::path& store) {
  const fs::path log = store.string() + "-wal";
  switch (how) {
  case 0:
    flip(in, store);
    return;
  case 1:
    if (fs::exists(log)) { // Not of a store that was closed.
      fs::resize_file(log, fs::file_size(log) / 2);
    }
    return;
  default:
    fs::remove(store);
  }
}

/// Returns how many it might have had.
rlim_t limit_descriptors(pid_t process, rlim_t most) {
  rlimit limit{};
  auto done = ::prlimit(process, RLIMIT_NOFILE, nullptr, &limit);
  const auto before = std::exchange(limit.rlim_cur, most);
  done = done == 0 ? ::prlimit(process, RLIMIT_NOFILE, &limit, nullptr) : done;
  if (done != 0) {
    throw std::runtime_error("a process cannot be limited");
  }
  return before;
}

} // namespace

void fill_disk(run& in) {
  auto& on = in.on();
  const auto node = in.some_owner();
  in.begin("disk full", node, on.zones_of(node));
  fill(on.data(node) / "filler");
  in.recovered();
  fs::remove(on.data(node) / "filler");
}

/// Of every zone that it had, while it is down.
void damage_store(run& in) {
  constexpr std::array kinds{"store with flipped bits", "store with a cut journal",
                             "store deleted"};
  auto& on = in.on();
  const auto node = in.some_owner();
  const auto zones = on.zones_of(node);
  const auto how = in.struck() % kinds.size();
  in.begin(kinds.at(how), node, zones);
  on.kill(node);
  for (const auto zone : zones) {
    damage(in, how, on.data(node) / (on.zones()[zone] + ".db"));
  }
  on.start(node);
  in.recovered();
}

/// Ahead and behind, in turn.
void jump_clock(run& in) {
  auto& on = in.on();
  // A zone looks at the clock when it commits.
  const auto zone = in.some_zone({zone_kind::steady, zone_kind::operators, zone_kind::city});
  const auto node = on.owner_of(zone);
  const auto are_suspended = [&] {
    return on.metric(node, "dispatch_timers_suspended", zone) != 0.0;
  };
  const auto ahead = in.struck() % 2 == 0;
  in.begin(ahead ? "clock jumps ahead" : "clock jumps back", node, on.zones_of(node));
  on.set_clock(node, ahead ? clock_jump : -clock_jump);
  on.await("deadlines suspended on " + node, are_suspended);
  in.recovered();
  on.set_clock(node, 0s);
  on.await("deadlines go on on " + node, [&] { return !are_suspended(); });
}

/// A node that can open nothing more gets the zones of one that ends.
void exhaust_descriptors(run& in) {
  auto& on = in.on();
  const auto ends = in.some_owner();
  std::string limited;
  on.await("another node that has zones", [&] {
    for (const auto& [zone, node] : on.owners()) {
      limited = node != ends ? node : limited;
    }
    return !limited.empty();
  });
  const auto process = on.process_id(limited);
  in.begin("no descriptors left", limited, on.zones_of(ends));
  const auto before = limit_descriptors(process, open_descriptors(process));
  on.kill(ends);
  in.recovered();
  limit_descriptors(process, before);
  on.start(ends);
}

/// The node takes its zones with the wrong clock, which is right soon afterwards.
void boot_in_another_year(run& in) {
  auto& on = in.on();
  const auto node = on.owner_of(in.some_zone({zone_kind::city}));
  const auto zones = on.zones_of(node);
  in.begin("clock a year ahead at the start", node, zones);
  on.kill(node);
  in.answered();
  on.set_clock(node, year);
  on.start(node);
  on.await("zones of " + node, [&] { return on.zones_of(node) == zones; });
  on.set_clock(node, 0s);
  in.recovered();
}

/// A node that lacks one thread for it gets the only zone. What it does not answer, it has to say.
void exhaust_threads(run& in) {
  auto& on = in.on();
  const auto ends = in.some_owner();
  const auto limited = *std::ranges::find_if(
      on.nodes(), [&](const std::string& node) { return node != ends && on.runs(node); });
  in.begin("no threads left", limited, on.zones_of(ends));
  on.limit_threads(limited, threads(on.process_id(ends)) - 1);
  on.kill(ends);
  in.traffic().is_answered_within(limited_for, in.faults().back().zones, steady::now());
  on.limit_threads(limited, 0);
  if (!on.runs(limited)) {
    on.start(limited);
  }
  on.start(ends);
  in.recovered();
}

/// For a moment, in which the write-ahead logs have room left and the stores none. Then a zone has
/// much to write. Time is what this fault consists of.
void fill_all_disks(run& in) {
  auto& on = in.on();
  const auto zone = in.some_zone({zone_kind::steady});
  in.place_many(zone, some_orders);
  in.begin("all disks full", "", in.all_zones());
  for (const auto& node : on.nodes()) {
    fill(on.data(node) / "filler");
  }
  std::this_thread::sleep_for(full_for);
  for (const auto& node : on.nodes()) {
    fs::remove(on.data(node) / "filler");
  }
  in.recovered();
  in.place_many(zone, many_orders);
}

} // namespace dispatch::nemesis
