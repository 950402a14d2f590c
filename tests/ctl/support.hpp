#pragma once

#include "cmd/dispatchctl/invocation.hpp"
#include "tests/support/temporary_directory.hpp"

#include <sstream>
#include <string>
#include <vector>

namespace dispatch::testing {

inline std::variant<ctl::invocation, cli::exit_code> parse(const std::vector<std::string>& words,
                                                           ctl::console& io) {
  std::vector<const char*> arguments = {"dispatchctl"};
  for (const auto& word : words) {
    arguments.push_back(word.c_str());
  }
  return ctl::parse(static_cast<int>(arguments.size()), arguments.data(), io);
}

/// How a run of dispatchctl ended, and what it said.
struct ended {
  cli::exit_code code = cli::exit_code::done;
  std::string out;
  std::string err;

  bool says(const std::string& words) const { return err.find(words) != std::string::npos; }
  bool shows(const std::string& words) const { return out.find(words) != std::string::npos; }
};

/// The program on these arguments; `typed` is what somebody at a terminal answers, if anybody.
inline ended run_ctl(const std::vector<std::string>& words, const char* typed = nullptr) {
  std::istringstream in{typed == nullptr ? "" : typed};
  std::ostringstream out;
  std::ostringstream err;
  ctl::console io{in, out, err, typed != nullptr};
  const auto asked = parse(words, io);
  const auto* end = std::get_if<cli::exit_code>(&asked);
  const auto code = end != nullptr ? *end : ctl::run(std::get<ctl::invocation>(asked), io);
  return {code, out.str(), err.str()};
}

} // namespace dispatch::testing
