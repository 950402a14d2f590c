#pragma once

#include "actors/commit_log/log_replay.hpp"
#include "persistence/memory_store.hpp"

#include <cstdint>
#include <string_view>

namespace dispatch {

/// Follows a log from its first record and verifies each as log_replay does, remembering nothing
/// but the states that it leads to.
class log_verifier {
public:
  /// Fails, naming the record and what is wrong with it. Nothing may follow then.
  status verify(std::uint64_t log_sequence, std::string_view bytes);

private:
  memory_store states_;
  log_replay replay_{states_, {}, 0};
  std::uint64_t verified_ = 0;
};

} // namespace dispatch
