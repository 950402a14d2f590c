#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/records/record.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace dispatch::audit {

/// Checks that each record follows from the one before: sequence, number, hash, epoch and time.
class chain_check {
public:
  explicit chain_check(findings& found) : found_(found) {}

  /// A record of the log; nullptr: its bytes are none.
  void add(std::uint64_t log_sequence, std::string_view bytes, const record* r);

  /// Nothing was wrong with it so far.
  bool sound() const { return sound_; }

private:
  struct link {
    std::uint64_t log_sequence = 0;
    std::uint64_t number = 0;
    std::uint64_t epoch = 0;
    timestamp now;
    record_hash hash{};
  };

  void check_first(const record& r);
  void check_next(const record& r);
  void check_opening(const record& r);

  void wrong(check which, std::uint64_t record, std::string sentence);

  findings& found_;
  std::optional<link> before_;
  bool sound_ = true;
};

} // namespace dispatch::audit
