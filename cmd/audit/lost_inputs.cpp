#include "cmd/audit/lost_inputs.hpp"

#include <string>
#include <variant>

namespace dispatch::audit {

bool lost_inputs::skip(const record& r, const std::optional<std::uint64_t>& position) {
  const auto skips = r.kind == record_kind::open && position && r.input_position > *position;
  if (skips) {
    open_ = gap{*position + 1, r.input_position, r.number};
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

void lost_inputs::finish(findings& found) const {
  if (open_) {
    found.add(check::input_once, open_->record,
              "Inputs " + std::to_string(open_->first) + " to " + std::to_string(open_->last) +
                  " are skipped, and no operator has accepted that.");
  }
}

} // namespace dispatch::audit
