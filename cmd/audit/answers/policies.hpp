#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/policy.hpp"
#include "messages/records/record.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace dispatch::audit {

/// Checks that the versions of the zone's policy follow each other, and that every decision names
/// the one that was in force when its record began.
class policy_versions {
public:
  explicit policy_versions(findings& found) : found_(found) {}

  void apply(const record& r);

  /// Behind the records so far; null: the log has told none.
  const policy* in_force() const { return policy_.get(); }

private:
  void follow(std::uint64_t number, std::uint32_t next);

  findings& found_;
  std::optional<std::uint32_t> version_; ///< unknown until the log keeps one
  std::shared_ptr<const policy> policy_;
};

} // namespace dispatch::audit
