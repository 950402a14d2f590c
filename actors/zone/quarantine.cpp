#include "actors/zone/quarantine.hpp"

#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"

#include <utility>

namespace dispatch {

namespace {

/// What the zone has done since it last took an input.
struct standstill {
  std::size_t openings = 0;  ///< after owners who did not end in order
  bool died_of_note = false; ///< where the noted command should be committed, there is an OPEN
};

/// Matches, positions and deadlines may have been committed between the openings.
standstill look_back(store& kept, const store_position& open,
                     const std::optional<attempted_command>& note) {
  standstill found;
  for (std::size_t i = 0; i < limits::standstill_records && i < open.number; ++i) {
    const auto bytes = kept.journal(open.number - i);
    const auto r = bytes && *bytes ? wire::decode_record(**bytes) : result<record>{failure{}};
    if (!r || r->input_position != open.input_position) {
      break;
    }
    if (r->kind == record_kind::open) {
      found.openings += r->handed_over ? 0 : 1;
      found.died_of_note = found.died_of_note || (note && r->number == note->behind + 1);
    }
  }
  return found;
}

} // namespace

caution look_for_deaths(store& kept, const store_position& open) {
  const auto noted = kept.attempted();
  const auto note = noted ? *noted : std::nullopt;
  const auto found = look_back(kept, open, note);
  const auto is_unfinished =
      note && (note->source == command_source::input ? note->sequence > open.input_position
                                                     : found.died_of_note);
  caution care;
  if (is_unfinished) {
    care.suspect = note;
  }
  if (is_unfinished || found.openings >= limits::openings_before_care) {
    care.turns = limits::careful_turns;
  }
  return care;
}

bool careful_attempts::attempt(attempted_command next, std::uint64_t behind) {
  if (!is_careful()) {
    return true;
  }
  const auto& suspect = care_.suspect;
  if (suspect && suspect->source == next.source && suspect->target == next.target &&
      suspect->sequence == next.sequence) {
    next.times = suspect->times + 1;
    care_.suspect.reset();
    if (next.times > limits::attempts_max) {
      return false;
    }
  }
  next.behind = behind;
  if (const auto noted = kept_->write_attempted(std::move(next)); !noted) {
    warn_(noted.error().what);
  }
  noted_ = true;
  return true;
}

void careful_attempts::end() {
  if (std::exchange(noted_, false)) {
    if (const auto noted = kept_->write_attempted(std::nullopt); !noted) {
      warn_(noted.error().what);
    }
  }
}

} // namespace dispatch
