#include "cmd/dispatch-bench/fill.hpp"

#include "cmd/dispatch-bench/publisher.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/subjects.hpp"

#include <chrono>

namespace dispatch::bench {

timestamp soon() {
  return std::chrono::floor<duration>(std::chrono::system_clock::now()) + std::chrono::minutes{5};
}

workload fill(site& at, const std::string& zone, std::uint64_t seed, std::size_t commands,
              timestamp orders_ready_at) {
  workload from{seed, zone, orders_ready_at};
  const auto on = at.connect("fill");
  publish_all(on, from.next(commands));
  const auto stored = cli::value_or_stop(
      nats::api::state_of(*on, wire::input_stream("dispatch", zone)), cli::exit_code::failed);
  if (stored.last_sequence != commands || stored.messages != commands) {
    throw cli::stop(cli::exit_code::failed, "stream of zone " + zone + " stored " +
                                                std::to_string(stored.messages) + " of " +
                                                std::to_string(commands) + " commands");
  }
  return from;
}

} // namespace dispatch::bench
