#pragma once

#include "cmd/dispatchctl/session.hpp"
#include "messages/nats/ports/commit_log.hpp"
#include "messages/records/record.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace dispatch::ctl {

/// The records of a zone's log from one that the user named to another. Members throw cli::stop
/// when they cannot.
class log_range {
public:
  /// Ends are numbers of records or times of the zone; `until` empty: the end of the log. Stops
  /// when the log does not keep the first any more.
  log_range(session& session, const std::string& zone, const std::string& from,
            const std::string& until);

  std::uint64_t first() const { return first_; } ///< number of a record
  std::uint64_t last() const { return last_; }

  using visitor =
      std::function<void(const record& r, const std::vector<std::string>& encoded_events)>;

  /// In order. Each record must follow from the one before, by number and hash.
  void visit(const visitor& see);

private:
  record read(std::uint64_t number);
  std::uint64_t number_of(const std::string& end, bool is_first);
  std::uint64_t first_not_before(timestamp at);
  std::string kept_text();

  const std::string zone_;
  nats::nats_commit_log log_;
  std::uint64_t before_first_ = 0; ///< a record's sequence is so much more than its number
  std::uint64_t kept_first_ = 0;   ///< number of the oldest record
  std::uint64_t kept_last_ = 0;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
};

} // namespace dispatch::ctl
