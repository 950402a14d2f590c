#include "actors/errands/travel_desk.hpp"

#include "actors/domain/geohash.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace dispatch {

namespace {

/// What a table may hold for each time that is wanted: it has all ways from each place to each, so
/// legs that have no places in common do not belong in one.
constexpr std::size_t table_times_per_leg = 10;

using cells = std::vector<std::uint64_t>;

/// Legs that become one question.
struct bundle {
  std::set<std::uint64_t> from;
  std::set<std::uint64_t> to;
  std::vector<travel_leg> legs;
};

/// Whether it is still a sensible question with these legs, which have one destination.
bool has_room(const bundle& into, const std::vector<travel_leg>& legs) {
  const auto fresh = std::count_if(legs.begin(), legs.end(), [&](const travel_leg& leg) {
    return !into.from.contains(leg.from);
  });
  const auto from = into.from.size() + static_cast<std::size_t>(fresh);
  const auto to = into.to.size() + (into.to.contains(legs.front().to) ? 0 : 1);
  return from + to <= limits::travel_places_per_question &&
         from * to <= table_times_per_leg * (into.legs.size() + legs.size());
}

/// The legs, which are in no particular order but each once, by vehicle and destination.
std::vector<std::vector<travel_leg>> by_destination(std::vector<travel_leg> legs) {
  std::sort(legs.begin(), legs.end(), [](const travel_leg& a, const travel_leg& b) {
    return std::tie(a.by, a.to, a.from) < std::tie(b.by, b.to, b.from);
  });
  std::vector<std::vector<travel_leg>> groups;
  for (const auto& leg : legs) {
    const auto joins = !groups.empty() && groups.back().front().by == leg.by &&
                       groups.back().front().to == leg.to &&
                       groups.back().size() + 1 < limits::travel_places_per_question;
    if (!joins) {
      groups.emplace_back();
    }
    groups.back().push_back(leg);
  }
  return groups;
}

/// Few questions, none of which is too large or mostly of no use. Destinations with the most
/// origins come first: others find theirs there.
std::vector<std::vector<travel_leg>> split(std::vector<travel_leg> legs) {
  auto groups = by_destination(std::move(legs));
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<bundle> bundles;
  for (const auto& group : groups) {
    auto into = std::find_if(bundles.begin(), bundles.end(), [&](const bundle& one) {
      return one.legs.front().by == group.front().by && has_room(one, group);
    });
    if (into == bundles.end()) {
      into = bundles.emplace(into);
    }
    into->to.insert(group.front().to);
    for (const auto& leg : group) {
      into->from.insert(leg.from);
      into->legs.push_back(leg);
    }
  }
  std::vector<std::vector<travel_leg>> questions;
  questions.reserve(bundles.size());
  for (auto& one : bundles) {
    questions.push_back(std::move(one.legs));
  }
  return questions;
}

/// One end of all the legs, each cell once and in order.
cells ends_of(const std::vector<travel_leg>& legs, std::uint64_t travel_leg::*end) {
  cells ends;
  for (const auto& leg : legs) {
    ends.push_back(leg.*end);
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

std::size_t position_in(const cells& ends, std::uint64_t cell) {
  return static_cast<std::size_t>(std::lower_bound(ends.begin(), ends.end(), cell) - ends.begin());
}

std::vector<place> centres_of(const cells& ends) {
  std::vector<place> centres;
  for (const auto bits : ends) {
    centres.push_back(domain::centre_of({bits, limits::travel_cell_precision}));
  }
  return centres;
}

travel_question spell(const std::vector<travel_leg>& legs) {
  return {legs.front().by, centres_of(ends_of(legs, &travel_leg::from)),
          centres_of(ends_of(legs, &travel_leg::to))};
}

} // namespace

void travel_desk::want(wanted travel) {
  auto& legs = travel.legs;
  std::sort(legs.begin(), legs.end());
  legs.erase(std::unique(legs.begin(), legs.end()), legs.end());
  auto& current = wishes_[travel.order];
  ready_.erase(current.number);
  current = {++last_wish_, 0, {}};
  if (has_engine_) {
    for (auto& part : split(std::move(legs))) {
      waiting_.push_back({travel.order, current.number, std::move(part), {}});
      ++current.open;
    }
  }
  if (current.open == 0) {
    finish(travel.order, current);
  }
}

travel_desk::wish* travel_desk::find(const question& of) {
  const auto found = wishes_.find(of.order);
  return found != wishes_.end() && found->second.number == of.wish ? &found->second : nullptr;
}

void travel_desk::finish(const std::string& order, wish& ended) {
  std::sort(ended.times.begin(), ended.times.end(),
            [](const travel_time& a, const travel_time& b) { return a.leg < b.leg; });
  ready_.emplace(ended.number, travel_answer{order, std::move(ended.times)});
}

void travel_desk::end(const question& answered, const travel_table* table) {
  auto* of = find(answered);
  if (of == nullptr) {
    return;
  }
  if (table != nullptr) {
    const auto from = ends_of(answered.legs, &travel_leg::from);
    const auto to = ends_of(answered.legs, &travel_leg::to);
    for (const auto& leg : answered.legs) {
      const auto row = position_in(from, leg.from);
      if (const auto seconds = (*table)[row * to.size() + position_in(to, leg.to)]) {
        of->times.push_back({leg, *seconds});
      }
    }
  }
  if (--of->open == 0) {
    finish(answered.order, *of);
  }
}

void travel_desk::end_overdue(timestamp now) {
  while (!asked_.empty()) {
    const auto oldest = asked_.begin();
    const auto since = oldest->second.asked;
    // A clock that was set back must not lengthen the wait.
    if (now >= since && now < since + limits::travel_time_limit) {
      return;
    }
    breaker_.failed(now);
    end(oldest->second, nullptr);
    asked_.erase(oldest);
  }
}

std::vector<travel_desk::numbered_question> travel_desk::ask(timestamp now) {
  end_overdue(now);
  std::vector<numbered_question> asked;
  while (!waiting_.empty()) {
    const auto is_wanted = find(waiting_.front()) != nullptr;
    if (is_wanted &&
        (asked_.size() >= limits::travel_questions_in_flight || !breaker_.admit(now))) {
      break;
    }
    if (is_wanted) {
      auto& next = waiting_.front();
      next.asked = now;
      asked.push_back({++last_question_, spell(next.legs)});
      asked_.emplace(last_question_, std::move(next));
    }
    waiting_.pop_front();
  }
  if (is_out()) {
    for (const auto& one : std::exchange(waiting_, {})) {
      end(one, nullptr);
    }
  }
  return asked;
}

void travel_desk::answer(std::uint64_t number, const std::optional<travel_table>& table,
                         timestamp now) {
  const auto ended = asked_.extract(number);
  if (ended.empty()) {
    return;
  }
  const auto& what = ended.mapped();
  const auto size =
      ends_of(what.legs, &travel_leg::from).size() * ends_of(what.legs, &travel_leg::to).size();
  const auto good = table && table->size() == size;
  if (good) {
    breaker_.succeeded();
  } else {
    breaker_.failed(now);
  }
  end(what, good ? &*table : nullptr);
}

std::vector<travel_answer> travel_desk::take(std::size_t orders, std::size_t times) {
  std::vector<travel_answer> taken;
  std::size_t used = 0;
  while (!ready_.empty() && taken.size() < orders) {
    const auto next = ready_.begin();
    used += next->second.times.size();
    if (!taken.empty() && used > times) {
      break;
    }
    wishes_.erase(next->second.order);
    taken.push_back(std::move(next->second));
    ready_.erase(next);
  }
  return taken;
}

std::optional<timestamp> travel_desk::next_look() const {
  return asked_.empty() ? std::nullopt
                        : std::optional{asked_.begin()->second.asked + limits::travel_time_limit};
}

} // namespace dispatch
