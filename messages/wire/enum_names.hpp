#pragma once

#include <string_view>

namespace dispatch::wire {

/// The name that zones and programs say for an enum's value in JSON: `not_arrived` for
/// `REFUSAL_NOT_ARRIVED`, and `none` for every `..._UNSPECIFIED`. Empty when no enum of
/// dispatch/v1 has the value.
std::string_view plain_name(std::string_view value);

} // namespace dispatch::wire
