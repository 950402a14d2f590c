#pragma once

#include <string>

namespace dispatch::cli {

/// 16 hexadecimal digits that nobody else has.
std::string random_text();

} // namespace dispatch::cli
