#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace dispatch::ctl {

/// Change how much a zone's streams keep; zero: as it is.
struct zone_resize {
  std::string zone;
  std::int64_t input_bytes_max = 0;
  std::chrono::seconds input_age_max{0};
  std::int64_t log_bytes_max = 0;
  std::int64_t output_bytes_max = 0;
  std::chrono::seconds output_age_max{0};
  std::int64_t snapshot_bytes_max = 0; ///< of all zones together

  bool operator==(const zone_resize&) const = default;
};

/// Delete a zone with all that it ever was.
struct zone_delete {
  std::string zone;

  bool operator==(const zone_delete&) const = default;
};

void describe(CLI::App& verb, zone_resize& asked);
void describe(CLI::App& verb, zone_delete& asked);
void run(const zone_resize& asked, session& session);
void run(const zone_delete& asked, session& session);

} // namespace dispatch::ctl
