#include "cmd/dispatchd/disk_room.hpp"

#include "actors/support/logging.hpp"
#include "messages/limits.hpp"

#include <system_error>

namespace dispatch::daemon {

bool disk_room::is_short() {
  std::error_code unknown;
  const auto room = std::filesystem::space(directory_, unknown).available;
  const auto wanted = limits::disk_free_bytes_min * (short_ ? 2 : 1);
  if (const auto now = !unknown && room < wanted; now != short_) {
    short_ = now;
    log::warning({{}, "node", {}},
                 now ? "the disk is almost full: zones are left to other nodes; make room in " +
                           directory_.string()
                     : "the disk has room again");
  }
  return short_;
}

} // namespace dispatch::daemon
