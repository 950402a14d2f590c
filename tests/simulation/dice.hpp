#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace dispatch::testing {

/// Chance that is a function of a seed, the same with every standard library.
class dice {
public:
  explicit dice(std::uint64_t seed) : random_(seed) {}

  int pick(int least, int most) {
    // std::uniform_int_distribution differs between libraries; seeds must not.
    const auto span = static_cast<std::uint64_t>(most - least + 1);
    return least + static_cast<int>(random_() % span);
  }
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }
  bool chance(int percent) { return pick(1, 100) <= percent; }

private:
  std::mt19937_64 random_;
};

} // namespace dispatch::testing
