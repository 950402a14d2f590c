#pragma once

#include "tests/support/virtual_city.hpp"

/// What holds of every city, whatever happened in it.
namespace dispatch::testing {

/// The audit finds nothing wrong with its streams.
void check_audit(const virtual_city& city);

/// Its log decided again, with this policy in the definition, is the same to the byte.
void check_decided_again(const virtual_city& city, const policy& definition);
inline void check_decided_again(const virtual_city& city) { check_decided_again(city, city.rules); }

} // namespace dispatch::testing
