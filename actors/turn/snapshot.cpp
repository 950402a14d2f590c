#include "actors/turn/snapshot.hpp"

#include "actors/domain/geohash.hpp"
#include "actors/domain/machines/order.hpp"
#include "actors/domain/machines/rider.hpp"
#include "actors/domain/machines/station.hpp"
#include "actors/domain/machines/zone.hpp"
#include "actors/domain/route.hpp"
#include "actors/domain/waybill.hpp"
#include "actors/turn/command_key.hpp"
#include "messages/wire/codec.hpp"

#include <memory>
#include <unordered_map>
#include <utility>

namespace dispatch {

namespace {

/// Precision of the cell shown in listings: about 150 metres.
constexpr std::size_t cell_precision = 7;

template <class State, class Event>
entity_state evolved_as(const entity_state& state, const Event& event) {
  auto next = std::make_shared<State>(*std::get<std::shared_ptr<const State>>(state));
  domain::evolve(*next, event);
  return std::shared_ptr<const State>{std::move(next)};
}

template <class State> result<entity_state> as_state(result<State> decoded) {
  if (!decoded) {
    return decoded.error();
  }
  return entity_state{std::make_shared<const State>(std::move(*decoded))};
}

std::string cell_text(const place& at) {
  return domain::to_text(domain::cell_of(at, cell_precision));
}

} // namespace

entity_state initial_state(entity_kind kind) {
  switch (kind) {
  case entity_kind::order:
    return std::make_shared<const order>();
  case entity_kind::rider:
    return std::make_shared<const rider>();
  case entity_kind::station:
    return std::make_shared<const station>();
  case entity_kind::zone:
    break;
  }
  return std::make_shared<const zone>();
}

entity_state evolved(const entity_state& state, const event_body& body) {
  return std::visit(domain::overloaded{
                        [&](const order_event& e) { return evolved_as<order>(state, e); },
                        [&](const rider_event& e) { return evolved_as<rider>(state, e); },
                        [&](const station_event& e) { return evolved_as<station>(state, e); },
                        [&](const zone_event& e) { return evolved_as<zone>(state, e); },
                        [&](const command_refused&) { return state; },
                        [&](const command_repeated&) { return state; },
                    },
                    body);
}

std::string encode(const entity_state& state) {
  return std::visit([](const auto& s) { return wire::encode_state(*s); }, state);
}

result<entity_state> decode_state(entity_kind kind, std::string_view bytes) {
  switch (kind) {
  case entity_kind::order:
    return as_state(wire::decode_order(bytes));
  case entity_kind::rider:
    return as_state(wire::decode_rider(bytes));
  case entity_kind::station:
    return as_state(wire::decode_station(bytes));
  case entity_kind::zone:
    break;
  }
  return as_state(wire::decode_zone(bytes));
}

std::uint64_t digest_part(const entity_ref& entity, std::string_view encoded) {
  const auto kind = static_cast<std::uint64_t>(entity.kind);
  return wire::fast_hash(encoded, wire::fast_hash(entity.id, kind));
}

std::optional<timestamp> deadline_of(const entity_state& state) {
  return std::visit(
      domain::overloaded{
          [](const std::shared_ptr<const order>& s) { return domain::deadline(*s); },
          [](const std::shared_ptr<const rider>& s) { return domain::deadline(*s); },
          [](const std::shared_ptr<const station>& s) { return domain::deadline(*s); },
          [](const std::shared_ptr<const zone>&) { return std::optional<timestamp>{}; },
      },
      state);
}

bool is_live(const entity_state& state) {
  const auto* as_order = std::get_if<std::shared_ptr<const order>>(&state);
  return as_order == nullptr || !domain::is_final(**as_order) || domain::wants_waybill(**as_order);
}

snapshot_row make_snapshot(const entity_ref& entity, const entity_state& state,
                           std::string encoded) {
  snapshot_row row;
  row.entity = entity;
  row.state = std::move(encoded);
  row.status =
      std::visit([](const auto& s) { return std::string{domain::status_name(*s)}; }, state);
  row.live = is_live(state);
  row.deadline = deadline_of(state);
  std::visit(domain::overloaded{
                 [&](const std::shared_ptr<const order>& s) {
                   row.cell = cell_text(s->details.pick_up);
                   row.load = s->details.load;
                 },
                 [&](const std::shared_ptr<const rider>& s) {
                   row.cell = cell_text(s->at);
                   row.load = domain::peak_load(s->route);
                 },
                 [&](const std::shared_ptr<const station>& s) { row.cell = cell_text(s->at); },
                 [](const std::shared_ptr<const zone>&) {},
             },
             state);
  return row;
}

materialisation materialise(const record& r, std::string bytes, std::uint64_t log_sequence,
                            std::vector<snapshot_row> entities) {
  materialisation m;
  m.position = {r.number, log_sequence,     wire::hash_of(bytes), r.epoch,
                r.now,    r.input_position, r.input_fingerprint,  r.digest};
  m.bytes = std::move(bytes);
  m.entities = std::move(entities);
  m.applied = applied_ids_of(r);
  m.announced = r.announced;
  for (const auto& d : r.decisions) {
    m.waiting.push_back({d.order, d.waiting}); // With an offer: nothing any more.
  }
  return m;
}

std::vector<applied_id> applied_ids_of(const record& r) {
  std::vector<applied_id> ids;
  std::unordered_map<command_key, std::string_view> first_events;
  // Another entity's command of the same id may have caused an event here.
  std::unordered_map<command_key, int> come_again;
  for (const auto& e : r.events) {
    // A repeat in the same record is answered before the command that it repeats. What has not been
    // decided comes again.
    const auto name = event_name(e.body);
    const auto* refused = std::get_if<command_refused>(&e.body);
    const auto is_none =
        name == "repeated" ||
        (refused != nullptr && (refused->code == refusal::id_reused || comes_again(refused->code)));
    if (refused != nullptr && comes_again(refused->code)) {
      ++come_again[command_key{e.command_id, e.entity}];
    }
    if (!e.command_id.empty() && !is_none) {
      first_events.try_emplace(command_key{e.command_id, e.entity}, name);
    }
  }
  for (const auto& c : r.commands) {
    if (comes_again(c.refused_at_intake)) {
      --come_again[command_key{c.id, c.target}];
    }
  }
  for (const auto& c : r.commands) {
    const command_key key{c.id, c.target};
    if (c.source != command_source::input || c.refused_at_intake != refusal::none || c.numbered ||
        come_again[key] > 0) {
      continue;
    }
    const auto first = first_events.find(key);
    if (first != first_events.end()) {
      ids.push_back({c.id, c.target, c.body_hash, c.at, std::string{first->second}, r.number});
      first_events.erase(first); // Further commands of this id are its repeats.
    }
  }
  return ids;
}

} // namespace dispatch
