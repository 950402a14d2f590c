#include "cmd/dispatchctl/node/stall.hpp"

#include "messages/limits.hpp"

namespace dispatch::ctl {

std::optional<stall> stall_of(const std::string& zone, const client::zone_status& status) {
  if (status.flag("log_full")) {
    return stall{"log full", "its log is full and commands wait in the input stream; give it room "
                             "with `dispatchctl zone resize " +
                                 zone + " --log-bytes SIZE`"};
  }
  const auto committed = status.record;
  const auto announced = status.count("announced_record");
  if (committed > announced + limits::unannounced_records_max) {
    return stall{"not announcing",
                 std::to_string(committed - announced) +
                     " records are not announced and commands wait in the input stream: the output "
                     "stream takes no more. Give it room with `dispatchctl zone resize " +
                     zone + " --out-bytes SIZE`, or the server more disk"};
  }
  const auto stored = status.metrics.value("materialised_record", committed);
  if (committed > stored + limits::unannounced_records_max) {
    return stall{"not storing", std::to_string(committed - stored) +
                                    " records are not in the node's file of the zone and commands "
                                    "wait in the input stream: its disk does not take them. Look "
                                    "at the node's disk, or move its zones with `dispatchctl node "
                                    "drain NODE`"};
  }
  if (status.flag("sheds_positions")) {
    const auto age_s = status.count("input_age_ms") / 1000;
    return stall{status.flag("sheds_new_orders") ? "overloaded" : "falling behind",
                 "it is " + std::to_string(age_s) +
                     " s behind: positions are dropped and, at `shed_after_s` of its policy, new "
                     "orders refused. Slow down who sends most (`intake_per_s`), or give the zone "
                     "a node with more room"};
  }
  return std::nullopt;
}

} // namespace dispatch::ctl
