#pragma once

#include "messages/entities/order.hpp"
#include "messages/entities/waybill.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Waybills: one for every assignment. The first may be handed out without a signature, when none
/// could be had in time; the signed one that follows has the same number and the same document.
namespace dispatch::domain {

std::string waybill_number(std::string_view order, std::uint32_t assignment);

/// Whether a rider carries the order, or is on the way to it, without a signed waybill; or did so
/// to the end, with one that is not signed yet.
bool wants_waybill(const order& state);

/// What the waybill of an order that a rider has says.
waybill waybill_of(std::string_view zone, std::string_view id, const order& state);

} // namespace dispatch::domain
