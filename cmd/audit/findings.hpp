#pragma once

#include "cmd/audit/report.hpp"

#include <set>
#include <string>
#include <utility>

namespace dispatch::audit {

/// Takes violations down in the report: all are counted, the first ones are kept in words. Those of
/// checks that are taken for known are kept apart.
class findings {
public:
  findings(audit_report& report, std::size_t kept) : report_(report), kept_(kept) {}

  /// From now on.
  void take_for_known(std::set<check> checks) { known_ = std::move(checks); }

  void add(check which, std::uint64_t record, std::string sentence) {
    const auto is_known = known_.contains(which);
    auto& list = is_known ? report_.known_violations : report_.violations;
    ++(is_known ? report_.known_violations_total : report_.violations_total);
    if (!is_known) {
      ++report_.violations_by_check.at(static_cast<std::size_t>(which));
    }
    if (list.size() < kept_) {
      list.push_back({which, record, std::move(sentence)});
    }
  }

private:
  audit_report& report_;
  const std::size_t kept_;
  std::set<check> known_;
};

} // namespace dispatch::audit
