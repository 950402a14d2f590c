#include "actors/recovery/restoring.hpp"

#include "actors/domain/waybill.hpp"
#include "actors/turn/snapshot.hpp"
#include "messages/limits.hpp"

#include <cstddef>
#include <future>
#include <memory>

namespace dispatch {

namespace {

/// What the dispatcher could take back must not grow with the zone.
constexpr std::size_t observed_per_commit = 1024;

void remember(const entity_ref& entity, const entity_state& state, waiting_reason reason,
              opened_zone& zone) {
  zone.dispatcher->observe(entity, state);
  if (entity.kind == entity_kind::order && reason != waiting_reason::none) {
    zone.dispatcher->restore_reason(entity.id, reason);
  }
  if (const auto deadline = deadline_of(state)) {
    zone.deadlines.set(entity, *deadline);
  }
  if (const auto* r = std::get_if<std::shared_ptr<const rider>>(&state)) {
    zone.positions.note(entity.id, recorded_position_of(**r));
  }
}

void remember_waybill(const entity_ref& entity, const entity_state& state, opened_zone& zone) {
  const auto* o = std::get_if<std::shared_ptr<const order>>(&state);
  if (o != nullptr && domain::wants_waybill(**o)) {
    zone.wanting_waybills.emplace_back(entity.id, *o);
  }
}

} // namespace

opening_outcome restore_memory(store& from, bool waybills, opened_zone& zone) {
  // There may be a million ids: they are read while the states are.
  auto ids = std::async(std::launch::async, [&] {
    return from.for_each_applied(zone.position.now - limits::dedupe_horizon,
                                 [&](const applied_id& applied) { zone.applied.add(applied); });
  });
  zone.dispatcher = std::make_shared<domain::dispatcher>(*zone.policy);
  status decoded = nothing{};
  std::size_t observed = 0;
  const auto visited = from.for_each_live(
      [&](const entity_ref& entity, std::string_view bytes, waiting_reason reason) {
        if (const auto state = decode_state(entity.kind, bytes)) {
          remember(entity, *state, reason, zone);
          if (waybills) {
            remember_waybill(entity, *state, zone);
          }
        } else {
          decoded = state.error();
        }
        if (++observed % observed_per_commit == 0) {
          zone.dispatcher->commit();
        }
      });
  zone.dispatcher->commit();
  const auto known = ids.get();
  if (!visited || !known) {
    return of_store((visited ? known : visited).error());
  }
  return decoded ? opening_outcome{} : permanent(decoded.error().what);
}

} // namespace dispatch
