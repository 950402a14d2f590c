#pragma once

#include "messages/policy.hpp"

#include <string>

namespace dispatch::sim {

/// The policy of a zone definition in a file. Ends the program when there is none.
policy policy_in(const std::string& path);

} // namespace dispatch::sim
