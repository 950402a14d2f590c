#pragma once

#include "messages/policy.hpp"

#include <string>
#include <vector>

namespace dispatch::ctl {

/// The policy in a file; its version is 0 when it names none. Ends the program, naming the mistake,
/// when there is one that can be seen from here: in a key, an expression or the time zone.
policy read_policy_file(const std::string& path);

/// One key that two policies have different values for. Keys of rules begin with the rule's name.
struct policy_difference {
  std::string key;
  std::string before; ///< as TOML; empty: not there
  std::string after;

  bool operator==(const policy_difference&) const = default;
};

/// In the order of the keys, the rules last. Versions are not compared.
std::vector<policy_difference> differences_of(const policy& before, const policy& after);

} // namespace dispatch::ctl
