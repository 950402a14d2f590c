#pragma once

#include "messages/entities/order.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Why the offers of an order came to nothing.
namespace dispatch::domain {

/// The rider did not want it, in words or by silence.
bool was_turned_down(lapse_reason reason);

/// `expired`, or what the rider said; `declined` when that was nothing.
std::string lapse_name(lapse_reason reason, const std::string& detail);

/// At most `lapse_reasons_max` reasons are told apart; the last is `other` then.
void count_lapse(std::vector<lapse_count>& lapses, const std::string& reason);

/// Offers that were turned down.
std::uint32_t total(const std::vector<lapse_count>& lapses);

} // namespace dispatch::domain
