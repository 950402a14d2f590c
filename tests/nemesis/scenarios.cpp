#include "tests/nemesis/scenarios.hpp"

#include "tests/nemesis/faults.hpp"

#include <filesystem>
#include <sched.h>
#include <sys/mount.h>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;

constexpr equipment nothing;
constexpr equipment proxies{.proxies = true};
constexpr equipment small_disks{.small_disks = true};
constexpr equipment own_clocks{.own_clocks = true};
constexpr equipment thread_limits{.thread_limits = true};
constexpr equipment users{.users = true};

constexpr budget usual;
/// Before a healthy zone notices that another one cannot be opened.
constexpr budget of_others{.gap_max = 1500ms};
/// Far less than a store lets its write-ahead log become under the greatest load.
constexpr budget of_many_orders{
    .epochs_per_fault = 0, .rss_slope = 8192.0, .wal_max = std::uint64_t{5} << 20};
/// An owner that can still do half of all is believed for a while, and comes back meanwhile.
constexpr budget of_half_able{.epochs_per_fault = 4};
/// As often as the network comes and goes.
constexpr budget of_flapping{.epochs_per_fault = 0};
/// There and back, twice.
constexpr budget of_idle_openings{.epochs_per_fault = 4};
/// Not answered while it lacks a thread.
constexpr budget of_threads{.gap_max = 45s, .recovery_max = 45s};

void without_cities(cluster_settings& of) { of.zones.cities = 0; }

void without_deadlines(cluster_settings& of) {
  of.zones.cities = 0;
  of.zones.operators = false;
}

void only_busy_zones(cluster_settings& of) {
  of.zones.cities = 0;
  of.zones.quiet = 0;
}

void with_one_zone(cluster_settings& of) {
  of.zones.count = 1;
  of.nodes = 2;
}

void with_events_that_expire(cluster_settings& of) {
  of.zones.cities = 0;
  of.zones.quiet_output_age = 2s;
}

bool own_mounts = false;

/// Of nodes, their wires and what they stand on.
std::vector<scenario> of_nodes() {
  return {
      {"owner-kill", "kill -9 of nodes that own zones", kill_owner, 100},
      {"owner-pause", "SIGSTOP of an owner past its lease, then SIGCONT", pause_owner, 200},
      {"drain", "an operator drains a node and gives it back", drain_node, 50},
      {"drain-taken-back", "a drain ends when the first zone has moved", take_drain_back, 50},
      {"rolling", "SIGTERM of a node, and a new one in its place", stop_node, 20},
      {"partition", "an owner is cut off until others have its zones", cut_off, 30, proxies},
      {"half-open", "an owner is cut off in one direction", cut_one_direction, 20, proxies, 1,
       of_half_able},
      {"flapping", "an owner's network comes and goes", flap, 10, proxies, 1, of_flapping},
      {"late-bytes", "what an owner sent arrives after it was replaced", deliver_late, 20, proxies},
      {"reconnect-storm", "all connections of all nodes end", drop_all_connections, 20, proxies},
      {"disk-full", "a node's disk is full, then has room", fill_disk, 5, small_disks},
      {"checkpoint-after-disk-full", "all disks are full for a moment, then much is written",
       fill_all_disks, 3, small_disks, 1, of_many_orders, only_busy_zones, false},
      {"store-damage", "a node's SQLite files are damaged while it is down", damage_store, 9},
      {"clock-jump", "a node's clock is an hour off, then right", jump_clock, 6, own_clocks, 1,
       usual, without_deadlines},
      {"clock-jump-city", "the same, where cities live", jump_clock, 6, own_clocks, 1, usual,
       nullptr, false},
      {"clock-year", "a node starts with a clock a year ahead, then it is right",
       boot_in_another_year, 2, own_clocks, 1, usual, nullptr, false},
      {"descriptor-limit", "a node can open no more files", exhaust_descriptors, 5, nothing, 1,
       of_half_able},
      {"threads", "a node lacks one thread for the zone that it gets", exhaust_threads, 3,
       thread_limits, 1, of_threads, with_one_zone, false},
  };
}

/// Of servers, streams and publishers.
std::vector<scenario> of_servers() {
  return {
      {"server-kill", "kill -9 of a nats-server", kill_server, 20, nothing, 1, usual,
       without_cities},
      {"server-kill-city", "the same, where cities live", kill_server, 20, nothing, 1, usual,
       nullptr, false},
      {"leader-kill", "kill -9 of the server that leads a log, or all", kill_leader, 10, nothing,
       3},
      {"server-rolling", "SIGTERM of one nats-server after the other", stop_next_server, 6, nothing,
       3},
      {"cluster-restart", "kill -9 of all nats-servers", kill_all_servers, 5, nothing, 1, usual,
       without_cities},
      {"password-rotated", "the servers refuse the nodes' password for a while", rotate_password, 3,
       users, 1, usual, without_cities, false},
      {"power-cut", "the servers' disks are as some seconds ago", cut_power, 10, nothing, 1, usual,
       only_busy_zones, false},
      {"power-cut-one-off", "the same, while a node is cut off", cut_power_and_one_off, 10, proxies,
       1, usual, only_busy_zones, false},
      {"power-cut-quiet", "the same, of zones whose commands have expired", cut_power_of_quiet, 5,
       nothing, 1, usual, without_cities, false},
      {"log-full", "a log reaches its limit and is resized", fill_log, 5},
      {"consumer-deletion", "consumers of a zone are deleted", delete_consumers, 20},
      {"slow-stream", "the streams of zones that are opened do not answer",
       leave_streams_unanswered, 5, proxies, 1, of_others, only_busy_zones, false},
      {"bucket-recreated", "the leases are deleted, then an owner killed", recreate_leases, 3,
       nothing, 1, usual, without_cities, false},
      {"quiet-drain", "a zone without kept events is drained", drain_from_quiet, 5, nothing, 1,
       usual, with_events_that_expire, false},
      {"quiet-stop", "the owner of such a zone ends", stop_owner_of_quiet, 5, nothing, 1, usual,
       with_events_that_expire, false},
      {"quiet-kill", "the owner of such a zone is killed", kill_owner_of_quiet, 5, nothing, 1,
       usual, with_events_that_expire, false},
      {"idle-openings", "a quiet zone is opened again and again", open_idle, 3, nothing, 1,
       of_idle_openings, without_cities, false},
      {"bad-input", "invalid, oversized, repeated, conflicting commands", send_bad_input, 10},
      {"position-flood", "20,000 positions per second for 3 s", flood_positions, 10},
  };
}

} // namespace

const std::vector<scenario>& scenarios() {
  static const std::vector<scenario> all = [] {
    auto both = of_nodes();
    for (const auto& each : of_servers()) {
      both.push_back(each);
    }
    return both;
  }();
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
