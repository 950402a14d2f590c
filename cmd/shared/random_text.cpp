#include "cmd/shared/random_text.hpp"

#include <array>
#include <cstdio>
#include <random>

namespace dispatch::cli {

std::string random_text() {
  std::random_device random;
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%08x%08x", random(), random());
  return text.data();
}

} // namespace dispatch::cli
