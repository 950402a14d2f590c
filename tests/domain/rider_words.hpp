#pragma once

#include "actors/domain/route.hpp"
#include "tests/domain/scenario.hpp"

#include <doctest/doctest.h>

/// Words in which the tests of a rider are written.
namespace dispatch::domain {

inline rider given(const std::vector<named_command<rider_command>>& history) {
  rider state;
  for (const auto& [name, command, at, by_operator] : history) {
    REQUIRE(perform(state, command, at, by_operator).refused == refusal::none);
  }
  return state;
}

inline named_command<rider_command> do_(rider_command command) {
  return {"", std::move(command), dawn + 20min};
}

inline start_shift shift(std::uint32_t capacity = 2) {
  return {vehicle::bicycle, capacity, metres(-500, 0)};
}

/// An offer of orders named by single letters, on a route as `to_line` spells it.
inline propose_offer propose(const std::string& id, const std::string& orders,
                             const std::string& route) {
  std::vector<std::string> ids;
  for (const auto letter : orders) {
    ids.emplace_back(1, letter);
  }
  return {{id, ids, route_of(route), dawn + 1h}, false};
}

inline propose_offer by_hand(const std::string& orders, const std::string& route) {
  auto p = propose("h", orders, route);
  p.confirmed = true;
  return p;
}

inline propose_offer heavy(std::uint32_t load, const std::string& behind = "") {
  auto p = propose("o8", "z", behind);
  p.offer.route.push_back(pick_up_of("z", metres(0, 0), load));
  p.offer.route.push_back(drop_off_of("z", metres(0, 0), load));
  return p;
}

/// Its first stop is of an order that was picked up.
inline propose_offer on_board(propose_offer p) {
  p.offer.route.front().return_to = metres(0, 0);
  return p;
}

inline propose_offer ready_later(propose_offer p) {
  p.offer.route.front().not_before = dawn + 30min;
  return p;
}

inline const auto start = do_(shift());
inline const auto end = do_(end_shift{});
inline const auto take_a = do_(by_hand("a", "+a -a"));
inline const auto leave = do_(transfer_rider{"y"});
/// Of that transfer.
inline const auto leaving_number =
    static_cast<std::uint64_t>((dawn + 20min).time_since_epoch().count());
inline const named_command<rider_command> arrive_in_y{
    "", conclude_transfer{leaving_number, true, ""}, dawn + 20min, true};
inline const named_command<rider_command> come_from_y{
    "", receive_rider{"y", {1, shift(), dawn, dawn, {}, {}}}, dawn + 20min, true};
inline const auto take_break = do_(start_break{"lunch"});
inline const auto arrive_a = do_(arrive_at_stop{"a"});
inline const auto collect_a = do_(pick_up_order{"a"});
inline const auto consider_b = do_(propose("o1", "b", "+b -b"));

/// What holds of every rider, however it came about.
inline void check_consistent(const rider& r) {
  CHECK(peak_load(r.route) <= r.capacity);
  CHECK(r.frozen == (r.route.empty() ? 0 : 1));
  CHECK((!r.arrived || !r.route.empty()));
  CHECK((!r.open_offer || r.on_shift));
  CHECK(deadline(r).has_value() == (r.open_offer || r.ends_at));
  CHECK((!r.on_break || (r.on_shift && !r.open_offer)));
  CHECK(r.ends_at.has_value() == r.on_shift);
  for (auto s = r.route.begin(); s != r.route.end(); ++s) {
    const std::vector<stop> rest(s + 1, r.route.end());
    CHECK(has_stop(rest, stop_kind::drop_off, s->order) == (s->kind == stop_kind::pick_up));
  }
}

/// What a command comes to under these rules.
inline std::string says(rider& state, const rider_command& command, timestamp at,
                        const policy& policy) {
  const auto result = apply(state, command, context{"x", at, false, policy});
  for (const auto& e : result.events) {
    evolve(state, e);
  }
  check_consistent(state);
  return to_line(result) + (result.detail.empty() ? "" : ": " + result.detail);
}

} // namespace dispatch::domain
