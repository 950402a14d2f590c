#include "messages/wire/subjects.hpp"
#include "tests/integration/harness.hpp"
#include "tests/nemesis/faults.hpp"

#include <thread>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;

constexpr auto refused_for = 4s;

std::string name_of(std::size_t server) { return "s" + std::to_string(server); }

/// Without the server the others go on, if there are any.
void do_without(run& in, std::size_t server) {
  auto& servers = in.on().where();
  if (servers.count() > 1) {
    in.recovered();
  }
  servers.start(server);
  if (servers.count() == 1) {
    in.recovered();
  }
}

} // namespace

void kill_server(run& in) {
  auto& servers = in.on().where();
  const auto server = in.random(servers.count());
  in.begin("kill -9 nats-server", name_of(server), in.all_zones());
  servers.kill(server);
  do_without(in, server);
}

/// The leader of a log, and the leader of all, in turn.
void kill_leader(run& in) {
  auto& servers = in.on().where();
  const auto of_all = in.struck() % 2 == 1;
  const auto stream = wire::log_stream("dispatch", in.some_zone());
  std::optional<std::size_t> leader;
  integration::await("a leader", [&] {
    leader = of_all ? servers.meta_leader() : servers.leader_of(*in.on().on(), stream);
    return leader.has_value();
  });
  in.begin(of_all ? "kill -9 meta leader" : "kill -9 log leader", name_of(*leader), in.all_zones());
  servers.kill(*leader);
  do_without(in, *leader);
}

void stop_next_server(run& in) {
  auto& servers = in.on().where();
  const auto server = in.struck() % servers.count();
  in.begin("SIGTERM nats-server", name_of(server), in.all_zones());
  servers.stop(server);
  do_without(in, server);
}

void kill_all_servers(run& in) {
  auto& servers = in.on().where();
  in.begin("kill -9 all nats-servers", "", in.all_zones());
  servers.kill_all();
  servers.start_all();
  in.recovered();
}

/// Time is what this fault consists of: each connection of each node is refused several times.
void rotate_password(run& in) {
  auto& servers = in.on().where();
  in.begin("nodes' password unknown", "", in.all_zones());
  for (const auto known : {false, true}) {
    servers.kill_all();
    servers.know_nodes(known);
    servers.start_all();
    if (!known) {
      std::this_thread::sleep_for(refused_for);
    }
  }
  in.recovered();
}

} // namespace dispatch::nemesis
