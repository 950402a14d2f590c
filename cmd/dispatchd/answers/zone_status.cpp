#include "cmd/dispatchd/answers/zone_status.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string_view>
#include <type_traits>
#include <variant>

namespace dispatch::daemon {

namespace {

nlohmann::json json_of(std::string_view field, const figure& value) {
  return std::visit(
      [&]<class Value>(const Value& shown) -> nlohmann::json {
        if constexpr (std::is_same_v<Value, std::chrono::microseconds>) {
          return in_unit_of(field, shown);
        } else {
          return shown;
        }
      },
      value);
}

} // namespace

std::string status_of(const std::string& zone, const std::optional<std::string>& halted_by,
                      const zone_readings& from) {
  const auto& m = from.metrics;
  nlohmann::json status;
  status["zone"] = zone;
  status["running"] = m.running.load();
  status["halted"] = halted_by.has_value();
  status["cause"] = halted_by.value_or("");
  status["epoch"] = m.epoch.load();
  status["record"] = m.committed_record.load();
  status["input_position"] = m.input_position.load();
  auto& metrics = status["metrics"];
  for (const auto& one : metric_list()) {
    if (!one.field.empty()) {
      metrics[std::string{one.field}] = json_of(one.field, one.read(from));
    }
  }
  return status.dump();
}

} // namespace dispatch::daemon
