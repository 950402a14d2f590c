#include "actors/output/announcing.hpp"
#include "actors/support/failpoint.hpp"
#include "actors/support/logging.hpp"
#include "actors/support/metrics.hpp"
#include "actors/turn/snapshot.hpp"
#include "actors/zone/zone_state.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

/// The end of a turn: its record, the append, what became of it, and its effects.
namespace dispatch {

namespace {

using namespace std::chrono_literals;

constexpr auto append_again_after = 100ms;
constexpr auto retry_when_full_after = 1s;

/// What a committed record adds to the numbers of a zone.
void count(const record& r, zone_metrics& m) {
  m.log_full = false;
  ++m.records;
  m.commands += r.commands.size();
  m.events += r.events.size();
  m.dead_letters += r.dead_letters.size();
  for (const auto& e : r.events) {
    if (const auto* refused = std::get_if<command_refused>(&e.body)) {
      ++m.refused;
      m.refused_too_many += refused->code == refusal::too_many ? 1 : 0;
      m.refused_overloaded += refused->code == refusal::overloaded ? 1 : 0;
    }
  }
  for (const auto& d : r.decisions) {
    m.offers += d.offer.empty() ? 0 : 1 + d.also.size();
  }
  for (const auto& told : r.travel) {
    m.travel_times += told.times.size();
    m.travel_unanswered += told.times.empty() ? 1 : 0;
  }
  m.committed_record = r.number;
  m.input_position = r.input_position;
}

} // namespace

/// False when the record would be too large: the turn is taken back.
bool zone_state::build_record() {
  auto& r = hand.candidate;
  const auto& position = memory.position;
  const auto& inputs = hand.inputs;
  r = {};
  r.zone = options.settings.definition.name;
  r.epoch = position.epoch;
  r.number = position.number + 1;
  r.previous = position.hash;
  r.input_position = inputs.input_position;
  r.input_fingerprint = inputs.input_fingerprint;
  r.local_offset_s = static_cast<std::int32_t>(inputs.local_offset.count());
  r.travel = inputs.travel;
  r.announced = inputs.decided_before ? inputs.announced : memory.last_announced;
  r.digest = position.digest;
  for (const auto& [who, touched] : hand.decisions->touched()) {
    r.digest ^= touched.part_before ^ touched.part_after;
  }
  hand.decisions->move_into(r);
  hand.encoded_events.clear();
  hand.encoded_events.reserve(r.events.size());
  for (const auto& e : r.events) {
    hand.encoded_events.push_back(wire::encode_event(e));
  }
  hand.bytes = wire::encode_record(r, hand.encoded_events);
  if (hand.bytes.size() > limits::record_bytes_hard_max) {
    take_back("the record would have " + std::to_string(hand.bytes.size()) + " bytes");
    return false;
  }
  collector->end_attempt();
  return true;
}

void zone_state::append() {
  if (now_in != zone_phase::appending) {
    return; // It was halted while it waited to try again.
  }
  if (!options.owns()) {
    halt("the lease is over", cure::ownership);
    return;
  }
  failpoint("before_append");
  options.ports.log->append(hand.bytes, memory.position.log_sequence,
                            append_id(hand.candidate, hand.bytes),
                            [handle = zone_actor{self}](append_result result) {
                              caf::anon_send(handle, append_ended{std::move(result)});
                            });
}

void zone_state::on_appended(const append_result& result) {
  if (now_in != zone_phase::appending) {
    return;
  }
  const auto next = std::to_string(memory.position.log_sequence + 1);
  auto verdict = judge_answer(result, memory.position.log_sequence);
  if (verdict == append_verdict::look) {
    ++options.metrics->unknown_appends;
    verdict = look_behind_tail();
  }
  switch (verdict) {
  case append_verdict::committed:
    advance();
    return;
  case append_verdict::look:
  case append_verdict::again:
    log::warning(options.subject(),
                 "the outcome of an append is not known, it is tried again: " + result.detail);
    self->delayed_send(self, append_again_after, retry_append{});
    return;
  case append_verdict::wait:
    options.metrics->log_full = true;
    log::error(options.subject(),
               "the log is full, the zone waits; give it room with `dispatchctl zone resize " +
                   options.settings.definition.name + "`: " + result.detail);
    self->delayed_send(self, retry_when_full_after, retry_append{});
    return;
  case append_verdict::misplaced:
    halt("the log stored record " + std::to_string(hand.candidate.number) + " at sequence " +
         std::to_string(result.sequence) + " instead of " + next);
    return;
  case append_verdict::regressed:
    halt("the log regressed: it ends at sequence " + std::to_string(result.sequence) +
             ", but record " + std::to_string(memory.position.number) +
             " was committed at sequence " + std::to_string(memory.position.log_sequence),
         cure::reopening);
    return;
  case append_verdict::fenced:
    halt("fenced: another process opened the zone after epoch " +
             std::to_string(memory.position.epoch),
         cure::ownership);
    return;
  case append_verdict::foreign:
    halt("the log holds a record at sequence " + next + " that no owner of the zone can have " +
         "written");
    return;
  }
}

/// `look` when the log could not be read.
append_verdict zone_state::look_behind_tail() {
  const auto stored = options.ports.log->read(memory.position.log_sequence + 1);
  if (!stored) {
    log::warning(options.subject(), stored.error().what);
    return append_verdict::look;
  }
  std::optional<found_behind_tail> found;
  if (*stored) {
    const auto other = wire::decode_record(**stored);
    found = {**stored == hand.bytes, other ? std::optional{other->epoch} : std::nullopt};
  }
  return judge_behind(found, memory.position.epoch);
}

/// The rows of what the turn touched, which the zone now knows.
std::vector<snapshot_row> zone_state::remember_entities() {
  const auto had_riders_at_work = memory.positions.at_work() > 0;
  std::vector<snapshot_row> rows;
  for (const auto& [who, touched] : hand.decisions->touched()) {
    if (touched.part_after == 0) {
      helpers.entities.remove(who); // A refused command does not make an entity.
      continue;
    }
    rows.push_back(make_snapshot(who, touched.state, touched.encoded));
    if (!touched.changed) {
      continue;
    }
    memory.deadlines.set(who, deadline_of(touched.state));
    if (const auto* r = std::get_if<std::shared_ptr<const rider>>(&touched.state)) {
      memory.positions.note(who.id, recorded_position_of(**r));
    }
    if (const auto* z = std::get_if<std::shared_ptr<const zone>>(&touched.state);
        z != nullptr && (*z)->policy.parsed &&
        (*z)->policy.version != memory.policy_in_force->version) {
      use_policy((*z)->policy.parsed);
    }
  }
  options.metrics->riders_at_work = memory.positions.at_work();
  if (!had_riders_at_work && memory.positions.at_work() > 0) {
    note_position_heard(*options.metrics);
  }
  return rows;
}

void zone_state::remember(const materialisation& changes) {
  memory.position = changes.position;
  for (const auto& id : changes.applied) {
    memory.applied.add(id);
  }
  memory.applied.expire(memory.position.now);
  for (const auto& e : hand.candidate.events) {
    memory.traces.note(e);
  }
  memory.match_due.reset(); // The dispatcher's outlook says it anew.
  collector->note_committed(hand.inputs);
}

/// The log holds the turn: it is remembered, written and announced.
void zone_state::commit() {
  failpoint("after_append");
  auto& r = hand.candidate;
  auto rows = remember_entities();
  auto committed = std::make_shared<committed_turn>();
  committed->epoch = r.epoch;
  committed->number = r.number;
  committed->announcements =
      announcements_of(r, hand.encoded_events, wire::subjects{options.settings.root});
  auto changes = std::make_shared<materialisation>(
      materialise(r, std::move(hand.bytes), memory.position.log_sequence + 1, std::move(rows)));
  remember(*changes);
  count(r, *options.metrics);
  options.metrics->actors = helpers.entities.size();
  const auto took = std::chrono::steady_clock::now() - hand.began;
  options.metrics->turn_us_sum += static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(took).count());

  want_waybills_of(r);
  look_after_errands();
  self->send(helpers.dispatcher, settle_match{hand.decisions->take_changes(), std::move(r.travel)});
  self->send(helpers.writer, write_turn{std::move(changes)});
  self->send(helpers.announcer, announce_turns{{std::move(committed)}});
  hand.decisions.reset();
}

void zone_state::on_written(std::uint64_t number) {
  memory.written = number;
  options.metrics->materialised_record = number;
  helpers.entities.passivate(limits::actors_max, number);
  options.metrics->actors = helpers.entities.size();
  wake();
}

void zone_state::on_announced(const turn_announced& message) {
  memory.announced = std::max(memory.announced, message.number);
  memory.last_announced = message.last;
  options.metrics->announced_record = memory.announced;
  self->send(helpers.writer, note_announced{message.last});
  wake();
}

} // namespace dispatch
