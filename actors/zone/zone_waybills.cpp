#include "actors/domain/waybill.hpp"
#include "actors/support/failpoint.hpp"
#include "actors/support/logging.hpp"
#include "actors/zone/zone_state.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

/// Waybills: what is assigned is signed beside the turns that follow, and handed out by one of
/// them.
namespace dispatch {

namespace {

using namespace std::chrono_literals;

/// A waybill is in the record as a command and as two events.
constexpr std::size_t copies_in_record = 3;

} // namespace

void zone_state::want_waybill(const std::string& id, const order& state, std::string trace) {
  const auto what = domain::waybill_of(options.settings.definition.name, id, state);
  waybills.want(
      {id, what.number, wire::encode_waybill(what), std::move(trace), state.waybill_issued});
}

/// Of what the record assigned. What has ended, or has another rider, waits for none any more.
void zone_state::want_waybills_of(const record& r) {
  if (!options.ports.signer || options.scripted) {
    return;
  }
  auto& m = *options.metrics;
  for (const auto& e : r.events) {
    const auto* body = std::get_if<order_event>(&e.body);
    if (body == nullptr) {
      continue;
    }
    if (const auto* issued = std::get_if<waybill_issued>(body)) {
      ++(issued->waybill.is_signed() ? m.waybills_signed : m.waybills_unsigned);
    } else if (std::holds_alternative<order_assigned>(*body)) {
      const auto& state =
          *std::get<std::shared_ptr<const order>>(current->touched().at(e.entity).state);
      if (domain::wants_waybill(state)) {
        want_waybill(e.entity.id, state, e.trace);
      }
    }
  }
  for (const auto& [who, touched] : current->touched()) {
    const auto* state = std::get_if<std::shared_ptr<const order>>(&touched.state);
    if (state != nullptr && !domain::wants_waybill(**state)) {
      waybills.forget(who.id);
    }
  }
  ask_signer();
}

void zone_state::ask_signer() {
  const auto now = options.ports.clock->now();
  for (auto& one : waybills.ask(now)) {
    options.ports.signer->sign(
        std::move(one.document), [handle = zone_actor{self}, order = std::move(one.order),
                                  number = std::move(one.number)](std::optional<signature> with) {
          caf::anon_send(handle, waybill_answered{order, number, std::move(with)});
        });
  }
  const auto out = waybills.signer_is_out();
  if (out != options.metrics->signer_out.exchange(out)) {
    log::warning({options.settings.definition.name, name, {}},
                 out ? "the signer of waybills does not answer in time: they are handed out "
                       "without signatures until it does"
                     : "waybills are signed again");
  }
  const auto next = waybills.next_look();
  if (next && !(waybill_look && *waybill_look <= *next && *waybill_look > now)) {
    waybill_look = *next;
    self->delayed_send(self, std::max<duration>(*next - now, 1ms), look_at_waybills{});
  }
}

void zone_state::collect_waybills(std::size_t most) {
  for (auto& one : waybills.take(most, limits::waybill_bytes_per_turn / copies_in_record)) {
    waybill_bytes += copies_in_record * one.waybill.document.size();
    command c;
    c.source = command_source::signer;
    c.target = {entity_kind::order, std::move(one.order)};
    c.at = zone_now();
    c.trace = std::move(one.trace);
    c.body = order_command{attach_waybill{std::move(one.waybill)}};
    add_own(std::move(c));
  }
}

void zone_state::on_waybill_answered(const waybill_answered& message) {
  if (now_in == phase::halted) {
    return;
  }
  failpoint("waybill_answered");
  waybills.answer(message.order, message.number, message.with, options.ports.clock->now());
  look_after_waybills();
}

void zone_state::look_after_waybills() {
  if (now_in == phase::halted) {
    return;
  }
  ask_signer();
  if (now_in == phase::idle && waybills.has_ready()) {
    wake();
  }
}

} // namespace dispatch
