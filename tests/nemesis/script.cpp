#include "tests/nemesis/script.hpp"

#include "tests/integration/zone_client.hpp"

#include <array>

namespace dispatch::nemesis {

namespace {

constexpr std::uint64_t riders = 8;
/// An order is cancelled by the command that comes so many steps later.
constexpr std::uint64_t order_steps = 6;
/// Of these, riders are assigned to orders, and others paused.
constexpr std::uint64_t assigned_riders = 4;

std::string rider(std::uint64_t number) { return "rider.r" + std::to_string(number); }
std::string order(std::uint64_t number) { return "order.o" + std::to_string(number); }

/// Of an order that only an operator gives to a rider: nobody drives a car.
std::string body_for_cars() {
  auto body = integration::order_body();
  body.back() = ',';
  return body + R"("vehicles":["VEHICLE_CAR"]})";
}

line begin_shift(std::uint64_t number) {
  return {rider(number), "start_shift", integration::shift_body(), "shift_started"};
}

line cancel(std::uint64_t number) {
  return {order(number), "cancel", R"({"reason":"changed_mind"})", "cancelled"};
}

/// Of a station that serves nobody.
line probe(std::uint64_t step) {
  if (step % 2 == 0) {
    return {"station.probe", "open", R"({"at":{"latitude":7.1,"longitude":-73.1}})", "opened"};
  }
  return {"station.probe", "close", "{}", "closed"};
}

/// Orders are placed and cancelled, and shifts end and begin.
line steady_line(std::uint64_t step) {
  if (step % 2 == 0) {
    return {order(step), "place", integration::order_body(), "placed"};
  }
  if (step % 4 == 1) {
    return step > riders + order_steps ? cancel(step - order_steps - 1) : probe(step / 4);
  }
  const auto who = step / 8 % riders;
  return step % 8 == 3 ? line{rider(who), "end_shift", "{}", "shift_ended"} : begin_shift(who);
}

/// The life of an order in operators' hands. A rider has one at a time.
line operators_line(std::uint64_t step) {
  const auto number = step / 8;
  const auto bound = "r" + std::to_string(number % assigned_riders);
  const auto paused = rider(assigned_riders + number % (riders - assigned_riders));
  const std::array<line, 8> lines{
      {{order(number), "place", body_for_cars(), "placed"},
       {order(number), "hold.nemesis", R"({"reason":"asked_customer"})", "held"},
       {paused, "pause.nemesis", R"({"reason":"asked"})", "paused"},
       {order(number), "release.nemesis", "{}", "hold_released"},
       {order(number), "assign.nemesis", R"({"rider":")" + bound + R"("})", "assigned", true},
       {paused, "resume.nemesis", "{}", "resumed"},
       {order(number), "unassign.nemesis", R"({"reason":"asked"})", "unassigned"},
       cancel(number)}};
  auto said = lines.at(step % lines.size());
  said.row = said.entity == paused ? paused : "with " + bound;
  return said;
}

} // namespace

line line_of(zone_kind kind, std::uint64_t step) {
  if (kind == zone_kind::city || kind == zone_kind::quiet) {
    return probe(step);
  }
  if (step < riders) {
    return begin_shift(step);
  }
  return kind == zone_kind::steady ? steady_line(step) : operators_line(step);
}

} // namespace dispatch::nemesis
