#include "cmd/audit/known_faults.hpp"

namespace dispatch::audit {

std::set<check> known_faults() { return {}; }

} // namespace dispatch::audit
