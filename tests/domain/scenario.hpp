#pragma once

#include "actors/domain/machine.hpp"
#include "actors/domain/machines/order.hpp"
#include "actors/domain/machines/rider.hpp"
#include "messages/entities/order.hpp"
#include "messages/entities/rider.hpp"
#include "messages/policy.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// Words in which the tests of the machines are written.
namespace dispatch::domain {

using namespace std::chrono_literals;

/// When every scenario begins.
inline constexpr timestamp dawn{std::chrono::hours{24 * 365 * 55}};

/// A point of a city: metres east and north of its middle, near enough.
inline place metres(double east, double north) {
  return {30.0 + north / 111'194.9, 120.0 + east / 96'297.6};
}

/// A paid order that can be picked up at once.
inline place_order simple_order(place pick_up = metres(0, 0), place drop_off = metres(1000, 0)) {
  place_order o;
  o.station = "s1";
  o.pick_up = pick_up;
  o.drop_off = drop_off;
  o.ready_at = dawn;
  o.prepaid = true;
  return o;
}

/// What an outcome says in one line: names of its events, or `!` and the refusal.
template <class Event> std::string to_line(const outcome<Event>& result) {
  if (result.refused != refusal::none) {
    return "!" + std::string{to_string(result.refused)};
  }
  std::string line;
  for (const auto& e : result.events) {
    line += (line.empty() ? "" : " ") + std::string{event_name(e)};
  }
  return line;
}

/// Applies a command and makes its events true.
template <class State, class Command>
auto perform(State& state, const Command& command, timestamp at, bool by_operator = false) {
  static const dispatch::policy policy;
  auto result = apply(state, command, context{"x", at, by_operator, policy});
  for (const auto& e : result.events) {
    evolve(state, e);
  }
  return result;
}

/// One line of a machine's specification: what each named command comes to in one state.
template <class State> struct state_rules {
  std::string name;
  State state;
  std::string otherwise; ///< for commands that neither `but` nor the general rules name
  std::map<std::string, std::string> but;
};

/// A command by the name under which specifications mention it.
template <class Command> struct named_command {
  std::string name;
  Command command;
  timestamp at;
  bool by_operator = false;
};

inline stop pick_up_of(const std::string& order, const place& at, std::uint32_t load = 1,
                       timestamp ready = dawn) {
  return {stop_kind::pick_up, order, at, load, ready};
}

inline stop drop_off_of(const std::string& order, const place& at, std::uint32_t load = 1) {
  return {stop_kind::drop_off, order, at, load, timestamp{}};
}

/// `+a +b -a -b`: pick-ups and drop-offs of a route, in the order of travel.
inline std::string to_line(const std::vector<stop>& route) {
  std::string line;
  for (const auto& s : route) {
    line += (line.empty() ? "" : " ") + std::string{s.kind == stop_kind::pick_up ? "+" : "-"};
    line += s.order;
  }
  return line;
}

/// The route that `to_line` would spell so, every order with a load of one.
inline std::vector<stop> route_of(const std::string& line) {
  std::vector<stop> route;
  for (std::size_t i = 0; i + 1 < line.size(); i += 3) {
    const auto order = line.substr(i + 1, 1);
    route.push_back(line[i] == '+' ? pick_up_of(order, metres(0, 0))
                                   : drop_off_of(order, metres(1000, 0)));
  }
  return route;
}

} // namespace dispatch::domain
