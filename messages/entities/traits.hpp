#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>

/// What has to be known of every command and event, whatever it comes to. It stands in the struct
/// of which it speaks, and nothing has a default: a command or event that does not say it does not
/// compile.
namespace dispatch {

/// A member of an aggregate that has to be stated.
template <class T> struct stated {
  template <std::convertible_to<T> From> constexpr stated(From from) : value(from) {}
  constexpr operator T() const { return value; }

  T value;
};

// --- of commands: `verb`, and `at_order`, `at_rider`, `at_station` -------------------------------

/// Who says a command.
enum class said_by : std::uint8_t {
  anyone, ///< it comes from outside, with the verb in its subject
  zone,   ///< the zone itself, of a deadline, position or waybill; recorded, never from outside
  turn,   ///< an entity or the dispatcher, within a turn; follows from what is recorded
};

struct command_verb {
  std::string_view text; ///< in subjects and records; empty: of `turn`
  said_by by;
};

constexpr command_verb from_outside(std::string_view verb) { return {verb, said_by::anyone}; }
constexpr command_verb from_zone(std::string_view verb) { return {verb, said_by::zone}; }
inline constexpr command_verb from_turn{{}, said_by::turn};

/// `at_order` of a command to orders.
struct order_handling {
  stated<bool> taken_while_paused;
  stated<bool> rider_hears; ///< its rider may have to hear of it: never beside a step of that rider
};

/// What a rider's command means for the route.
enum class route_effect : std::uint8_t {
  none,
  grows,    ///< orders come to it
  step,     ///< the first stop, of the order that the command names
  given_up, ///< orders leave it that the command does not name
};

/// `at_rider` of a command to riders.
struct rider_handling {
  stated<bool> taken_while_paused;
  stated<route_effect> route;
};

/// `at_station` of a command to stations.
struct station_handling {
  stated<bool> taken_while_paused;
  stated<bool> takes_goods; ///< perhaps from an order whose rider is about to pick it up
};

// --- of events: `traits` ------------------------------------------------------------------------

struct event_traits {
  stated<std::string_view> name; ///< last token of its subject
  stated<bool> others_hear; ///< it causes commands to other entities (actors/turn/reactions.hpp)
};

} // namespace dispatch
