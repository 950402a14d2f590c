#include "actors/domain/intake_guard.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <iterator>

namespace dispatch::domain {

namespace {

using std::chrono::nanoseconds;

constexpr std::string_view anonymous = "anonymous";

/// As how many commands it counts.
std::uint32_t weight_of(const stored_message& message) {
  return static_cast<std::uint32_t>(std::max<std::size_t>(
      (message.body.size() + limits::intake_unit_bytes - 1) / limits::intake_unit_bytes, 1));
}

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

std::string sender_of(const entity_ref& target, std::string_view command_id) {
  if (target.kind == entity_kind::rider && !target.id.empty()) {
    return "rider " + target.id; // No prefix of an id has a space.
  }
  const auto point = command_id.find('.');
  return std::string{point == std::string_view::npos || point == 0 ? anonymous
                                                                   : command_id.substr(0, point)};
}

sender_rates::bucket* sender_rates::find(std::string_view sender) {
  const auto known = buckets_.find(sender);
  if (known == buckets_.end()) {
    return nullptr;
  }
  newest_first_.splice(newest_first_.begin(), newest_first_, known->second);
  return &newest_first_.front();
}

void sender_rates::add(std::string_view sender, instant full_at) {
  if (buckets_.size() >= limits::senders_max) {
    buckets_.erase(newest_first_.back().sender);
    newest_first_.pop_back();
  }
  newest_first_.push_front({std::string{sender}, full_at});
  buckets_.emplace(newest_first_.front().sender, newest_first_.begin());
}

void sender_rates::know(std::string_view sender) {
  if (buckets_.size() < limits::senders_max && !buckets_.contains(sender)) {
    newest_first_.push_back({std::string{sender}, {}});
    buckets_.emplace(newest_first_.back().sender, std::prev(newest_first_.end()));
  }
}

std::optional<duration> sender_rates::take(std::string_view sender, timestamp at,
                                           std::uint32_t per_s, std::uint32_t burst,
                                           std::uint32_t weight) {
  const nanoseconds each = nanoseconds{std::chrono::seconds{1}} / per_s;
  const nanoseconds all = burst * each;
  const instant now{at};
  auto* own = find(sender);
  auto& full_at = own != nullptr ? own->full_at : newcomers_full_at_;
  // No later than from an empty bucket, also when the stream's time has gone back.
  full_at = std::clamp(full_at, now, now + all);
  const auto taken = full_at + std::min(weight, burst) * each;
  if (taken > now + all) {
    return std::chrono::ceil<duration>(taken - (now + all));
  }
  full_at = taken;
  if (own == nullptr) {
    add(sender, now + all);
  }
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

void intake_guard::know(const entity_ref& target, std::string_view id) {
  rates_.know(sender_of(target, id));
}

std::optional<duration> intake_guard::take(const entity_ref& target, const stored_message& message,
                                           const policy& policy) {
  if (policy.intake_per_s == 0) {
    return std::nullopt;
  }
  const auto sender = sender_of(target, message.id);
  if (sender == anonymous) {
    rates_.know(sender);
  }
  return rates_.take(sender, message.stored_at, policy.intake_per_s, policy.intake_burst,
                     weight_of(message));
}

void intake_guard::judge(command& c, const stored_message& message, const policy& policy) {
  if (!c.by.empty()) {
    return;
  }
  if (const auto wait = take(c.target, message, policy)) {
    c.refused_at_intake = refusal::too_many;
    c.retry_after_ms = milliseconds_of(*wait);
    return;
  }
  if (load.sheds_new_orders() && places_order(c)) {
    c.refused_at_intake = refusal::overloaded;
    c.retry_after_ms = milliseconds_of(policy.shed_after);
  }
}

void intake_guard::judge(dead_letter& letter, const entity_ref& target,
                         const stored_message& message, const policy& policy) {
  if (take(target, message, policy)) {
    letter.excerpt.clear();
  }
}

} // namespace dispatch::domain
