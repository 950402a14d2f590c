#pragma once

#include "messages/time.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace dispatch {

/// What a zone has done for it beside its turns: a desk that knows what is wanted, the service that
/// is asked, and when to look at the desk again. What the service says goes to the desk; what is
/// ready there goes into one of the next turns.
///
/// A desk says what to `ask(now)` the service, whether the service `is_out()` of order, when its
/// `next_look()` is, and whether it `has_ready()` something. A further service takes such a desk
/// and a port.
template <class Desk> class errand {
public:
  using question = typename decltype(std::declval<Desk&>().ask(timestamp{}))::value_type;

  /// `ask`: asks the service. `note_out`: it went out of order, or is back.
  errand(Desk empty, std::function<void(question)> ask, std::function<void(bool out)> note_out)
      : desk(std::move(empty)), ask_(std::move(ask)), note_out_(std::move(note_out)) {}

  Desk desk;

  /// Asks what is to be asked now. Says how long until the next look, unless one is on its way.
  std::optional<duration> look(timestamp now) {
    for (auto& one : desk.ask(now)) {
      ask_(std::move(one));
    }
    if (const auto out = desk.is_out(); std::exchange(out_, out) != out) {
      note_out_(out);
    }
    const auto next = desk.next_look();
    if (!next || (looks_at_ && *looks_at_ <= *next && *looks_at_ > now)) {
      return std::nullopt;
    }
    looks_at_ = *next;
    return std::max<duration>(*next - now, std::chrono::milliseconds{1});
  }

  /// Nobody wants the service any more: whether it is out of order is told anew when somebody does.
  void forget_out() { out_ = false; }

private:
  std::function<void(question)> ask_;
  std::function<void(bool)> note_out_;
  bool out_ = false;
  std::optional<timestamp> looks_at_; ///< wall time of the look that is on its way
};

} // namespace dispatch
