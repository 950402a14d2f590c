#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/records/record.hpp"

namespace dispatch::audit {

/// What was refused before anybody decided it: only an input that is no operator's, and because the
/// zone is behind only a new order. The refusal, as it was noted, is all that came of it; and
/// nothing else is refused with these words.
void check_intake(findings& found, const record& r);

} // namespace dispatch::audit
