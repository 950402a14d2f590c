#pragma once

#include "messages/command.hpp"
#include "messages/policy.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

/// What a zone refuses before anybody decides it: more than a sender's rate, and new orders while
/// it is behind. A refusal is recorded with its command, so what is remembered here need not be.
namespace dispatch::domain {

/// Who sent a command: what stands before the first point of its id; `anonymous` without one.
std::string_view sender_of(std::string_view command_id);

/// How fast each sender goes. Each has a bucket that holds `burst` commands and is refilled with
/// `per_s` of them per second. At most `limits::senders_max` are remembered: a sender that is
/// forgotten begins with a full bucket.
class sender_rates {
public:
  /// Takes one command out of the sender's bucket. When there is none: how long until there is.
  std::optional<duration> take(std::string_view sender, timestamp at, std::uint32_t per_s,
                               std::uint32_t burst);

  std::size_t size() const { return buckets_.size(); }

private:
  using instant = std::chrono::sys_time<std::chrono::nanoseconds>;

  struct bucket {
    std::string sender;
    instant full_at; ///< when it is full again, if nothing more is taken
  };

  bucket& bucket_of(std::string_view sender);

  std::list<bucket> newest_first_;
  std::unordered_map<std::string_view, std::list<bucket>::iterator> buckets_;
};

/// Whether the zone is so far behind, and has been for so long, that it must shed work. Having been
/// away is no overload: a zone that comes back has as long to catch up.
class overload {
public:
  /// The oldest command not yet taken is so old now.
  void note(duration age, timestamp now, std::chrono::seconds shed_after);

  bool sheds_positions() const { return positions_.on; }
  bool sheds_new_orders() const { return new_orders_.on; }

private:
  struct stage {
    std::optional<timestamp> late_since;
    bool on = false;

    void note(duration age, timestamp now, duration limit);
  };

  stage positions_;
  stage new_orders_;
};

/// Judges the commands of a zone's input, in the order of the stream.
class intake_guard {
public:
  /// Notes in the command why it is refused, if it is. `stored_at` is the server's clock, `id` what
  /// the sender gave.
  void judge(command& c, std::string_view id, timestamp stored_at, const policy& rules);

  overload load;

private:
  sender_rates rates_;
};

} // namespace dispatch::domain
