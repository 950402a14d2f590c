#include "cmd/audit/answers/policies.hpp"

#include <string>
#include <variant>

namespace dispatch::audit {

void policy_versions::apply(const record& r) {
  for (const auto& d : r.decisions) {
    if (version_ && d.policy_version != *version_) {
      found_.add(check::policy_version, r.number,
                 "Order " + d.order + " is decided on with policy version " +
                     std::to_string(d.policy_version) + " while version " +
                     std::to_string(*version_) + " is in force.");
    }
  }
  for (const auto& e : r.events) {
    const auto* of_zone = std::get_if<zone_event>(&e.body);
    if (of_zone == nullptr) {
      continue;
    }
    if (const auto* set = std::get_if<policy_set>(of_zone)) {
      follow(r.number, set->policy.version);
      policy_ = set->policy.parsed;
    } else if (const auto* opened = std::get_if<zone_opened>(of_zone);
               opened != nullptr && opened->policy.version != 0) {
      if (version_) {
        found_.add(check::policy_version, r.number,
                   "The zone is opened with a policy though it has one.");
      }
      version_ = opened->policy.version;
      policy_ = opened->policy.parsed;
    }
  }
}

void policy_versions::follow(std::uint64_t number, std::uint32_t next) {
  if (version_ && next != *version_ + 1) {
    found_.add(check::policy_version, number,
               "Policy version " + std::to_string(next) + " follows version " +
                   std::to_string(*version_) + ".");
  }
  version_ = next;
}

} // namespace dispatch::audit
