#pragma once

#include "tests/nemesis/run.hpp"

/// Each injects one fault, undoes it, and waits for what it struck.
namespace dispatch::nemesis {

// Of nodes, by signals and by an operator.
void kill_owner(run& in);
void pause_owner(run& in);
void drain_node(run& in);
void take_drain_back(run& in);
void stop_node(run& in);

// Of servers.
void kill_server(run& in);
void kill_leader(run& in);
void stop_next_server(run& in);
void kill_all_servers(run& in);
void rotate_password(run& in); ///< with users

// Of the power of all servers: their disks go back to what they held some seconds ago.
void cut_power(run& in);
void cut_power_and_one_off(run& in); ///< with proxies
void cut_power_of_quiet(run& in);    ///< whose commands have expired

// Of the wires between nodes and servers; with proxies.
void cut_off(run& in);
void cut_one_direction(run& in);
void flap(run& in);
void deliver_late(run& in);
void drop_all_connections(run& in);

// Of what a node stands on.
void fill_disk(run& in); ///< with small disks
void damage_store(run& in);
void jump_clock(run& in); ///< with own clocks
void exhaust_descriptors(run& in);
void boot_in_another_year(run& in); ///< with own clocks
void exhaust_threads(run& in);      ///< with thread limits and two nodes
void fill_all_disks(run& in);       ///< with small disks

// Of streams.
void fill_log(run& in);
void delete_consumers(run& in);
void leave_streams_unanswered(run& in); ///< with proxies
void recreate_leases(run& in);

// Of quiet zones, whose events have expired.
void drain_from_quiet(run& in);
void stop_owner_of_quiet(run& in);
void kill_owner_of_quiet(run& in);
void open_idle(run& in);

// Of those who publish.
void send_bad_input(run& in);
void flood_positions(run& in);

} // namespace dispatch::nemesis
