#include "cmd/audit/lives/neighbours.hpp"

#include "cmd/audit/findings.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace dispatch::audit {

namespace {

constexpr std::size_t violations_kept = 100;

template <class Event> bool is(const rider_event& event) {
  return std::holds_alternative<Event>(event);
}

} // namespace

bool neighbour_auditor::counts(const rider_event& event) {
  return is<shift_started>(event) || is<shift_ended>(event) || is<transfer_started>(event) ||
         is<transfer_ended>(event) || is<rider_received>(event) || is<break_started>(event) ||
         is<break_ended>(event) || is<offer_received>(event);
}

void neighbour_auditor::add(const std::string& zone, timestamp at, const record& r) {
  for (const auto& e : r.events) {
    const auto* what = std::get_if<rider_event>(&e.body);
    if (what != nullptr && counts(*what)) {
      steps_.push_back({at, zone, r.number, e.entity.id, *what});
    }
  }
}

audit_report neighbour_auditor::finish() {
  std::ranges::stable_sort(steps_, {}, &step::at);
  for (const auto& s : steps_) {
    judge(s);
  }
  if (!steps_.empty()) { // Shifts that go on last to the end of what is known.
    const auto end = steps_.back().at;
    for (auto& [rider, where] : riders_) {
      while (where.on_shift.size() > 1) {
        const auto zone = where.on_shift.begin()->first;
        end_shift({end, zone, 0, rider, shift_ended{}});
      }
    }
  }
  return std::move(report_);
}

void neighbour_auditor::judge(const step& s) {
  auto& where = riders_[s.rider];
  const auto* back = std::get_if<transfer_ended>(&s.what);
  if (is<shift_started>(s.what)) {
    where.on_break = where.on_break && !where.on_shift.empty();
    begin_shift(s);
  } else if (is<rider_received>(s.what) || (back != nullptr && !back->received)) {
    begin_shift(s);
  } else if (is<shift_ended>(s.what)) {
    end_shift(s);
    where.on_break = where.on_break && !where.on_shift.empty();
  } else if (is<transfer_started>(s.what)) {
    end_shift(s);
  } else if (is<break_started>(s.what)) {
    where.on_break = true;
  } else if (is<break_ended>(s.what)) {
    where.on_break = false;
  } else if (is<offer_received>(s.what) && where.on_break) {
    add_violation(s, "gets an offer in zone " + s.zone + " on a break that has not ended.");
    where.on_break = false; // Said once.
  }
}

void neighbour_auditor::begin_shift(const step& s) {
  riders_[s.rider].on_shift.insert_or_assign(s.zone, s.at);
}

void neighbour_auditor::end_shift(const step& s) {
  auto& on_shift = riders_[s.rider].on_shift;
  const auto here = on_shift.find(s.zone);
  if (here == on_shift.end()) {
    return;
  }
  for (const auto& [zone, since] : on_shift) {
    if (zone != s.zone) {
      check_overlap(s, zone, std::max(since, here->second), s.at);
    }
  }
  on_shift.erase(here);
}

void neighbour_auditor::check_overlap(const step& s, const std::string& other, timestamp from,
                                      timestamp until) {
  if (until - from > tolerance) {
    add_violation(s, "is on shift in zones " + s.zone + " and " + other + " for " +
                         std::to_string((until - from) / std::chrono::milliseconds{1}) + " ms.");
  }
}

void neighbour_auditor::add_violation(const step& s, const std::string& sentence) {
  findings{report_, violations_kept}.add(check::zones_disjoint, s.record,
                                         "Rider " + s.rider + " " + sentence);
}

} // namespace dispatch::audit
