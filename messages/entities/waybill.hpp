#pragma once

#include "messages/entities/goods.hpp"
#include "messages/entities/place.hpp"
#include "messages/entities/traits.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// The electronic waybill of an assignment: who carries what from where to where.
namespace dispatch {

/// What a waybill certifies. Its canonical bytes, which are signed, are made by
/// wire::encode_waybill.
struct waybill {
  std::string number; ///< of the waybill: the order's id, `-` and the number of the assignment
  std::string zone;
  std::string order;
  std::string rider;
  std::string offer; ///< that was accepted, or the operator's assignment
  std::string station;
  place pick_up;
  place drop_off;
  std::uint32_t load = 0;
  std::string reference; ///< the upstream's own
  timestamp assigned_at;
  std::vector<goods> items = {}; ///< from the station's stock

  bool operator==(const waybill&) const = default;
};

/// A waybill as it is handed out. Without a signature it is marked by empty fields, and one with
/// the same number follows that has them.
struct signed_waybill {
  std::string number;
  std::string document;  ///< the canonical bytes
  std::string algorithm; ///< such as `SM2-SM3`; empty: not signed
  std::string key;       ///< id of the public key; empty: not signed
  std::string signature; ///< in DER, over `document`; empty: not signed

  bool is_signed() const { return !signature.empty(); }

  bool operator==(const signed_waybill&) const = default;
};

// --- commands and events of orders --------------------------------------------------------------

/// From the zone: the waybill of the assignment, signed or not.
struct attach_waybill {
  static constexpr auto verb = from_zone("attach_waybill");
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};

  signed_waybill waybill;

  bool operator==(const attach_waybill&) const = default;
};

/// The rider has a document of the assignment. Comes a second time when the first is not signed.
struct waybill_issued {
  static constexpr event_traits traits{.name = "waybill_issued", .others_hear = true};

  std::string rider;
  signed_waybill waybill;

  bool operator==(const waybill_issued&) const = default;
};

// --- commands and events of riders --------------------------------------------------------------

/// From an order that the rider carries: its waybill.
struct receive_waybill {
  static constexpr auto verb = from_turn;
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};

  std::string order;
  signed_waybill waybill;
};

/// The waybill of an order on the route is there, to be shown to whoever asks.
struct waybill_received {
  static constexpr event_traits traits{.name = "waybill_received", .others_hear = false};

  std::string order;
  signed_waybill waybill;

  bool operator==(const waybill_received&) const = default;
};

} // namespace dispatch
