#pragma once

#include "cmd/audit/report.hpp"
#include "tests/support/virtual_city.hpp"

#include <string>
#include <vector>

/// What holds of every city, whatever happened in it.
namespace dispatch::testing {

/// What the audit says of its streams.
audit::audit_report audited(const virtual_city& city);

/// The audit finds nothing wrong with its streams.
void check_audit(const virtual_city& city);

/// Its log decided again, with this policy in the definition, is the same to the byte.
void check_decided_again(const virtual_city& city, const policy& definition);
inline void check_decided_again(const virtual_city& city) {
  check_decided_again(city, city.policy);
}
/// The same of a log that is given.
void check_decided_again(const std::vector<std::string>& log, const policy& definition);

} // namespace dispatch::testing
