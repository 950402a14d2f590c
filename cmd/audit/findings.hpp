#pragma once

#include "cmd/audit/report.hpp"

#include <string>
#include <utility>

namespace dispatch::audit {

/// Takes violations down in the report: all are counted, the first ones are kept in words.
class findings {
public:
  findings(audit_report& report, std::size_t kept) : report_(report), kept_(kept) {}

  void add(check which, std::uint64_t record, std::string sentence) {
    ++report_.violations_total;
    ++report_.violations_by_check.at(static_cast<std::size_t>(which));
    if (report_.violations.size() < kept_) {
      report_.violations.push_back({which, record, std::move(sentence)});
    }
  }

private:
  audit_report& report_;
  const std::size_t kept_;
};

} // namespace dispatch::audit
