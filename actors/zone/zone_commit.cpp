#include "actors/output/announcing.hpp"
#include "actors/support/failpoint.hpp"
#include "actors/support/logging.hpp"
#include "actors/turn/snapshot.hpp"
#include "actors/zone/zone_state.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"

#include <chrono>
#include <utility>

/// The end of a turn: its record, the append, what became of it, and its effects.
namespace dispatch {

namespace {

using namespace std::chrono_literals;

constexpr auto append_again_after = 100ms;
constexpr auto retry_when_full_after = 1s;

} // namespace

void zone_state::build_record() {
  candidate = {};
  candidate.zone = options.settings.definition.name;
  candidate.epoch = position.epoch;
  candidate.number = position.number + 1;
  candidate.previous = position.hash;
  candidate.input_position = inputs.input_position;
  candidate.input_fingerprint = inputs.input_fingerprint;
  candidate.local_offset_s = static_cast<std::int32_t>(inputs.local_offset.count());
  candidate.travel = inputs.travel;
  candidate.announced = inputs.decided_before ? inputs.announced : last_announced;
  candidate.digest = position.digest;
  for (const auto& [who, touched] : current->touched()) {
    candidate.digest ^= touched.part_before ^ touched.part_after;
  }
  current->move_into(candidate);
  encoded_events.clear();
  encoded_events.reserve(candidate.events.size());
  for (const auto& e : candidate.events) {
    encoded_events.push_back(wire::encode_event(e));
  }
  candidate_bytes = wire::encode_record(candidate, encoded_events);
  if (candidate_bytes.size() > limits::record_bytes_hard_max) {
    abort_turn("the record would have " + std::to_string(candidate_bytes.size()) + " bytes");
    return;
  }
  end_attempt();
  append();
}

void zone_state::append() {
  if (now_in == phase::halted) {
    return;
  }
  if (!options.owns()) {
    halt("the lease is over", cure::ownership);
    return;
  }
  now_in = phase::appending;
  failpoint("before_append");
  options.ports.log->append(candidate_bytes, position.log_sequence,
                            append_id(candidate, candidate_bytes),
                            [handle = zone_actor{self}](append_result result) {
                              caf::anon_send(handle, append_ended{std::move(result)});
                            });
}

void zone_state::on_appended(const append_result& result) {
  if (now_in != phase::appending) {
    return;
  }
  const auto next = std::to_string(position.log_sequence + 1);
  auto verdict = judge_answer(result, position.log_sequence);
  if (verdict == append_verdict::look) {
    ++options.metrics->unknown_appends;
    verdict = look_behind_tail();
  }
  switch (verdict) {
  case append_verdict::committed:
    commit(position.log_sequence + 1);
    return;
  case append_verdict::look:
  case append_verdict::again:
    log::warning({candidate.zone, name, {}},
                 "the outcome of an append is not known, it is tried again: " + result.detail);
    self->delayed_send(self, append_again_after, retry_append{});
    return;
  case append_verdict::wait:
    options.metrics->log_full = true;
    log::error({candidate.zone, name, {}},
               "the log is full, the zone waits; give it room with `dispatchctl zone resize " +
                   candidate.zone + "`: " + result.detail);
    self->delayed_send(self, retry_when_full_after, retry_append{});
    return;
  case append_verdict::misplaced:
    halt("the log stored record " + std::to_string(candidate.number) + " at sequence " +
         std::to_string(result.sequence) + " instead of " + next);
    return;
  case append_verdict::regressed:
    halt("the log regressed: it ends at sequence " + std::to_string(result.sequence) +
             ", but record " + std::to_string(position.number) + " was committed at sequence " +
             std::to_string(position.log_sequence),
         cure::reopening);
    return;
  case append_verdict::fenced:
    halt("fenced: another process opened the zone after epoch " + std::to_string(position.epoch),
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
  const auto stored = options.ports.log->read(position.log_sequence + 1);
  if (!stored) {
    log::warning({candidate.zone, name, {}}, stored.error().what);
    return append_verdict::look;
  }
  std::optional<found_behind_tail> found;
  if (*stored) {
    const auto other = wire::decode_record(**stored);
    found = {**stored == candidate_bytes, other ? std::optional{other->epoch} : std::nullopt};
  }
  return judge_behind(found, position.epoch);
}

void zone_state::commit(std::uint64_t log_sequence) {
  failpoint("after_append");
  std::vector<snapshot_row> rows;
  for (const auto& [who, touched] : current->touched()) {
    if (touched.part_after == 0) {
      entities.remove(who); // Nothing is known of it: a refused command does not make an entity.
      continue;
    }
    rows.push_back(make_snapshot(who, touched.state, touched.encoded));
    if (touched.changed) {
      deadlines.set(who,
                    without_deadline.contains(who) ? std::nullopt : deadline_of(touched.state));
      if (const auto* r = std::get_if<std::shared_ptr<const rider>>(&touched.state)) {
        note_position(who.id, recorded_position_of(**r));
      }
      if (const auto* z = std::get_if<std::shared_ptr<const zone>>(&touched.state);
          z != nullptr && (*z)->policy.rules && (*z)->policy.version != rules->version) {
        use_rules((*z)->policy.rules);
      }
    }
  }
  auto committed = std::make_shared<committed_turn>();
  committed->epoch = candidate.epoch;
  committed->number = candidate.number;
  committed->announcements =
      announcements_of(candidate, encoded_events, wire::subjects{options.settings.root});
  auto changes = std::make_shared<materialisation>(
      materialise(candidate, std::move(candidate_bytes), log_sequence, std::move(rows)));
  position = changes->position;
  for (const auto& id : changes->applied) {
    applied.add(id);
  }
  applied.expire(position.now);
  for (const auto& e : candidate.events) {
    traces.note(e);
  }
  fingerprints.erase(fingerprints.begin(), fingerprints.upper_bound(position.input_position));

  auto& m = *options.metrics;
  if (care.turns > 0 && !inputs.items.empty() && --care.turns == 0) {
    log::info({candidate.zone, name, {}}, "commands are decided together again");
  }
  m.careful = care.turns > 0;
  m.log_full = false;
  ++m.records;
  m.commands += candidate.commands.size();
  m.events += candidate.events.size();
  m.dead_letters += candidate.dead_letters.size();
  for (const auto& e : candidate.events) {
    if (const auto* refused = std::get_if<command_refused>(&e.body)) {
      ++m.refused;
      m.refused_too_many += refused->code == refusal::too_many ? 1 : 0;
      m.refused_overloaded += refused->code == refusal::overloaded ? 1 : 0;
    }
  }
  for (const auto& d : candidate.decisions) {
    m.offers += d.offer.empty() ? 0 : 1 + d.also.size();
  }
  for (const auto& one : candidate.travel) {
    m.travel_times += one.times.size();
    m.travel_unanswered += one.times.empty() ? 1 : 0;
  }
  m.committed_record = position.number;
  m.input_position = position.input_position;
  m.actors = entities.size();
  const auto took = std::chrono::steady_clock::now() - turn_began;
  m.turn_us_sum += static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(took).count());

  want_waybills_of(candidate);
  match_due.reset(); // The dispatcher's answer says it anew.
  unrecorded_travel.clear();
  self->send(dispatcher, settle_match{current->take_changes(), std::move(candidate.travel)});
  self->send(writer, write_turn{std::move(changes)});
  self->send(announcer, announce_turns{{std::move(committed)}});
  current.reset();
  now_in = phase::idle;
  check_clock();
  wake();
}

} // namespace dispatch
