#include "cmd/dispatch-bench/workload.hpp"

#include "messages/wire/codec.hpp"

#include <charconv>
#include <utility>

namespace dispatch::bench {

namespace {

constexpr place city_centre{.latitude = 31.23, .longitude = 121.47};
constexpr double order_spread_degrees = 0.04;
constexpr double rider_spread_degrees = 0.09;
constexpr double nearby_degrees = 0.02;

constexpr std::uint64_t orders_per_hundred = 15;
constexpr std::size_t riders = 20'000;
/// With 15 % order commands and at most 4 commands an order, one lives for at most 4 * 25 / 0.15 =
/// 670 commands on average.
constexpr std::size_t open_orders_max = 25;

std::string numbered(const char* prefix, std::uint64_t number) {
  return prefix + std::to_string(number);
}

place_order order_at(const place& from, const place& to, timestamp ready_at, bool prepaid) {
  place_order order;
  order.station = "kitchen";
  order.pick_up = from;
  order.drop_off = to;
  order.ready_at = ready_at;
  order.prepaid = prepaid;
  return order;
}

rider_command shift_at(const place& at) {
  return start_shift{.vehicle = vehicle::motorcycle, .capacity = 3, .at = at};
}

} // namespace

std::uint64_t number_of(std::string_view id) {
  std::uint64_t number = 0;
  if (id.starts_with("b.")) {
    std::from_chars(id.data() + 2, id.data() + id.size(), number);
  }
  return number;
}

bench_command speller::spell(const entity_ref& target, const command_body& body) {
  return {.subject = subjects_.command(zone_, target, wire::verb_of(body)),
          .id = numbered("b.", ++last_),
          .body = wire::encode_command(body, wire::encoding::protobuf)};
}

workload::workload(std::uint64_t seed, std::string zone, timestamp orders_ready_at)
    : random_(seed), speller_(std::move(zone)), orders_ready_at_(orders_ready_at),
      on_shift_(riders, false) {}

place workload::somewhere(double spread_degrees) {
  // Not a distribution of the library, whose results differ between its implementations.
  constexpr std::uint64_t steps = 100'000;
  const auto offset = [&] {
    return spread_degrees * (2.0 * static_cast<double>(below(steps)) / double{steps} - 1.0);
  };
  const auto north = offset();
  return {.latitude = city_centre.latitude + north, .longitude = city_centre.longitude + offset()};
}

bench_command workload::next() {
  return below(100) < orders_per_hundred ? next_of_order() : next_of_rider();
}

std::vector<bench_command> workload::next(std::size_t count) {
  std::vector<bench_command> commands;
  commands.reserve(count);
  while (commands.size() < count) {
    commands.push_back(next());
  }
  return commands;
}

bench_command workload::next_of_order() {
  if (open_.size() < open_orders_max) {
    const auto prepaid = below(2) == 0;
    const auto from = somewhere(order_spread_degrees);
    const auto to = somewhere(order_spread_degrees);
    open_order opened{.id = numbered("o", ++orders_), .rest = {}};
    if (!prepaid) {
      opened.rest.emplace_back(pay_order{});
    }
    if (below(2) == 0) {
      opened.rest.emplace_back(ready_order{});
    }
    opened.rest.emplace_back(cancel_order{.reason = "changed_mind"});
    const entity_ref target{entity_kind::order, opened.id};
    open_.push_back(std::move(opened));
    return speller_.spell(target, order_command{order_at(from, to, orders_ready_at_, prepaid)});
  }
  auto turn = std::move(open_.front());
  open_.pop_front();
  const auto command = std::move(turn.rest.front());
  turn.rest.pop_front();
  const entity_ref target{entity_kind::order, turn.id};
  if (!turn.rest.empty()) {
    open_.push_back(std::move(turn));
  }
  return speller_.spell(target, command);
}

bench_command workload::next_of_rider() {
  const auto number = static_cast<std::size_t>(below(riders));
  const entity_ref target{entity_kind::rider, numbered("r", number)};
  on_shift_[number] = !on_shift_[number];
  if (on_shift_[number]) {
    return speller_.spell(target, shift_at(somewhere(rider_spread_degrees)));
  }
  return speller_.spell(target, rider_command{end_shift{}});
}

std::vector<bench_command> population(const std::string& zone, std::size_t entities,
                                      timestamp orders_ready_at) {
  speller spell{zone};
  std::vector<bench_command> commands;
  const auto near = [](std::size_t i) {
    constexpr std::size_t steps = 200;
    const auto step = nearby_degrees / double{steps};
    return place{.latitude = city_centre.latitude + step * static_cast<double>(i % steps),
                 .longitude =
                     city_centre.longitude + step * static_cast<double>(i / steps % steps)};
  };
  const auto on_shift = entities / 5;
  const auto off_shift = entities * 2 / 5;
  for (std::size_t i = on_shift + off_shift; i < entities; ++i) {
    commands.push_back(
        spell.spell({entity_kind::order, numbered("o", i)},
                    order_command{order_at(near(i), city_centre, orders_ready_at, false)}));
  }
  for (std::size_t i = on_shift; i < on_shift + off_shift; ++i) {
    commands.push_back(spell.spell({entity_kind::rider, numbered("r", i)}, shift_at(near(i))));
    commands.push_back(
        spell.spell({entity_kind::rider, numbered("r", i)}, rider_command{end_shift{}}));
  }
  // Last, so that their positions are the freshest.
  for (std::size_t i = 0; i < on_shift; ++i) {
    commands.push_back(spell.spell({entity_kind::rider, numbered("r", i)}, shift_at(near(i))));
  }
  return commands;
}

bench_command order_nearby(const std::string& zone, timestamp ready_at) {
  auto command =
      speller{zone}.spell({entity_kind::order, "first"},
                          order_command{order_at(city_centre, city_centre, ready_at, true)});
  command.id = "first";
  return command;
}

} // namespace dispatch::bench
