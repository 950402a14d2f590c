#include "actors/domain/machines/zone.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace dispatch::domain {

namespace {

struct zone_applier {
  const zone& state;
  const domain::context& context;

  zone_outcome operator()(const pause_zone& command) const {
    if (state.paused) {
      return refuse<zone_event>(refusal::wrong_status, "the zone is paused");
    }
    return accept<zone_event>(zone_paused{command.reason});
  }

  zone_outcome operator()(const resume_zone&) const {
    if (!state.paused) {
      return refuse<zone_event>(refusal::wrong_status, "the zone is not paused");
    }
    return accept<zone_event>(zone_resumed{});
  }

  zone_outcome operator()(const set_policy& command) const {
    const auto current = state.policy.version != 0 ? state.policy.version : context.policy.version;
    if (command.based_on != 0 && command.based_on != current) {
      return refuse<zone_event>(refusal::policy_changed, "the policy is at version " +
                                                             std::to_string(current) + ", not " +
                                                             std::to_string(command.based_on));
    }
    auto policy = *command.parsed;
    policy.version = current + 1;
    return accept<zone_event>(policy_set{
        {policy.version, command.toml, std::make_shared<const dispatch::policy>(std::move(policy))},
        std::string{context.by}});
  }

  zone_outcome operator()(const accept_loss& command) const {
    return accept<zone_event>(input_loss_accepted{command.last, std::string{context.by}});
  }
};

} // namespace

zone_outcome apply(const zone& state, const zone_command& command, const context& context) {
  if (!context.by_operator) {
    return refuse<zone_event>(refusal::not_permitted,
                              "only an operator does this: end the subject with the operator");
  }
  return std::visit(zone_applier{state, context}, command);
}

void evolve(zone& state, const zone_event& event) {
  std::visit(overloaded{
                 [&](const zone_opened& e) {
                   state.epoch = e.epoch;
                   if (e.policy.version != 0) {
                     state.policy = e.policy;
                   }
                 },
                 [&](const zone_paused& e) {
                   state.paused = true;
                   state.pause_reason = e.reason;
                 },
                 [&](const zone_resumed&) {
                   state.paused = false;
                   state.pause_reason.clear();
                 },
                 [&](const policy_set& e) { state.policy = e.policy; },
                 [](const input_loss_accepted&) {},
             },
             event);
}

std::string_view status_name(const zone& state) { return state.paused ? "paused" : "running"; }

} // namespace dispatch::domain
