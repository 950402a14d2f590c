#include "actors/domain/waybill.hpp"
#include "actors/support/failpoint.hpp"
#include "actors/zone/zone_state.hpp"
#include "messages/wire/codec.hpp"

#include <utility>
#include <variant>

/// Errands run beside the turns. Waybills: what is assigned is signed, and handed out by one of the
/// turns that follow. Travel times: what the engine said is recorded by one of them. Both follow
/// from what is committed, so that nothing of them has to survive.
namespace dispatch {

void zone_state::want_waybill(const std::string& id, const order& state, std::string trace) {
  const auto wanted = domain::waybill_of(options.settings.definition.name, id, state);
  waybills->desk.want(
      {id, wanted.number, wire::encode_waybill(wanted), std::move(trace), state.waybill_issued});
}

/// Of what the record assigned. What has ended, or has another rider, waits for none any more.
void zone_state::want_waybills_of(const record& r) {
  if (!options.ports.signer || options.scripted) {
    return;
  }
  auto& m = *options.metrics;
  const auto& touched = hand.decisions->touched();
  for (const auto& e : r.events) {
    const auto* body = std::get_if<order_event>(&e.body);
    if (body == nullptr) {
      continue;
    }
    if (const auto* issued = std::get_if<waybill_issued>(body)) {
      ++(issued->waybill.is_signed() ? m.waybills_signed : m.waybills_unsigned);
    } else if (std::holds_alternative<order_assigned>(*body)) {
      const auto& state = *std::get<std::shared_ptr<const order>>(touched.at(e.entity).state);
      if (domain::wants_waybill(state)) {
        want_waybill(e.entity.id, state, e.trace);
      }
    }
  }
  for (const auto& [who, entity] : touched) {
    const auto* state = std::get_if<std::shared_ptr<const order>>(&entity.state);
    if (state != nullptr && !domain::wants_waybill(**state)) {
      waybills->desk.forget(who.id);
    }
  }
}

void zone_state::want_travel(const std::vector<domain::wanted_travel>& wanted) {
  if (options.scripted || is_over()) {
    return;
  }
  for (const auto& one : wanted) {
    travel->desk.want({one.order, one.legs});
  }
}

void zone_state::on_errand_answered(const errand_answered& message) {
  if (is_over()) {
    return;
  }
  const auto now = options.ports.clock->now();
  if (const auto* waybill = std::get_if<waybill_answered>(&message.answer)) {
    failpoint("waybill_answered");
    waybills->desk.answer(waybill->order, waybill->number, waybill->signed_with, now);
  } else {
    const auto& times = std::get<travel_answered>(message.answer);
    failpoint("travel_answered");
    travel->desk.answer(times.number, times.table, now);
  }
  look_after_errands();
}

void zone_state::look_after_errands() {
  if (is_over()) {
    return;
  }
  const auto now = options.ports.clock->now();
  for (const auto& next : {waybills->look(now), travel->look(now)}) {
    if (next) {
      self->delayed_send(self, *next, look_at_errands{});
    }
  }
  if (now_in == zone_phase::idle && (waybills->desk.has_ready() || travel->desk.has_ready())) {
    wake();
  }
}

} // namespace dispatch
