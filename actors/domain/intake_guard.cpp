#include "actors/domain/intake_guard.hpp"

#include "messages/limits.hpp"

#include <algorithm>

namespace dispatch::domain {

namespace {

using std::chrono::nanoseconds;

/// At least one millisecond: zero says nothing.
std::uint32_t milliseconds_of(duration wait) {
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(whole, 1, UINT32_MAX));
}

bool places_order(const command& c) {
  const auto* of_order = std::get_if<order_command>(&c.body);
  return of_order != nullptr && std::holds_alternative<place_order>(*of_order);
}

} // namespace

std::string_view sender_of(std::string_view command_id) {
  const auto point = command_id.find('.');
  return point == std::string_view::npos || point == 0 ? "anonymous" : command_id.substr(0, point);
}

sender_rates::bucket& sender_rates::bucket_of(std::string_view sender) {
  if (const auto known = buckets_.find(sender); known != buckets_.end()) {
    newest_first_.splice(newest_first_.begin(), newest_first_, known->second);
    return newest_first_.front();
  }
  if (buckets_.size() >= limits::senders_max) {
    buckets_.erase(newest_first_.back().sender);
    newest_first_.pop_back();
  }
  newest_first_.push_front({std::string{sender}, {}});
  buckets_.emplace(newest_first_.front().sender, newest_first_.begin());
  return newest_first_.front();
}

std::optional<duration> sender_rates::take(std::string_view sender, timestamp at,
                                           std::uint32_t per_s, std::uint32_t burst) {
  auto& own = bucket_of(sender);
  const nanoseconds each = nanoseconds{std::chrono::seconds{1}} / per_s;
  const instant now{at};
  // No later than from an empty bucket, also when the stream's time has gone back.
  const auto full_at = std::clamp(own.full_at, now, now + burst * each);
  if (const auto excess = full_at + each - (now + burst * each); excess > nanoseconds{0}) {
    own.full_at = full_at;
    return std::chrono::ceil<duration>(excess);
  }
  own.full_at = full_at + each;
  return std::nullopt;
}

void overload::stage::note(duration age, timestamp now, duration limit) {
  if (age <= limit) {
    late_since.reset();
  } else if (!late_since || *late_since > now) {
    late_since = now;
  }
  on = late_since && now - *late_since >= limit;
}

void overload::note(duration age, timestamp now, std::chrono::seconds shed_after) {
  if (shed_after == std::chrono::seconds{0}) {
    *this = {};
    return;
  }
  positions_.note(age, now, duration{shed_after} / 2);
  new_orders_.note(age, now, shed_after);
}

void intake_guard::judge(command& c, std::string_view id, timestamp stored_at,
                         const policy& rules) {
  if (!c.by.empty()) {
    return;
  }
  if (rules.intake_per_s > 0) {
    const auto wait = rates_.take(sender_of(id), stored_at, rules.intake_per_s, rules.intake_burst);
    if (wait) {
      c.refused_at_intake = refusal::too_many;
      c.retry_after_ms = milliseconds_of(*wait);
      return;
    }
  }
  if (load.sheds_new_orders() && places_order(c)) {
    c.refused_at_intake = refusal::overloaded;
    c.retry_after_ms = milliseconds_of(rules.shed_after);
  }
}

} // namespace dispatch::domain
