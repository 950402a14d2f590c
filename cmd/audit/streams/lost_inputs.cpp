#include "cmd/audit/streams/lost_inputs.hpp"

#include <algorithm>
#include <string>
#include <variant>

namespace dispatch::audit {

bool lost_inputs::skip(const record& r, const std::optional<std::uint64_t>& position) {
  const auto skips = r.kind == record_kind::open && position && r.input_position > *position;
  if (skips) {
    open_ = gap{*position + 1, r.input_position, r.number};
    skipped_.push_back(*open_);
  }
  for (const auto& c : r.commands) {
    const auto* of_zone = std::get_if<zone_command>(&c.body);
    const auto* accepted = of_zone == nullptr ? nullptr : std::get_if<accept_loss>(of_zone);
    if (open_ && accepted != nullptr && accepted->last >= open_->last) {
      open_.reset();
    }
  }
  return skips;
}

/// By owners who opened the zone behind it.
bool lost_inputs::is_skipped(const gap& hole) const {
  return std::ranges::any_of(
      skipped_, [&](const gap& one) { return one.first <= hole.first && hole.last <= one.last; });
}

void lost_inputs::finish(findings& found) const {
  if (open_) {
    found.add(check::input_once, open_->record,
              "Inputs " + std::to_string(open_->first) + " to " + std::to_string(open_->last) +
                  " are skipped, and no operator has accepted that.");
  }
  for (const auto& hole : holes_) {
    if (!is_skipped(hole)) {
      found.add(check::input_joined, 0,
                "Inputs " + std::to_string(hole.first) + " to " + std::to_string(hole.last) +
                    " are missing in the middle of IN.");
    }
  }
}

} // namespace dispatch::audit
