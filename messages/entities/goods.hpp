#pragma once

#include "messages/entities/place.hpp"

#include <cstdint>
#include <string>

namespace dispatch {

/// So many pieces of one article that stations keep in stock.
struct goods {
  std::string item;
  std::uint32_t quantity = 1;

  bool operator==(const goods&) const = default;
};

/// The station that the dispatcher chose for them, and where it hands over.
struct chosen_station {
  std::string id;
  place at;

  bool operator==(const chosen_station&) const = default;
};

/// Why a station holds goods for an order no more. The value is stored: never renumber.
enum class stock_loss : std::uint8_t {
  asked = 1,        ///< the order gave them up
  expired = 2,      ///< nobody picked them up in time
  closed = 3,       ///< the station hands out nothing
  out_of_stock = 4, ///< there are fewer than were reserved
};

} // namespace dispatch
