#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/records/record.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace dispatch::audit {

/// Inputs that the stream lost before they were read. An opener goes on behind them, if an
/// operator's command says so, which is consumed next.
class lost_inputs {
public:
  /// Whether the record opens the zone behind such inputs; `position`: of the input before it.
  bool skip(const record& r, const std::optional<std::uint64_t>& position);

  /// What is missing in the middle of the stream.
  void add_hole(std::uint64_t first, std::uint64_t last) { holes_.push_back({first, last, 0}); }

  /// After the last record.
  void finish(findings& found) const;

private:
  struct gap {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t record = 0;
  };

  bool is_skipped(const gap& hole) const;

  std::vector<gap> holes_;
  std::vector<gap> skipped_;
  std::optional<gap> open_; ///< until an operator's word for it is consumed
};

} // namespace dispatch::audit
