#include "cmd/dispatch-sim/zone_setup.hpp"

#include "messages/nats/bucket.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/nats/stream_admin.hpp"
#include "messages/wire/subjects.hpp"

#include <algorithm>
#include <cctype>

namespace dispatch::sim {

namespace {

using client::json;

/// Reasons are spelled as in dispatch/v1/decision.proto or by their stable names.
std::string plain_reason(std::string reason) {
  constexpr std::string_view prefix = "WAITING_REASON_";
  if (reason.starts_with(prefix)) {
    reason.erase(0, prefix.size());
    std::ranges::transform(reason, reason.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  }
  return reason == "none" || reason == "unspecified" ? std::string{} : reason;
}

std::string reason_in(const json& of) {
  const auto found = of.find("waiting");
  return found != of.end() && found->is_string() ? plain_reason(found->get<std::string>())
                                                 : std::string{};
}

} // namespace

result<std::optional<zone_definition>> find_zone(const std::shared_ptr<nats::connection>& on,
                                                 const std::string& root, const std::string& name) {
  if (const auto created = nats::create_buckets(*on, root, 1); !created) {
    return created.error();
  }
  const auto entry = nats::bucket{on, wire::zones_bucket(root)}.get(name);
  if (!entry) {
    return entry.error();
  }
  if (!*entry) {
    return std::optional<zone_definition>{};
  }
  const auto definition = wire::zone_definition_of_entry(name, (*entry)->value);
  if (!definition) {
    return definition.error();
  }
  return std::optional{*definition};
}

status create_zone(const std::shared_ptr<nats::connection>& on, const std::string& root,
                   const zone_definition& definition) {
  const auto entry = wire::entry_of(definition);
  if (!entry) {
    return entry.error();
  }
  if (auto created = nats::create_zone_streams(*on, root, definition.name, {}); !created) {
    return created;
  }
  const auto stored = nats::bucket{on, wire::zones_bucket(root)}.put(definition.name, *entry, 0);
  return stored ? status{nothing{}} : status{stored.error()};
}

std::optional<std::string> why_silent(nats::connection& on, const std::string& root,
                                      const std::string& zone) {
  const auto status = client::ask_status(on, root, zone);
  if (!status) {
    return "no dispatchd answers for it. Is one running, and may it run this zone (its --zone, or "
           "DISPATCH_RUN_ZONES)?";
  }
  return status->halted ? std::optional{"it has halted: " + status->cause} : std::nullopt;
}

result<std::uint64_t> end_of_output(nats::connection& on, const std::string& root,
                                    const std::string& zone) {
  const auto state = nats::api::state_of(on, wire::output_stream(root, zone));
  if (!state) {
    return state.error();
  }
  return state->last_sequence;
}

std::string missing_in(const client::json& answer) {
  if (client::error_in(answer)) {
    return "no answer";
  }
  if (auto reason = reason_in(answer); !reason.empty()) {
    return reason;
  }
  const auto decisions = answer.find("decisions");
  if (decisions != answer.end() && decisions->is_array()) {
    for (auto one = decisions->rbegin(); one != decisions->rend(); ++one) {
      if (auto reason = one->is_object() ? reason_in(*one) : std::string{}; !reason.empty()) {
        return reason;
      }
    }
  }
  return "no reason given";
}

std::map<std::string, std::uint64_t> ask_what_was_missing(nats::connection& on,
                                                          const std::string& root,
                                                          const std::string& zone,
                                                          const std::vector<std::string>& orders) {
  std::map<std::string, std::uint64_t> counts;
  const auto asked = std::min(orders.size(), unserved_asked);
  for (std::size_t i = 0; i < asked; ++i) {
    const auto answer = client::ask(on, root, zone, "explain", {{"id", orders[i]}});
    ++counts[answer ? missing_in(*answer) : "no answer"];
    if (!answer) {
      counts["not asked"] += orders.size() - i - 1;
      return counts;
    }
  }
  if (orders.size() > asked) {
    counts["not asked"] += orders.size() - asked;
  }
  return counts;
}

} // namespace dispatch::sim
