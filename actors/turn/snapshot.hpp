#pragma once

#include "messages/entities/state.hpp"
#include "messages/records/event.hpp"
#include "messages/records/record.hpp"
#include "messages/result.hpp"
#include "persistence/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the actors, the store and the recovery do alike with states of any kind.
namespace dispatch {

/// The state of an entity of which nothing is known.
entity_state initial_state(entity_kind kind);

/// A copy of the state with the event made true. Refusals and repeats change nothing.
entity_state evolved(const entity_state& state, const event_body& body);

std::string encode(const entity_state& state);
result<entity_state> decode_state(entity_kind kind, std::string_view bytes);

/// The entity's part of the zone's digest, which is the XOR of all parts. 0 for an entity of which
/// nothing is known.
std::uint64_t digest_part(const entity_ref& entity, std::string_view encoded);

std::optional<timestamp> deadline_of(const entity_state& state);

/// Whether something is still to happen with it by itself: not with ended orders, except that some
/// wait for a signature.
bool is_live(const entity_state& state);

snapshot_row make_snapshot(const entity_ref& entity, const entity_state& state,
                           std::string encoded);

/// What a record changes, given where it lies and the snapshots of the entities that it touches.
materialisation materialise(const record& r, std::string bytes, std::uint64_t log_sequence,
                            std::vector<snapshot_row> entities);

/// The ids that took effect in a record or were refused for good, with their first outcomes.
std::vector<applied_id> applied_ids_of(const record& r);

} // namespace dispatch
