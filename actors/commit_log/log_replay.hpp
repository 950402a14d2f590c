#pragma once

#include "actors/turn/snapshot.hpp"
#include "messages/ports/commit_log.hpp"
#include "persistence/store.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch {

/// In what is said of a record whose digest is not that of the states which its events lead to.
inline constexpr std::string_view wrong_digest =
    "its digest differs from the state that its events lead to";

/// Folds records of the log into a store, verifying each: the hash chain, the numbers, the epochs,
/// the times and the digest.
class log_replay {
public:
  /// `position` is where the store stands. Digests of records up to `digests_accepted` need not be
  /// those of the states that their events lead to: an operator takes the states.
  log_replay(store& to, store_position position, std::uint64_t digests_accepted);

  /// Folds the next record. Fails, naming the record and what is wrong with it.
  status fold(std::uint64_t log_sequence, std::string_view bytes);

  /// Writes what has been folded.
  status flush();

  /// Whether what failed was the store, and not the log.
  bool store_failed() const { return store_failed_; }

  const store_position& position() const { return position_; }

private:
  struct known_state {
    entity_state state;
    std::uint64_t part = 0;
  };

  status check(const record& r) const;
  result<known_state*> find(const entity_ref& entity);

  store& to_;
  store_position position_;
  std::uint64_t digests_accepted_;
  std::map<entity_ref, known_state> states_;
  std::vector<materialisation> folded_;
  bool store_failed_ = false;
};

} // namespace dispatch
