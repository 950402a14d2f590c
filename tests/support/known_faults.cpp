#include "tests/support/known_faults.hpp"

#include <fstream>
#include <stdexcept>

namespace dispatch::testing {

std::set<std::string> known_violations(const std::string& test) {
  std::ifstream file(KNOWN_FAULTS);
  if (!file) {
    throw std::runtime_error("the list of known faults cannot be read");
  }
  std::set<std::string> checks;
  const auto begin = test + " / ";
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(begin)) {
      checks.insert(line.substr(begin.size(), line.find(" | ") - begin.size()));
    }
  }
  return checks;
}

} // namespace dispatch::testing
