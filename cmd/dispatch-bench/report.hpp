#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

namespace dispatch::bench {

/// One number that was measured.
struct figure {
  std::string key;   ///< for programs
  std::string title; ///< for people, with the unit
  double value = 0.0;
  int decimals = 0;
};

/// What one repetition came to. Repetitions of one measurement have the same figures in the same
/// order.
using figures = std::vector<figure>;

/// The median of each figure by itself.
figures medians(std::span<const figures> repetitions);

void print_table(std::ostream& to, const figures& of);
void print_json(std::ostream& to, const figures& of);

/// With so many decimals.
std::string text_of(double value, int decimals);

/// A line about what is being done, on stderr.
void tell(const std::string& what);

} // namespace dispatch::bench
