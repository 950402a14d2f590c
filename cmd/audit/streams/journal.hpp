#pragma once

#include "cmd/audit/findings.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dispatch::audit {

/// A node's copy of the log.
struct journal {
  std::uint64_t last = 0; ///< number of its newest record
  /// A record's bytes; nullopt when it is not kept.
  std::function<std::optional<std::string>(std::uint64_t number)> bytes_of;
};

/// Compares the log with a journal. Where the log ends first it has lost records; where they
/// differ it has forked, and what comes behind is not compared.
class journal_check {
public:
  journal_check(findings& found, audit_report& report) : found_(found), report_(report) {}

  void add(const journal& against, std::uint64_t number, std::string_view bytes);
  /// After the last record of the log.
  void finish(const journal& against, std::uint64_t last);

private:
  findings& found_;
  audit_report& report_;
  bool forked_ = false;
};

} // namespace dispatch::audit
