#include "cmd/dispatchctl/log_survey.hpp"

#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/progress_line.hpp"
#include "messages/wire/codec.hpp"

#include <optional>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

/// nullopt: the bytes are no record of the zone.
std::optional<record> record_of(const std::string& zone, const std::string& bytes) {
  auto decoded = wire::decode_record(bytes);
  return decoded && decoded->zone == zone ? std::optional{std::move(*decoded)} : std::nullopt;
}

} // namespace

bool looks_sound(nats::nats_commit_log& log, const std::string& zone) {
  const auto state = value_or_stop(log.state(), exit_code::unavailable);
  if (state.messages == 0) {
    return true;
  }
  const auto newest = value_or_stop(log.read(state.last_sequence), exit_code::unavailable);
  return state.messages == state.last_sequence + 1 - state.first_sequence && newest &&
         record_of(zone, *newest).has_value();
}

log_survey survey_log(session& session, nats::nats_commit_log& log, const std::string& zone,
                      const std::function<void(std::uint64_t sequence, std::uint64_t number,
                                               const std::string& bytes)>& see) {
  const auto state = value_or_stop(log.state(), exit_code::unavailable);
  cli::progress_line progress{session.io().err, cli::stderr_is_terminal()};
  log_survey found;
  found.first = state.first_sequence;
  found.last = state.first_sequence - 1;
  std::vector<std::uint64_t> gap; // Holes, if a record follows.
  std::optional<std::uint64_t> foreign_at;
  for (auto sequence = state.first_sequence; sequence <= state.last_sequence; ++sequence) {
    progress.show("reading the log: " + std::to_string(sequence) + " of " +
                  std::to_string(state.last_sequence));
    const auto bytes = value_or_stop(log.read(sequence), exit_code::unavailable);
    if (!bytes) {
      gap.push_back(sequence);
      continue;
    }
    const auto r = record_of(zone, *bytes);
    if (!r) {
      foreign_at = foreign_at.value_or(sequence);
      continue;
    }
    const auto expected = found.number_of_last + (sequence - found.last);
    if (foreign_at || (found.number_of_last > 0 && r->number != expected)) {
      throw stop(exit_code::failed,
                 "the log of zone " + zone + " cannot be repaired: record " +
                     std::to_string(r->number) + " lies at sequence " + std::to_string(sequence) +
                     (foreign_at ? ", behind a message at sequence " + std::to_string(*foreign_at) +
                                       " that no owner wrote"
                                 : ", where record " + std::to_string(expected) + " belongs") +
                     "; restore the stream from a copy (deploy/docs/operations/backup.md)");
    }
    if (found.number_of_last == 0) {
      found.first = sequence; // What is missing before it was trimmed away.
      gap.clear();
    }
    found.missing.insert(found.missing.end(), gap.begin(), gap.end());
    gap.clear();
    found.last = sequence;
    found.number_of_last = r->number;
    see(sequence, r->number, *bytes);
  }
  found.behind = state.last_sequence - found.last;
  return found;
}

} // namespace dispatch::ctl
