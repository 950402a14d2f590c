#pragma once

#include "messages/policy.hpp"
#include "messages/records/command.hpp"
#include "messages/records/record.hpp"
#include "messages/records/stream.hpp"
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

/// Who sent a command: the rider, if it is for one, since permissions bind a rider's subjects.
/// Otherwise what stands before the first point of its id; `anonymous` without one.
std::string sender_of(const entity_ref& target, std::string_view command_id);

/// How fast each sender goes. Each has a bucket that holds `burst` commands and is refilled with
/// `per_s` of them per second. At most `limits::senders_max` are remembered.
///
/// A sender that nobody has heard of begins with an empty bucket, and its first command comes out
/// of the one bucket of all newcomers: so other names gain nothing.
class sender_rates {
public:
  /// The sender is no newcomer: it begins with a full bucket.
  void know(std::string_view sender);

  /// Takes a message out of the sender's bucket, where it counts as `weight` commands, at most a
  /// burst. When there is too little: how long until there is enough.
  std::optional<duration> take(std::string_view sender, timestamp at, std::uint32_t per_s,
                               std::uint32_t burst, std::uint32_t weight = 1);

  std::size_t size() const { return buckets_.size(); }

private:
  using instant = std::chrono::sys_time<std::chrono::nanoseconds>;

  struct bucket {
    std::string sender;
    instant full_at; ///< when it is full again, if nothing more is taken
  };

  bucket* find(std::string_view sender);
  void add(std::string_view sender, instant full_at);

  instant newcomers_full_at_;
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

/// Judges the messages of a zone's input, in the order of the stream. An operator's have no rate.
class intake_guard {
public:
  /// Someone who has sent a command of this id to this entity is no newcomer.
  void know(const entity_ref& target, std::string_view id);

  /// Notes in the command why it is refused, if it is.
  void judge(command& c, const stored_message& message, const policy& policy);

  /// The same of a message that is no command. One beyond its sender's rate is kept without an
  /// excerpt. `target`: whom it was for, as far as its subject tells.
  void judge(dead_letter& letter, const entity_ref& target, const stored_message& message,
             const policy& policy);

  overload load;

private:
  std::optional<duration> take(const entity_ref& target, const stored_message& message,
                               const policy& policy);

  sender_rates rates_;
};

} // namespace dispatch::domain
