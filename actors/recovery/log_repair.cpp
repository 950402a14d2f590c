#include "actors/recovery/log_repair.hpp"

#include "actors/commit_log/append_verdict.hpp"
#include "actors/support/logging.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"

#include <future>
#include <memory>
#include <utility>

namespace dispatch {

namespace {

/// Others repair as well, or an answer was lost: look again where the log ends.
constexpr int looks_max = 8;

/// One log and the store that remembers its end.
struct repairer {
  commit_log& log;
  store& kept;
  store_position known;
  std::uint64_t restored = 0;

  std::uint64_t number_at(std::uint64_t sequence) const {
    return known.number - (known.log_sequence - sequence);
  }

  opening_failure forked(std::uint64_t sequence) const {
    return permanent("the log forked: at sequence " + std::to_string(sequence) +
                     " it does not hold record " + std::to_string(number_at(sequence)) +
                     " as this node's store has it; `dispatchctl zone verify --against-journal` " +
                     "shows where they part");
  }

  /// What the store remembers to lie there.
  result<std::string> remembered(std::uint64_t sequence) const {
    const auto number = number_at(sequence);
    auto bytes = kept.journal(number);
    if (!bytes) {
      return bytes.error();
    }
    if (!*bytes) {
      return failure{"the log regressed: it has lost record " + std::to_string(number) +
                     ", which this node's journal does not keep any more"};
    }
    return std::move(**bytes);
  }

  /// The last record that both should have is the same; by the chain of hashes all before it are.
  opening_outcome compare_at(std::uint64_t sequence) const {
    const auto stored = log.read(sequence);
    if (!stored) {
      return passing(stored.error());
    }
    if (!*stored) {
      return std::nullopt; // Trimmed away.
    }
    if (sequence == known.log_sequence) {
      return wire::hash_of(**stored) == known.hash ? opening_outcome{} : forked(sequence);
    }
    const auto own = remembered(sequence);
    if (!own) {
      return permanent(own.error().what);
    }
    return **stored == *own ? opening_outcome{} : forked(sequence);
  }

  /// Appends what is missing behind `last`, until it is done or somebody else appends as well.
  opening_outcome append_behind(std::uint64_t last) {
    for (; last < known.log_sequence; ++last) {
      const auto bytes = remembered(last + 1);
      if (!bytes) {
        return permanent(bytes.error().what);
      }
      const auto r = wire::decode_record(*bytes);
      if (!r) {
        return permanent("record " + std::to_string(number_at(last + 1)) +
                         " of the journal is damaged: " + r.error().what);
      }
      const auto answer = append_and_wait(log, *bytes, last, append_id(*r, *bytes));
      if (answer.outcome == append_outcome::full) {
        return passing({"the log is full while lost records are restored: " + answer.detail +
                        "; give it room with `dispatchctl zone resize`"});
      }
      if (answer.outcome != append_outcome::stored || answer.sequence != last + 1) {
        return std::nullopt;
      }
      ++restored;
    }
    return std::nullopt;
  }

  opening_outcome run() {
    for (int look = 0; look < looks_max; ++look) {
      const auto state = log.state();
      if (!state) {
        return passing(state.error());
      }
      const auto last = std::min(state->last_sequence, known.log_sequence);
      if (last > 0) {
        if (auto failed = compare_at(last)) {
          return failed;
        }
      }
      if (last == known.log_sequence) {
        return std::nullopt;
      }
      if (auto failed = append_behind(last)) {
        return failed;
      }
    }
    return passing({"the log regressed, and cannot be repaired yet: the outcome of appends is not "
                    "known"});
  }
};

} // namespace

append_result append_and_wait(commit_log& log, const std::string& bytes,
                              std::uint64_t expected_last, const std::string& id) {
  auto promise = std::make_shared<std::promise<append_result>>();
  auto outcome = promise->get_future();
  log.append(bytes, expected_last, id,
             [promise = std::move(promise)](append_result r) { promise->set_value(std::move(r)); });
  append_result answer{append_outcome::unknown, 0, "no answer to the append"};
  if (outcome.wait_for(2 * limits::port_timeout) == std::future_status::ready) {
    try {
      answer = outcome.get();
    } catch (const std::future_error&) {
      // The log has let go of the callback: no answer will come.
    }
  }
  return answer;
}

opening_outcome repair_log(commit_log& log, store& kept, const std::string& zone) {
  auto position = kept.position();
  if (!position) {
    return of_store(position.error());
  }
  if (position->number == 0) {
    return std::nullopt;
  }
  repairer one{log, kept, *position};
  auto failed = one.run();
  if (one.restored > 0) {
    log::warning({zone, "repair", {}},
                 "the log had lost records: " + std::to_string(one.restored) +
                     " were appended again from this node's journal, up to record " +
                     std::to_string(one.known.number));
  }
  return failed;
}

} // namespace dispatch
