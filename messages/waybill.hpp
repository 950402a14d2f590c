#pragma once

#include "messages/goods.hpp"
#include "messages/place.hpp"
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

} // namespace dispatch
