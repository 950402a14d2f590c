#pragma once

#include "messages/records/decision.hpp"
#include "messages/records/event.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/text.hpp"

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// One field list per message serves both directions: a function `fields(a, p, w)` names every
/// field of the plain struct `p` and the generated message `w`. With a `writer` it fills `w` (which
/// must be clear), with a `reader` it fills `p` (which must be default-constructed). For the folder
/// messages/wire only.
namespace dispatch::wire {

/// `P` is `T` or `const T`.
template <class P, class T>
concept of = std::same_as<std::remove_const_t<P>, T>;

struct writer {
  static constexpr bool writing = true;
  static constexpr bool strict = false;
};

/// Collects the first failure, with the path of its field. `Strict` also checks the rules that
/// only bind senders; what lies in the log is bound by its structure alone.
template <bool Strict> class reader {
public:
  static constexpr bool writing = false;
  static constexpr bool strict = Strict;

  /// While it lives, fields are inside the message field `name`, or its element `index`.
  class inside {
  public:
    inside(reader& of, const char* name, int index = -1) : of_(of) {
      of_.path_.at(of_.depth_++) = {name, index};
    }
    ~inside() { --of_.depth_; }
    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;

  private:
    reader& of_;
  };

  bool failed() const { return !failure_.empty(); }

  /// `path.of.field: rule`.
  const std::string& failure() const { return failure_; }

  void reject(std::string_view field, std::string_view rule) {
    if (failed()) {
      return;
    }
    failure_ = path(true).append(field).append(": ").append(rule);
  }

  /// A field that every sender gives.
  bool present(std::string_view field, bool is_present) {
    if (!is_present) {
      reject(field, "must be present");
    }
    return is_present;
  }

  template <class Number>
  void within(std::string_view field, Number value, Number lowest, Number highest) {
    if (!(value >= lowest && value <= highest)) { // also true for what is not a number
      reject(field,
             "must be within [" + shown(lowest) + ", " + shown(highest) + "], is " + shown(value));
    }
  }

  void at_most_items(std::string_view field, std::size_t count, std::size_t items_max) {
    if (count > items_max) {
      reject(field,
             "must be at most " + std::to_string(items_max) + ", are " + std::to_string(count));
    }
  }

  /// An enumeration whose zero value means nothing.
  bool given(std::string_view field, bool is_given) {
    if (!is_given) {
      reject(field, "must be given");
    }
    return is_given;
  }

  void id(std::string_view field, std::string_view value) {
    if (!valid_id(value)) {
      reject(field, "must be 1 to 64 letters, digits, '-' or '_', is " + quoted(value));
    }
  }

  /// Every element once, by the text member `key`, and at most so many.
  template <class List, class Key>
  void each_once(std::string_view field, const List& list, std::size_t most, Key key) {
    if (list.size() > most) {
      reject(field,
             "must be at most " + std::to_string(most) + ", are " + std::to_string(list.size()));
    }
    std::set<std::string_view> seen;
    for (const auto& one : list) {
      if (const std::string_view name = one.*key; !seen.insert(name).second) {
        reject(field, "must be named once each, " + quoted(name) + " is not");
      }
    }
  }

  void at_most_bytes(std::string_view field, std::string_view value, std::size_t bytes_max) {
    if (value.size() > bytes_max) {
      reject(field, "must be at most " + std::to_string(bytes_max) + " bytes, is " +
                        std::to_string(value.size()));
    }
  }

protected:
  /// Of the message field in which the fields are; ends with a point unless it is empty.
  std::string path(bool with_indexes) const {
    std::string text;
    for (std::size_t i = 0; i < depth_; ++i) {
      text += path_.at(i).name;
      if (with_indexes && path_.at(i).index >= 0) {
        text.append("[").append(std::to_string(path_.at(i).index)).append("]");
      }
      text += '.';
    }
    return text;
  }

private:
  struct step {
    const char* name;
    int index;
  };

  std::array<step, 8> path_{}; ///< deeper than any message is nested
  std::size_t depth_ = 0;
  std::string failure_;
};

/// Enumerations whose zero value means something.
template <class E> inline constexpr bool zero_means_something = false;
template <> inline constexpr bool zero_means_something<order_status> = true;
template <> inline constexpr bool zero_means_something<refusal> = true;
template <> inline constexpr bool zero_means_something<gate> = true;
template <> inline constexpr bool zero_means_something<waiting_reason> = true;
template <> inline constexpr bool zero_means_something<unassign_reason> = true;
template <> inline constexpr bool zero_means_something<search_end> = true;
template <> inline constexpr bool zero_means_something<shift_end> = true;
template <> inline constexpr bool zero_means_something<travel_source> = true;

template <class A, class E> void read_enum(A& a, const char* field, int value, bool known, E& to) {
  if (!known) {
    a.reject(field, "must be a known value, is " + std::to_string(value));
  } else if (zero_means_something<E> || a.given(field, value != 0)) {
    to = static_cast<E>(value);
  }
}

inline void write_time(timestamp from, google::protobuf::Timestamp& to) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(from);
  to.set_seconds(seconds.time_since_epoch().count());
  to.set_nanos(static_cast<std::int32_t>(std::chrono::nanoseconds{from - seconds}.count()));
}

/// Digits below the microsecond are dropped.
template <class A>
void read_time(A& a, const char* field, const google::protobuf::Timestamp& from, timestamp& to) {
  constexpr std::int64_t seconds_max = INT64_MAX / 1'000'000 - 1;
  constexpr std::int32_t nanos_max = 999'999'999;
  if (from.seconds() < -seconds_max || from.seconds() > seconds_max || from.nanos() < 0 ||
      from.nanos() > nanos_max) {
    a.reject(field, "must be a time, is " + std::to_string(from.seconds()) + " s and " +
                        std::to_string(from.nanos()) + " ns");
    return;
  }
  to = timestamp{std::chrono::seconds{from.seconds()} +
                 std::chrono::microseconds{from.nanos() / 1000}};
}

/// Decodes into `m` what `as` says. On failure `why` says what is wrong, as valid text.
bool parse(google::protobuf::Message& m, encoding as, std::string_view bytes, std::string& why);

/// JSON with every plain field, also those that are zero. Fails on times that JSON cannot spell.
result<std::string> to_json(const google::protobuf::Message& m);

/// Aborts where to_json fails: what this build writes can be spelled.
std::string print(const google::protobuf::Message& m, encoding as);

/// A clear message of the calling thread. Reusing it saves most allocations; the next call for the
/// same type ends its use.
template <class M> M& scratch() {
  thread_local M message;
  message.Clear();
  return message;
}

/// Says on stderr what was broken, and aborts.
[[noreturn]] void broken_invariant(std::string_view what);

} // namespace dispatch::wire

// Field kinds. Each is one statement inside a `fields` function; `A` is the type of `a`.

#define WIRE_FIELDS(type)                                                                          \
  template <class A>                                                                               \
  void fields([[maybe_unused]] A& a, [[maybe_unused]] of<type> auto& p, [[maybe_unused]] auto& w)

/// A number, a bool, or bytes.
#define WIRE_VALUE(name)                                                                           \
  if constexpr (A::writing)                                                                        \
    w.set_##name(p.name);                                                                          \
  else                                                                                             \
    p.name = w.name()

/// A number whose absence means the plain struct's default.
#define WIRE_DEFAULTED(name)                                                                       \
  if constexpr (A::writing)                                                                        \
    w.set_##name(p.name);                                                                          \
  else if (w.has_##name())                                                                         \
  p.name = w.name()

/// A number whose zero is spelled as absence.
#define WIRE_NONZERO(name)                                                                         \
  if constexpr (A::writing) {                                                                      \
    if (p.name != 0)                                                                               \
      w.set_##name(p.name);                                                                        \
  } else                                                                                           \
    p.name = w.name()

/// A number that must be there.
#define WIRE_REQUIRED(name)                                                                        \
  if constexpr (A::writing)                                                                        \
    w.set_##name(p.name);                                                                          \
  else if (a.present(#name, w.has_##name()))                                                       \
  p.name = w.name()

/// Text. What is not UTF-8 would make the whole message undecodable, so it is repaired.
#define WIRE_TEXT(name)                                                                            \
  if constexpr (A::writing) {                                                                      \
    if (valid_utf8(p.name))                                                                        \
      w.set_##name(p.name);                                                                        \
    else                                                                                           \
      w.set_##name(repaired_utf8(p.name));                                                         \
  } else                                                                                           \
    p.name = w.name()

#define WIRE_TEXTS(name)                                                                           \
  if constexpr (A::writing) {                                                                      \
    for (const auto& one : p.name) {                                                               \
      if (valid_utf8(one))                                                                         \
        w.add_##name(one);                                                                         \
      else                                                                                         \
        w.add_##name(repaired_utf8(one));                                                          \
    }                                                                                              \
  } else                                                                                           \
    p.name.assign(w.name().begin(), w.name().end())

#define WIRE_ENUM(name, message_enum)                                                              \
  if constexpr (A::writing)                                                                        \
    w.set_##name(static_cast<v1::message_enum>(p.name));                                           \
  else                                                                                             \
    read_enum(a, #name, w.name(), v1::message_enum##_IsValid(w.name()), p.name)

#define WIRE_ENUMS(name, message_enum)                                                             \
  if constexpr (A::writing)                                                                        \
    for (const auto one : p.name)                                                                  \
      w.add_##name(static_cast<v1::message_enum>(one));                                            \
  else                                                                                             \
    for (const auto one : w.name())                                                                \
    read_enum(a, #name, one, v1::message_enum##_IsValid(one), p.name.emplace_back())

/// A time whose zero value is spelled as absence.
#define WIRE_TIME(name)                                                                            \
  if constexpr (A::writing) {                                                                      \
    if (p.name != timestamp{})                                                                     \
      write_time(p.name, *w.mutable_##name());                                                     \
  } else if (w.has_##name())                                                                       \
  read_time(a, #name, w.name(), p.name)

#define WIRE_OPTIONAL_TIME(name)                                                                   \
  if constexpr (A::writing) {                                                                      \
    if (p.name)                                                                                    \
      write_time(*p.name, *w.mutable_##name());                                                    \
  } else if (w.has_##name())                                                                       \
  read_time(a, #name, w.name(), p.name.emplace())

#define WIRE_MESSAGE(name)                                                                         \
  if constexpr (A::writing) {                                                                      \
    fields(a, p.name, *w.mutable_##name());                                                        \
  } else if (a.present(#name, w.has_##name())) {                                                   \
    [[maybe_unused]] const typename A::inside step{a, #name};                                      \
    fields(a, p.name, w.name());                                                                   \
  }                                                                                                \
  static_assert(true)

#define WIRE_OPTIONAL_MESSAGE(name)                                                                \
  if constexpr (A::writing) {                                                                      \
    if (p.name)                                                                                    \
      fields(a, *p.name, *w.mutable_##name());                                                     \
  } else if (w.has_##name()) {                                                                     \
    [[maybe_unused]] const typename A::inside step{a, #name};                                      \
    fields(a, p.name.emplace(), w.name());                                                         \
  }                                                                                                \
  static_assert(true)

/// A message whose default value is spelled as absence.
#define WIRE_DEFAULTED_MESSAGE(name)                                                               \
  if constexpr (A::writing) {                                                                      \
    if (p.name != std::remove_cvref_t<decltype(p.name)>{})                                         \
      fields(a, p.name, *w.mutable_##name());                                                      \
  } else if (w.has_##name()) {                                                                     \
    [[maybe_unused]] const typename A::inside step{a, #name};                                      \
    fields(a, p.name, w.name());                                                                   \
  }                                                                                                \
  static_assert(true)

/// A number that may be absent.
#define WIRE_OPTIONAL(name)                                                                        \
  if constexpr (A::writing) {                                                                      \
    if (p.name)                                                                                    \
      w.set_##name(*p.name);                                                                       \
  } else if (w.has_##name())                                                                       \
  p.name = w.name()

#define WIRE_MESSAGES(name)                                                                        \
  if constexpr (A::writing) {                                                                      \
    for (const auto& one : p.name)                                                                 \
      fields(a, one, *w.add_##name());                                                             \
  } else {                                                                                         \
    p.name.reserve(static_cast<std::size_t>(w.name##_size()));                                     \
    for (int i = 0; i < w.name##_size(); ++i) {                                                    \
      [[maybe_unused]] const typename A::inside step{a, #name, i};                                 \
      fields(a, p.name.emplace_back(), w.name(i));                                                 \
    }                                                                                              \
  }                                                                                                \
  static_assert(true)
