#pragma once

#include "cmd/dispatch-bench/report.hpp"

#include <chrono>

namespace dispatch::bench {

/// Waybills signed and verified by one thread, for so long each, with SM2 and with P-256.
figures measure_signing(std::chrono::seconds each);

} // namespace dispatch::bench
