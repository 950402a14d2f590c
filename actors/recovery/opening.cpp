#include "actors/recovery/opening.hpp"

#include "actors/commit_log/append_verdict.hpp"
#include "actors/commit_log/committed_record.hpp"
#include "actors/commit_log/log_replay.hpp"
#include "actors/recovery/announced_search.hpp"
#include "actors/recovery/input_repair.hpp"
#include "actors/recovery/log_repair.hpp"
#include "actors/recovery/restoring.hpp"
#include "actors/recovery/snapshot_loading.hpp"
#include "actors/support/failpoint.hpp"
#include "actors/support/logging.hpp"
#include "actors/turn/intake.hpp"
#include "actors/turn/snapshot.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/zone/policy_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

namespace dispatch {

namespace {

/// Someone else appends while we try to open: a newer owner is starting as well.
constexpr int open_attempts_max = 8;

struct opener {
  const zone_settings& settings;
  const zone_ports& ports;
  const record* again;

  opened_zone zone = {};
  announced_search announced{settings, ports};
  std::uint64_t log_tail = 0;
  /// Where reading goes on in an input stream that lost its end, or what was to be read next.
  std::optional<consumed_input> reading_on = std::nullopt;

  const std::string& name() const { return settings.definition.name; }

  /// The store must be a copy of a prefix of this log.
  opening_outcome check_store() {
    if (auto failed = repair_log(*ports.log, *ports.store, name())) {
      return failed;
    }
    if (auto failed = load_snapshot(*ports.log, ports.snapshots.get(), *ports.store, name())) {
      return failed;
    }
    auto position = ports.store->position();
    if (!position) {
      return of_store(position.error());
    }
    zone.position = *position;
    return std::nullopt;
  }

  /// Folds what the log has beyond the store.
  opening_outcome catch_up() {
    auto log = ports.log->state();
    if (!log) {
      return passing(log.error());
    }
    log_tail = log->last_sequence;
    return fold_to_tail();
  }

  opening_outcome fold_to_tail() {
    log_replay replay{*ports.store, zone.position, settings.definition.digests_accepted};
    if (log_tail > zone.position.log_sequence) {
      status folded = nothing{};
      const auto first = zone.position.log_sequence + 1;
      auto scanned =
          ports.log->scan(first, log_tail, [&](std::uint64_t sequence, std::string_view bytes) {
            folded = replay.fold(sequence, bytes);
            return static_cast<bool>(folded);
          });
      if (!folded) {
        return replay.store_failed() ? of_store(folded.error()) : permanent(folded.error().what);
      }
      if (!scanned) {
        return passing(scanned.error());
      }
    }
    if (auto flushed = replay.flush(); !flushed) {
      return of_store(flushed.error());
    }
    zone.position = replay.position();
    return std::nullopt;
  }

  /// A log that lost its end must not be continued while somebody can restore it.
  opening_outcome check_others() {
    const auto known = settings.known_elsewhere();
    if (known > zone.position.number) {
      return passing({"the log regressed: another node has read record " + std::to_string(known) +
                      ", the log ends with record " + std::to_string(zone.position.number) +
                      "; waiting until that node has restored it"});
    }
    return std::nullopt;
  }

  /// What comes next must still be in the input stream, and what was consumed must be the same. A
  /// stream that lost its end is read again from where it is what was consumed.
  opening_outcome check_input() {
    reading_on.reset();
    if (again != nullptr) {
      return std::nullopt; // A recorded log is decided again without its input stream.
    }
    const auto position = zone.position.input_position;
    auto input = ports.feed->state();
    if (!input) {
      return passing(input.error());
    }
    const auto next = first_kept_behind(*ports.feed, *input, position);
    if (!next) {
      return passing(next.error());
    }
    if (*next > position + 1) {
      return go_on_behind_gap(*next);
    }
    auto good = input->last_sequence >= position;
    if (good && position > 0 && position >= input->first_sequence) {
      auto consumed = ports.feed->read(position);
      if (!consumed) {
        return passing(consumed.error());
      }
      good = !*consumed || fingerprint(**consumed) == zone.position.input_fingerprint;
    }
    return good ? std::nullopt : go_back_in_input(*input);
  }

  /// If an operator has accepted what is lost: all between what was consumed and `first_kept`.
  opening_outcome go_on_behind_gap(std::uint64_t first_kept) {
    const auto accepted = ports.feed->newest_on(wire::subjects{settings.root}.command(
        name(), {entity_kind::zone, name()}, "accept_loss", "*"));
    if (!accepted) {
      return passing(accepted.error());
    }
    const auto last_lost = first_kept - 1;
    if (*accepted) {
      const auto taken = take_in(**accepted, settings.root, name(), settings.definition.clock);
      const auto* asked = std::get_if<command>(&taken);
      const auto* of_zone = asked == nullptr ? nullptr : std::get_if<zone_command>(&asked->body);
      const auto* loss = of_zone == nullptr ? nullptr : std::get_if<accept_loss>(of_zone);
      if (loss != nullptr && loss->last >= last_lost) {
        log::warning({name(), "opening", {}}, "the commands of the input stream up to sequence " +
                                                  std::to_string(last_lost) +
                                                  " are lost, as operator " + asked->by +
                                                  " has accepted");
        reading_on = consumed_input{last_lost, 0};
        return std::nullopt;
      }
    }
    const auto first_lost = std::to_string(zone.position.input_position + 1);
    return permanent("the input stream was purged: it keeps nothing from sequence " + first_lost +
                     " to " + std::to_string(last_lost) +
                     ", which has not been consumed; restore it, or take the loss with "
                     "`dispatchctl zone accept-loss " +
                     name() + " --input`");
  }

  opening_outcome go_back_in_input(const stream_state& input) {
    const auto common =
        last_input_in_common(*ports.feed, *ports.store, *ports.log, settings.definition.clock);
    if (!common) {
      return passing(common.error());
    }
    const auto consumed = std::to_string(zone.position.input_position);
    if (!*common) {
      return permanent("the input stream was recreated: it holds sequences " +
                       std::to_string(input.first_sequence) + " to " +
                       std::to_string(input.last_sequence) +
                       ", none of them as it was consumed, up to sequence " + consumed);
    }
    log::warning({name(), "opening", {}}, "the input stream lost its end: up to sequence " +
                                              consumed + " was consumed, it is the same up to " +
                                              std::to_string((*common)->position) +
                                              " and is read again from there");
    reading_on = **common;
    return std::nullopt;
  }

  /// The zone as an entity, and its part of the digest.
  result<std::pair<std::shared_ptr<const dispatch::zone>, std::uint64_t>> own_state() const {
    const entity_ref who{entity_kind::zone, name()};
    auto loaded = ports.store->load(std::array{who});
    if (!loaded) {
      return loaded.error();
    }
    auto state = initial_state(who.kind);
    std::uint64_t part = 0;
    if (const auto& bytes = loaded->front()) {
      auto decoded = decode_state(who.kind, *bytes);
      if (!decoded) {
        return decoded.error();
      }
      state = *decoded;
      part = digest_part(who, *bytes);
    }
    return std::pair{std::get<std::shared_ptr<const dispatch::zone>>(state), part};
  }

  /// The definition's policy, for a log that keeps none yet.
  kept_policy first_policy() const {
    const auto& policy = settings.definition.policy;
    return {policy.version, wire::canonical_toml(policy),
            std::make_shared<const dispatch::policy>(policy)};
  }

  record make_open_record(const dispatch::zone& own, const announced_position& out) const {
    const auto& before = zone.position;
    record r;
    r.kind = record_kind::open;
    r.zone = name();
    r.epoch = before.epoch + 1;
    r.number = before.number + 1;
    r.previous = before.hash;
    r.now =
        std::max(before.now + duration{1}, settings.definition.clock.to_zone(ports.clock->now()));
    r.input_position = reading_on ? reading_on->position : before.input_position;
    r.input_fingerprint = reading_on ? reading_on->fingerprint : before.input_fingerprint;
    r.announced = out;
    r.handed_over = settings.handed_over;
    zone_opened opening{r.epoch, settings.owner, {}, current_edition};
    if (own.policy.version == 0) {
      opening.policy = first_policy();
    }
    if (again != nullptr) {
      r.now = again->now;
      r.input_position = again->input_position;
      r.input_fingerprint = again->input_fingerprint;
      r.announced = again->announced;
      r.handed_over = again->handed_over;
      opening = std::get<zone_opened>(std::get<zone_event>(again->events.front().body));
      opening.epoch = r.epoch;
    }
    event opened;
    opened.entity = {entity_kind::zone, name()};
    opened.at = r.now;
    opened.body = zone_event{std::move(opening)};
    r.events.push_back(std::move(opened));
    return r;
  }

  /// Appends OPEN behind whatever the log holds by then, and folds it into the store.
  opening_outcome append_open() {
    for (int attempt = 0; attempt < open_attempts_max; ++attempt) {
      for (const auto step : {&opener::catch_up, &opener::check_input}) {
        if (auto failed = (this->*step)()) {
          return failed;
        }
      }
      const auto own = own_state();
      if (!own) {
        return of_store(own.error());
      }
      const auto out = announced.known();
      if (!out) {
        return of_store(out.error());
      }
      auto r = make_open_record(*own->first, *out);
      const auto& opened = r.events.front();
      const auto after = digest_part(opened.entity, encode(evolved(own->first, opened.body)));
      r.digest = zone.position.digest ^ own->second ^ after;
      const auto encoded = std::vector{wire::encode_event(r.events.front())};
      const auto bytes = wire::encode_record(r, encoded);
      failpoint("before_open");
      const auto outcome = append_and_wait(*ports.log, bytes, log_tail, append_id(r, bytes));
      if (outcome.outcome == append_outcome::full) {
        return opening_failure{"the log is full: " + outcome.detail +
                                   "; give it room with `dispatchctl zone resize`",
                               false, cure::person};
      }
      auto stored = ports.log->read(log_tail + 1);
      if (!stored) {
        return passing(stored.error());
      }
      if (*stored && **stored == bytes) {
        zone.clock_offset = clock_offset(ports);
        failpoint("after_open");
        ++log_tail; // No further: what is behind our OPEN is of an owner who fenced us.
        return fold_to_tail();
      }
    }
    return opening_failure{"other processes keep opening the zone", false, cure::person};
  }

  opening_outcome find_announced() { return announced.look(zone.position); }

  /// What is announced must be in the log, as far as it was read after the output stream.
  opening_outcome check_announced() { return announced.compare(zone.position); }

  /// Where the output stream ends now that former owners append no more. It may be beyond our OPEN
  /// if somebody has fenced us already.
  opening_outcome find_announced_again() {
    if (auto failed = find_announced()) {
      return failed;
    }
    if (announced.start().last.number > zone.position.number) {
      const auto next = ports.log->read(zone.position.log_sequence + 1);
      if (!next) {
        return passing(next.error());
      }
      if (*next) {
        return opening_failure{"fenced: another process opened the zone meanwhile", true,
                               cure::ownership};
      }
    }
    return check_announced();
  }

  opening_outcome collect_unannounced() {
    auto failed = announced.collect(zone.position, zone.unannounced);
    zone.announcing = announced.start();
    return failed;
  }

  opening_outcome restore() {
    const auto own = own_state();
    if (!own) {
      return of_store(own.error());
    }
    // A log of before the log kept policies, decided again, keeps none.
    zone.policy = own->first->policy.parsed ? own->first->policy.parsed : first_policy().parsed;
    return restore_memory(*ports.store, ports.signer != nullptr, zone);
  }
};

} // namespace

std::optional<duration> clock_offset(const zone_ports& ports) {
  const auto log = ports.log->state();
  if (!log || !log->last_stored) {
    return std::nullopt;
  }
  return ports.clock->now() - *log->last_stored;
}

std::variant<opened_zone, opening_failure> take_over(const zone_settings& settings,
                                                     const zone_ports& ports, const record* again) {
  opener o{settings, ports, again};
  for (const auto step :
       {&opener::check_store, &opener::catch_up, &opener::find_announced, &opener::catch_up,
        &opener::check_others, &opener::check_announced, &opener::append_open,
        &opener::find_announced_again, &opener::collect_unannounced, &opener::restore}) {
    if (auto failed = (o.*step)()) {
      return std::move(*failed);
    }
  }
  return std::move(o.zone);
}

} // namespace dispatch
