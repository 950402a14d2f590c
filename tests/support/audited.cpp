#include "tests/support/audited.hpp"

#include "actors/commit_log/log_verifier.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

namespace dispatch::testing {

audit::audit_report audited(const city_streams& streams, audit::audit_options how) {
  log_verifier verifier;
  how.fold = [&](std::uint64_t sequence, std::string_view bytes) {
    return verifier.verify(sequence, bytes);
  };
  audit::auditor auditor{"dispatch", "z", std::move(how)};
  for (const auto& message : streams.in->after(0, SIZE_MAX)) {
    auditor.add_input(message);
  }
  std::uint64_t sequence = 0;
  for (const auto& message : streams.log->all()) {
    auditor.add_record(++sequence, message.body, message.stored_at);
  }
  sequence = 0;
  for (const auto& message : streams.out->all()) {
    auditor.add_output(++sequence, message.id, message.subject, message.body);
  }
  return auditor.finish();
}

} // namespace dispatch::testing
