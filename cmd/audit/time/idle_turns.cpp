#include "cmd/audit/time/idle_turns.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>

namespace dispatch::audit {

namespace {

using namespace std::chrono_literals;

/// An order that waits is looked at again after this time, though nothing has changed.
constexpr std::chrono::seconds look_again_after = 60s;

/// A match for riders who have become free, and one that found no room for all.
constexpr std::uint64_t further_matches = 2;

bool is_idle(const record& r) {
  return r.kind == record_kind::turn && r.commands.empty() && r.dead_letters.empty() &&
         r.travel.empty() && r.events.empty();
}

} // namespace

void idle_turn_check::apply(const record& r, const policy* policy) {
  const auto idle = is_idle(r);
  if (idle && !r.decisions.empty() && says_nothing_new(r)) {
    note_repeated(r);
  } else {
    repeated_ = 0;
  }
  if (idle && r.decisions.empty()) {
    note_quiet(r, policy);
  } else {
    quiet_ = 0;
  }
  remember(r);
}

bool idle_turn_check::says_nothing_new(const record& r) const {
  return std::ranges::all_of(r.decisions, [&](const decision& d) {
    const auto known = last_.find(d.order);
    return known != last_.end() && known->second == of(d);
  });
}

void idle_turn_check::note_repeated(const record& r) {
  if (++repeated_ == 2) {
    found_.add(check::idle_turn, r.number,
               "For the second turn in a row nothing came in and nothing changed, and order " +
                   r.decisions.front().order + " is decided on as before.");
  }
}

void idle_turn_check::note_quiet(const record& r, const policy* policy) {
  if (quiet_++ == 0) {
    quiet_since_ = r.now;
  }
  if (policy == nullptr) {
    return;
  }
  auto pause = look_again_after;
  if (policy->swap_gain > 0s) {
    pause = std::clamp(policy->swap_pause, 1s, pause);
  }
  const auto looks = 1 + static_cast<std::uint64_t>((r.now - quiet_since_) / pause);
  if (quiet_ == open_.size() * looks + further_matches + 1) {
    found_.add(check::idle_turn, r.number,
               std::to_string(quiet_) + " turns in a row had no inputs and no effect, with " +
                   std::to_string(open_.size()) + " orders that have not ended.");
  }
}

void idle_turn_check::remember(const record& r) {
  for (const auto& e : r.events) {
    if (!std::holds_alternative<order_event>(e.body)) {
      continue;
    }
    const auto name = event_name(e.body);
    if (name == "placed") {
      open_.insert(e.entity.id);
    } else if (name == "delivered" || name == "cancelled" || name == "undeliverable" ||
               name == "returned" || name == "written_off") {
      open_.erase(e.entity.id);
      last_.erase(e.entity.id);
    }
  }
  for (const auto& d : r.decisions) {
    if (open_.contains(d.order)) {
      last_.insert_or_assign(d.order, of(d));
    }
  }
}

} // namespace dispatch::audit
