#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace dispatch::client {

/// What is due when. Entries of the same time come in the order in which they were added.
template <class Time, class Entry> class agenda {
public:
  void add(Time due, Entry what) { entries_.push({due, added_++, std::move(what)}); }

  /// When the next entry is due; nullopt when there is none.
  std::optional<Time> next_due() const {
    return entries_.empty() ? std::nullopt : std::optional{entries_.top().due};
  }

  /// Takes the next entry if it is due at `now`, with the time at which it was due.
  std::optional<std::pair<Time, Entry>> take(Time now) {
    if (entries_.empty() || entries_.top().due > now) {
      return std::nullopt;
    }
    std::pair taken{entries_.top().due, entries_.top().what};
    entries_.pop();
    return taken;
  }

private:
  struct item {
    Time due;
    std::uint64_t number;
    Entry what;

    bool operator<(const item& other) const {
      return std::pair{other.due, other.number} < std::pair{due, number};
    }
  };

  std::priority_queue<item> entries_;
  std::uint64_t added_ = 0;
};

} // namespace dispatch::client
