#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace dispatch::daemon {

/// Tells for how long a zone has taken none of the commands that wait for it.
class progress_watch {
public:
  using clock = std::chrono::steady_clock;

  /// More time between two looks does not count: then it was the process that stood still.
  static constexpr clock::duration look_interval_max = std::chrono::seconds{3};

  /// A zone, looked at now and then.
  struct sight {
    std::uint64_t position = 0; ///< of the last command that it has consumed
    /// Of the last one that is stored, as the server has said since the look before; nullopt: the
    /// server did not say.
    std::optional<std::uint64_t> stored;
  };

  void look(clock::time_point now, const sight& seen) {
    const auto waits = seen.stored && *seen.stored > seen.position;
    const auto stood = waits && waited_ && seen.position == position_;
    stands_ = stood ? stands_ + std::min(now - looked_, look_interval_max) : clock::duration{0};
    position_ = seen.position;
    waited_ = waits;
    looked_ = now;
  }

  /// Since commands were first seen to wait.
  clock::duration stands() const { return stands_; }

  bool waits() const { return waited_; }

private:
  std::uint64_t position_ = 0;
  bool waited_ = false; ///< commands did at the last look
  clock::time_point looked_;
  clock::duration stands_{0};
};

} // namespace dispatch::daemon
