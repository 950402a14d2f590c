#pragma once

#include "cmd/dispatchctl/session.hpp"
#include "messages/nats/ports/commit_log.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dispatch::ctl {

/// What a zone's log stream holds, message by message.
struct log_survey {
  std::uint64_t first = 1; ///< sequence of the first record
  std::uint64_t last = 0;  ///< of the last one; before `first`: there is none
  std::uint64_t number_of_last = 0;
  std::vector<std::uint64_t> missing; ///< sequences between them
  std::uint64_t behind = 0; ///< sequences behind the last record, which no record of an owner has

  bool is_sound() const { return missing.empty() && behind == 0; }
  std::uint64_t number_at(std::uint64_t sequence) const {
    return number_of_last - (last - sequence);
  }
};

/// Looks at the end of the log, and whether it has holes. Holes are found by count, and named only
/// by survey_log().
bool looks_sound(nats::nats_commit_log& log, const std::string& zone);

/// Reads the whole log; `see` is called with each record that it has, in order. Throws cli::stop on
/// a log that no record can be told from another in: a stranger's message among the records, or
/// records that do not follow from each other.
log_survey survey_log(session& session, nats::nats_commit_log& log, const std::string& zone,
                      const std::function<void(std::uint64_t sequence, std::uint64_t number,
                                               const std::string& bytes)>& see);

} // namespace dispatch::ctl
