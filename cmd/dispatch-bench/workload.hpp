#pragma once

#include "cmd/client/bulk_publisher.hpp"
#include "messages/entities/place.hpp"
#include "messages/records/command.hpp"
#include "messages/time.hpp"
#include "messages/wire/subjects.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

namespace dispatch::bench {

/// Its id is b.<number>, from 1.
using bench_command = client::bulk_command;

/// The number in the id of a bench_command; 0 for any other id.
std::uint64_t number_of(std::string_view id);

/// Spells commands for one zone and numbers them.
class speller {
public:
  explicit speller(std::string zone) : zone_(std::move(zone)) {}

  bench_command spell(const entity_ref& target, const command_body& body);

private:
  std::string zone_;
  wire::subjects subjects_;
  std::uint64_t last_ = 0;
};

/// An endless mix of commands that follows from its seed and hardly contains one that is refused:
/// 15 % are about orders, each of which is cancelled within 1,000 commands, the others begin and
/// end the shifts of a large pool of riders.
class workload {
public:
  workload(std::uint64_t seed, std::string zone, timestamp orders_ready_at);

  bench_command next();
  std::vector<bench_command> next(std::size_t count);

private:
  struct open_order {
    std::string id;
    std::deque<order_command> rest;
  };

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  place somewhere(double spread_degrees);
  bench_command next_of_order();
  bench_command next_of_rider();

  std::mt19937_64 random_;
  speller speller_;
  timestamp orders_ready_at_;
  std::deque<open_order> open_;
  std::uint64_t orders_ = 0;
  std::vector<bool> on_shift_;
};

/// Commands after which a zone knows so many entities and is at rest: a fifth are riders on shift
/// around the place of `order_nearby`, two fifths riders off shift, two fifths unpaid orders.
std::vector<bench_command> population(const std::string& zone, std::size_t entities,
                                      timestamp orders_ready_at);

/// A prepaid order within reach of the population's riders, named `first`.
bench_command order_nearby(const std::string& zone, timestamp ready_at);

} // namespace dispatch::bench
