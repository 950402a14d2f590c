#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/record.hpp"

#include <cstdint>
#include <optional>

namespace dispatch::audit {

/// Checks that the versions of the zone's policy follow each other, and that every decision names
/// the one that was in force when its record began.
class policy_versions {
public:
  explicit policy_versions(findings& found) : found_(found) {}

  void apply(const record& r);

private:
  void follow(std::uint64_t number, std::uint32_t next);

  findings& found_;
  std::optional<std::uint32_t> version_; ///< unknown until the log keeps one
};

} // namespace dispatch::audit
