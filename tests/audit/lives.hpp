#pragma once

#include "messages/wire/zone/policy_text.hpp"
#include "tests/audit/script.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <utility>

/// Days in which something happens that no reducer may produce, and words to say so.
namespace script {

using namespace dispatch;
using audit::check;

using namespace std::chrono_literals;

/// The check sees it in this story.
inline void expect(const story& of, check which) {
  const auto report = judge(write(of));
  CAPTURE(audit::to_text(report));
  CHECK(report.violations_by_check.at(static_cast<std::size_t>(which)) > 0);
}

/// The check sees nothing in this story; others may.
inline void expect_none(const story& of, check which) {
  const auto report = judge(write(of));
  CAPTURE(audit::to_text(report));
  CHECK(report.violations_by_check.at(static_cast<std::size_t>(which)) == 0);
}

/// The checks see nothing in this story.
inline void expect_clean(const story& of) {
  const auto report = judge(write(of));
  CHECK_MESSAGE(report.clean(), audit::to_text(report));
}

/// The story in a zone with this policy from the beginning.
inline story with_policy(story of, const policy& policy) {
  auto& opened = std::get<zone_event>(of.at(0).r.events.front().body);
  std::get<zone_opened>(opened).policy = {1, wire::canonical_toml(policy),
                                          std::make_shared<const dispatch::policy>(policy)};
  return of;
}

/// A good day with one more turn before `place`.
inline story with_turn(std::size_t place, const turn& more) {
  auto day = good_day();
  day.insert(day.begin() + static_cast<std::ptrdiff_t>(place), more);
  return day;
}

/// The good day up to a turn, which is replaced.
inline story up_to(std::size_t place, const turn& last) {
  auto day = good_day();
  day.resize(place);
  day.push_back(last);
  return day;
}

inline turn an_order_event(const std::string& id, order_event body) {
  turn t;
  t.order(id, std::move(body));
  return t;
}
inline turn a_rider_event(const std::string& id, rider_event body) {
  turn t;
  t.rider(id, std::move(body));
  return t;
}

/// The first event of a type in a turn.
template <class Of, class Event> Event& find(turn& in) {
  for (auto& e : in.r.events) {
    if (auto* of = std::get_if<Of>(&e.body)) {
      if (auto* found = std::get_if<Event>(of)) {
        return *found;
      }
    }
  }
  FAIL("no such event in the turn");
  std::abort();
}

} // namespace script
