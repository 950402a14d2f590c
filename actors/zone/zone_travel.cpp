#include "actors/support/failpoint.hpp"
#include "actors/support/logging.hpp"
#include "actors/zone/zone_state.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

/// Travel times: the engine is asked beside the turns, and what it said is recorded by one of them.
namespace dispatch {

namespace {

using namespace std::chrono_literals;

} // namespace

void zone_state::want_travel(const std::vector<domain::wanted_travel>& wanted) {
  if (wanted.empty() || options.scripted || now_in == phase::halted) {
    return;
  }
  for (const auto& one : wanted) {
    travel->want({one.order, one.legs});
  }
  look_after_travel();
}

void zone_state::ask_engine() {
  const auto now = options.ports.clock->now();
  for (auto& one : travel->ask(now)) {
    ++options.metrics->travel_questions;
    options.ports.travel->ask(
        std::move(one.question),
        [handle = zone_actor{self}, number = one.number](std::optional<travel_table> table) {
          caf::anon_send(handle, travel_answered{number, std::move(table)});
        });
  }
  const auto has_engine = options.ports.travel != nullptr;
  const auto out = !has_engine || travel->engine_is_out();
  if (out != options.metrics->travel_engine_out.exchange(out)) {
    log::warning({options.settings.definition.name, name, {}},
                 !has_engine ? "the policy wants travel times of a routing engine, and this node "
                               "has none: they are estimated"
                 : out ? "the routing engine does not answer in time: travel times are estimated "
                         "until it does"
                       : "travel times are those of the routing engine again");
  }
  const auto next = travel->next_look();
  if (next && !(travel_look && *travel_look <= *next && *travel_look > now)) {
    travel_look = *next;
    self->delayed_send(self, std::max<duration>(*next - now, 1ms), look_at_travel{});
  }
}

/// What an aborted turn had taken comes first.
void zone_state::collect_travel() {
  if (unrecorded_travel.empty()) {
    unrecorded_travel = travel->take(limits::batch_travel_answers, limits::travel_times_per_turn);
  }
  inputs.travel = unrecorded_travel;
}

void zone_state::on_travel_answered(const travel_answered& message) {
  if (now_in == phase::halted) {
    return;
  }
  failpoint("travel_answered");
  travel->answer(message.number, message.table, options.ports.clock->now());
  look_after_travel();
}

void zone_state::look_after_travel() {
  if (now_in == phase::halted) {
    return;
  }
  ask_engine();
  if (now_in == phase::idle && travel->has_ready()) {
    wake();
  }
}

} // namespace dispatch
