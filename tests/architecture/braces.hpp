#pragma once

#include "tests/architecture/rules.hpp"
#include "tests/architecture/text.hpp"

namespace dispatch::architecture {

/// Bodies of `if`, `for`, `while` and `else` without braces. Macros are left alone.
violations bodies_without_braces(const source_tree& tree);

} // namespace dispatch::architecture
