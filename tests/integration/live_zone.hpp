#pragma once

#include "tests/integration/harness.hpp"
#include "tests/integration/workload.hpp"
#include "tests/integration/zone_client.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace dispatch::integration {

/// A question to a zone that is being opened anew may get lost.
inline constexpr std::chrono::seconds answer_within{1};

/// A zone `z` in real time that matches almost at once.
inline zone_definition quick_zone() {
  zone_definition definition;
  definition.name = "z";
  definition.policy.match_interval = std::chrono::milliseconds{10};
  return definition;
}

/// A running zone `z` and a client of it.
struct live_zone {
  /// `change` may alter the settings of the input stream.
  explicit live_zone(
      const zone_definition& definition = quick_zone(),
      const std::function<void(nats::stream_settings&)>& change = [](nats::stream_settings&) {}) {
    where.create_zone(definition, change);
    node.emplace(where);
    client.emplace(where.on(), definition.name);
  }

  /// Starts dispatchd anew after its end.
  void restart() { node.emplace(where); }

  /// The zone works as ever and its streams are in order.
  void check_well(const std::string& new_order) {
    CHECK(event_name(client->ask("order." + new_order + ".place", order_body()).body) == "placed");
    const auto status = client->admin("zone");
    CHECK(status["running"].get<bool>());
    CHECK(status["metrics"]["turns_aborted"] == 0);
    const auto audited = audit_running(*where.on(), "z");
    CHECK_MESSAGE(audited.clean(), audit::to_text(audited));
  }

  site where;
  std::optional<dispatchd> node;
  std::optional<zone_client> client;
};

} // namespace dispatch::integration
