#pragma once

#include "messages/entities/deadline.hpp"
#include "messages/entities/goods.hpp"
#include "messages/entities/pause.hpp"
#include "messages/entities/place.hpp"
#include "messages/entities/traits.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// All that is said to, by and about a station. The rules are in
/// actors/domain/machines/station.hpp.
namespace dispatch {

/// When a station hands out, by the zone's local time, in minutes since midnight. May go over
/// midnight; equal ones: always.
struct opening_hours {
  std::uint32_t from_min = 0;
  std::uint32_t to_min = 0;

  bool operator==(const opening_hours&) const = default;
};

/// What a sensor counted of one article.
struct counted_stock {
  std::string item;
  std::uint32_t on_hand = 0;
  std::optional<std::uint32_t> low_below; ///< absent: as before

  bool operator==(const counted_stock&) const = default;
};

// --- commands -----------------------------------------------------------------------------------

/// The station hands out orders from now on.
struct open_station {
  static constexpr auto verb = from_outside("open");
  static constexpr station_handling at_station{.taken_while_paused = false, .takes_goods = false};

  place at;
  opening_hours hours = {};

  bool operator==(const open_station&) const = default;
};

/// The station hands out nothing; its waiting orders wait, or get their goods elsewhere.
struct close_station {
  static constexpr auto verb = from_outside("close");
  static constexpr station_handling at_station{.taken_while_paused = false, .takes_goods = true};

  bool operator==(const close_station&) const = default;
};

/// From the station's sensor: what lies there, reserved goods included. Articles that are not named
/// are as before.
struct report_stock {
  static constexpr auto verb = from_outside("stock");
  static constexpr station_handling at_station{.taken_while_paused = true, .takes_goods = true};

  std::vector<counted_stock> levels;

  bool operator==(const report_stock&) const = default;
};

/// From the dispatcher: hold these goods for the order. What it held before is replaced.
struct reserve_stock {
  static constexpr auto verb = from_turn;
  static constexpr station_handling at_station{.taken_while_paused = false, .takes_goods = false};

  std::string order;
  std::vector<goods> items;
  timestamp until;
};

/// From the order: it needs what was held for it no more.
struct release_stock {
  static constexpr auto verb = from_turn;
  static constexpr station_handling at_station{.taken_while_paused = true, .takes_goods = false};

  std::string order;
};

/// From the order: a rider has taken what was held for it.
struct consume_stock {
  static constexpr auto verb = from_turn;
  static constexpr station_handling at_station{.taken_while_paused = true, .takes_goods = false};

  std::string order;
};

/// From the order: a rider has brought these back.
struct return_stock {
  static constexpr auto verb = from_turn;
  static constexpr station_handling at_station{.taken_while_paused = true, .takes_goods = false};

  std::string order;
  std::vector<goods> items;
};

/// From the order: its rider has come for what is held for it.
struct begin_hand_over {
  static constexpr auto verb = from_turn;
  static constexpr station_handling at_station{.taken_while_paused = true, .takes_goods = false};

  std::string order;
};

/// From the order: its rider has gone without it.
struct end_hand_over {
  static constexpr auto verb = from_turn;
  static constexpr station_handling at_station{.taken_while_paused = true, .takes_goods = false};

  std::string order;
};

/// Those with a verb come first, in the order in which the contract lists them.
using station_command = std::variant<open_station, close_station, report_stock, pass_deadline,
                                     pause_actor, resume_actor, reserve_stock, release_stock,
                                     consume_stock, return_stock, begin_hand_over, end_hand_over>;

// --- events -------------------------------------------------------------------------------------

struct station_opened {
  static constexpr event_traits traits{.name = "opened", .others_hear = false};

  place at;
  opening_hours hours = {};

  bool operator==(const station_opened&) const = default;
};

struct station_closed {
  static constexpr event_traits traits{.name = "closed", .others_hear = false};

  bool operator==(const station_closed&) const = default;
};

/// What a rider has in hand, and the sensor has not counted any more.
struct taken_goods {
  std::string order;
  std::string item;

  bool operator==(const taken_goods&) const = default;
};

struct stock_reported {
  static constexpr event_traits traits{.name = "stock_reported", .others_hear = false};

  std::vector<counted_stock> levels; ///< with `low_below`
  timestamp at;
  timestamp silent_from;                   ///< without another report
  std::vector<taken_goods> taken = {};     ///< the count is without these
  std::vector<std::string> by_policy = {}; ///< articles whose `low_below` is the policy's

  bool operator==(const stock_reported&) const = default;
};

struct stock_reserved {
  static constexpr event_traits traits{.name = "stock_reserved", .others_hear = false};

  std::string order;
  std::vector<goods> items;
  timestamp until;

  bool operator==(const stock_reserved&) const = default;
};

struct stock_released {
  static constexpr event_traits traits{.name = "stock_released", .others_hear = true};

  std::string order;
  stock_loss reason = stock_loss::asked;

  bool operator==(const stock_released&) const = default;
};

struct stock_consumed {
  static constexpr event_traits traits{.name = "stock_consumed", .others_hear = false};

  std::string order;

  bool operator==(const stock_consumed&) const = default;
};

struct stock_returned {
  static constexpr event_traits traits{.name = "stock_returned", .others_hear = false};

  std::string order;
  std::vector<goods> items;

  bool operator==(const stock_returned&) const = default;
};

/// Alert: fewer than `low_below` are left that nobody has reserved. Said once, until there are more
/// again.
struct stock_low {
  static constexpr event_traits traits{.name = "stock_low", .others_hear = false};

  std::string item;
  std::uint32_t available = 0;
  std::uint32_t low_below = 0;

  bool operator==(const stock_low&) const = default;
};

/// Alert: stock is low and the sensor is silent. Said once, until it reports again.
struct sensor_silent {
  static constexpr event_traits traits{.name = "sensor_silent", .others_hear = false};

  timestamp since; ///< of the last report

  bool operator==(const sensor_silent&) const = default;
};

/// The rider of the order has come for its goods: neither time nor a count takes them.
struct hand_over_began {
  static constexpr event_traits traits{.name = "hand_over_began", .others_hear = false};

  std::string order;

  bool operator==(const hand_over_began&) const = default;
};

/// The rider has gone without them.
struct hand_over_ended {
  static constexpr event_traits traits{.name = "hand_over_ended", .others_hear = false};

  std::string order;
  timestamp until; ///< they are held

  bool operator==(const hand_over_ended&) const = default;
};

using station_event =
    std::variant<station_opened, station_closed, actor_paused, actor_resumed, stock_reported,
                 stock_reserved, stock_released, stock_consumed, stock_returned, stock_low,
                 sensor_silent, hand_over_began, hand_over_ended>;

// --- state --------------------------------------------------------------------------------------

/// What a station has of one article.
struct stock_level {
  std::string item;
  std::uint32_t on_hand = 0;
  std::uint32_t reserved = 0; ///< never more than on_hand
  std::uint32_t low_below = 0;
  bool low = false;           ///< alerted
  bool low_by_policy = false; ///< nobody has said `low_below` of this article

  std::uint32_t available() const { return on_hand - reserved; }

  bool operator==(const stock_level&) const = default;
};

struct reservation {
  std::string order;
  std::vector<goods> items;
  timestamp until;                     ///< unless it is being handed over
  bool handing_over = false;           ///< the order's rider has come for it
  std::vector<std::string> taken = {}; ///< articles that are counted as gone from the shelf

  bool operator==(const reservation&) const = default;
};

/// What is known about one station. The fold of its events.
struct station {
  bool known = false;
  bool open = false;
  place at;
  std::optional<pause_note> pause; ///< its orders wait, open or not
  opening_hours hours = {};
  std::vector<stock_level> stock = {};        ///< by item
  std::vector<reservation> reservations = {}; ///< oldest first
  timestamp reported_at = {};                 ///< of the last sensor report; epoch: none
  timestamp silent_from = {};                 ///< when a silence is worth an alert, if stock is low
  bool silent = false;                        ///< alerted

  bool operator==(const station&) const = default;
};

} // namespace dispatch
