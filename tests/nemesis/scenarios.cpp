#include "tests/nemesis/scenarios.hpp"

#include "tests/nemesis/faults.hpp"

#include <filesystem>
#include <sched.h>
#include <sys/mount.h>

namespace dispatch::nemesis {

namespace {

constexpr equipment proxies{.proxies = true};
constexpr equipment small_disks{.small_disks = true};
constexpr equipment own_clocks{.own_clocks = true};

bool own_mounts = false;

} // namespace

const std::vector<scenario>& scenarios() {
  static const std::vector<scenario> all{
      {"owner-kill", "kill -9 of nodes that own zones", kill_owner, 100},
      {"owner-pause", "SIGSTOP of an owner past its lease, then SIGCONT", pause_owner, 200},
      {"drain", "an operator drains a node and gives it back", drain_node, 50},
      {"drain-taken-back", "a drain ends when the first zone has moved", take_drain_back, 50},
      {"rolling", "SIGTERM of a node, and a new one in its place", stop_node, 20},
      {"server-kill", "kill -9 of a nats-server", kill_server, 20},
      {"leader-kill", "kill -9 of the server that leads a log, or all", kill_leader, 10, {}, 3},
      {"server-rolling", "SIGTERM of one nats-server after the other", stop_next_server, 6, {}, 3},
      {"cluster-restart", "kill -9 of all nats-servers", kill_all_servers, 5},
      {"partition", "an owner is cut off until others have its zones", cut_off, 30, proxies},
      {"half-open", "an owner is cut off in one direction", cut_one_direction, 20, proxies},
      {"flapping", "an owner's network comes and goes", flap, 10, proxies},
      {"late-bytes", "what an owner sent arrives after it was replaced", deliver_late, 20, proxies},
      {"reconnect-storm", "all connections of all nodes end", drop_all_connections, 20, proxies},
      {"disk-full", "a node's disk is full, then has room", fill_disk, 5, small_disks},
      {"store-damage", "a node's SQLite files are damaged while it is down", damage_store, 9},
      {"clock-jump", "a node's clock is an hour off, then right", jump_clock, 6, own_clocks},
      {"descriptor-limit", "a node can open no more files", exhaust_descriptors, 5},
      {"log-full", "a log reaches its limit and is resized", fill_log, 5},
      {"consumer-deletion", "consumers of a zone are deleted", delete_consumers, 20},
      {"bad-input", "invalid, oversized, repeated, conflicting commands", send_bad_input, 10},
      {"position-flood", "20,000 positions per second for 3 s", flood_positions, 10},
  };
  return all;
}

std::optional<std::string> obstacle_to(const equipment& needed) {
  if (needed.small_disks && !own_mounts) {
    return "small disks need the right to mount a tmpfs (run it as root)";
  }
  return std::nullopt;
}

void prepare_machine() {
  own_mounts = ::unshare(CLONE_NEWNS) == 0 &&
               ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

} // namespace dispatch::nemesis
