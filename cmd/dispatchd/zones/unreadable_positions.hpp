#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace dispatch::daemon {

/// Counts a zone's positions that make no place, and says about them as much as people can read.
/// May be called from any thread.
class unreadable_positions {
public:
  using clock = std::chrono::steady_clock;

  /// Between two lines of the log. So long after the newest they count as coming.
  static constexpr clock::duration pause = std::chrono::minutes{1};

  /// Takes in one. The line that the log shall have; nullopt: it had one within the pause.
  std::optional<std::string> note(std::string_view subject, std::string_view why,
                                  clock::time_point now) {
    const std::scoped_lock lock{mutex_};
    ++count_;
    newest_ = std::string{subject} + ": " + std::string{why};
    came_ = now;
    if (told_ && now - *told_ < pause) {
      return std::nullopt;
    }
    told_ = now;
    return "a position cannot be read, and does not count: " + newest_ + ". So far there were " +
           std::to_string(count_);
  }

  std::uint64_t count() const {
    const std::scoped_lock lock{mutex_};
    return count_;
  }

  /// Subject and reason of the newest, while they come; empty: none comes.
  std::string newest(clock::time_point now) const {
    const std::scoped_lock lock{mutex_};
    return count_ > 0 && now - came_ < pause ? newest_ : std::string{};
  }

private:
  mutable std::mutex mutex_; ///< guards all below
  std::uint64_t count_ = 0;
  std::string newest_;
  clock::time_point came_;
  std::optional<clock::time_point> told_;
};

} // namespace dispatch::daemon
