#include "cmd/dispatchctl/stall.hpp"

#include "messages/limits.hpp"

namespace dispatch::ctl {

std::optional<stall> stall_of(const std::string& zone, const nlohmann::ordered_json& runtime) {
  const auto metrics = runtime.value("metrics", nlohmann::ordered_json::object());
  if (metrics.value("log_full", false)) {
    return stall{"log full", "its log is full and commands wait in the input stream; give it room "
                             "with `dispatchctl zone resize " +
                                 zone + " --log-bytes SIZE`"};
  }
  const auto committed = runtime.value("record", std::uint64_t{0});
  const auto announced = metrics.value("announced_record", std::uint64_t{0});
  if (committed > announced + limits::unannounced_records_max) {
    return stall{"not announcing",
                 std::to_string(committed - announced) +
                     " records are not announced and commands wait in the input stream: the output "
                     "stream takes no more. Give it room with `dispatchctl zone resize " +
                     zone + " --out-bytes SIZE`, or the server more disk"};
  }
  return std::nullopt;
}

} // namespace dispatch::ctl
