#include "actors/errands/waybill_desk.hpp"

#include <algorithm>
#include <utility>

namespace dispatch {

void waybill_desk::want(wanted waybill) {
  fresh_.push_back({waybill.order, waybill.number, {}});
  auto order = waybill.order;
  entries_.insert_or_assign(std::move(order), std::move(waybill));
}

waybill_desk::wanted* waybill_desk::find(const std::string& order, const std::string& number) {
  const auto entry = entries_.find(order);
  return entry != entries_.end() && entry->second.number == number ? &entry->second : nullptr;
}

void waybill_desk::hand_out_unsigned(wanted& waybill, timestamp now) {
  if (!waybill.issued) {
    ready_.push_back(
        {waybill.order, waybill.trace, {waybill.number, waybill.document, {}, {}, {}}});
    waybill.issued = true;
  }
  again_.push_back({waybill.order, waybill.number, now + limits::signer_pause});
}

void waybill_desk::end_overdue(timestamp now) {
  while (!sent_order_.empty()) {
    const auto& oldest = sent_order_.front();
    const auto sent = sent_.find(oldest.number);
    const auto waits = sent != sent_.end() && sent->second == oldest.at;
    // A clock that was set back must not lengthen the wait.
    if (waits && now >= oldest.at && now < oldest.at + limits::waybill_time_limit) {
      return;
    }
    if (waits) {
      sent_.erase(sent);
      breaker_.failed(now);
      if (auto* entry = find(oldest.order, oldest.number)) {
        hand_out_unsigned(*entry, now);
      }
    }
    sent_order_.pop_front();
  }
}

/// What is to be asked for next; what nobody wants any more is dropped.
std::optional<waybill_desk::at_time> waybill_desk::take_next(timestamp now) {
  const auto drop_unwanted = [this](std::deque<at_time>& from) {
    while (!from.empty() && find(from.front().order, from.front().number) == nullptr) {
      from.pop_front();
    }
  };
  drop_unwanted(again_);
  drop_unwanted(fresh_);
  const auto again_due = !again_.empty() && again_.front().at <= now;
  auto& from = again_due ? again_ : fresh_;
  if (from.empty() || sent_.size() >= limits::waybills_in_flight || !breaker_.admit(now)) {
    return std::nullopt;
  }
  auto next = std::move(from.front());
  from.pop_front();
  return next;
}

std::vector<waybill_desk::wanted> waybill_desk::ask(timestamp now) {
  end_overdue(now);
  std::vector<wanted> asked;
  while (const auto next = take_next(now)) {
    asked.push_back(*find(next->order, next->number));
    sent_.insert_or_assign(next->number, now);
    sent_order_.push_back({next->order, next->number, now});
  }
  if (is_out()) {
    for (auto& one : std::exchange(fresh_, {})) {
      if (auto* entry = find(one.order, one.number)) {
        hand_out_unsigned(*entry, now);
      }
    }
  }
  return asked;
}

void waybill_desk::answer(const std::string& order, const std::string& number,
                          const std::optional<signature>& with, timestamp now) {
  const auto in_time = sent_.erase(number) > 0;
  if (in_time && with) {
    breaker_.succeeded();
  } else if (in_time) {
    breaker_.failed(now);
  }
  auto* entry = find(order, number);
  if (entry == nullptr) {
    return;
  }
  if (with) {
    ready_.push_back(
        {order, entry->trace, {number, entry->document, with->algorithm, with->key, with->bytes}});
    entries_.erase(order);
  } else if (in_time) {
    hand_out_unsigned(*entry, now);
  }
}

std::vector<waybill_desk::ready> waybill_desk::take(std::size_t most, std::size_t bytes) {
  std::vector<ready> taken;
  for (std::size_t used = 0; !ready_.empty() && taken.size() < most && used < bytes;) {
    used += ready_.front().waybill.document.size();
    taken.push_back(std::move(ready_.front()));
    ready_.pop_front();
  }
  return taken;
}

std::optional<timestamp> waybill_desk::next_look() const {
  std::optional<timestamp> next;
  const auto at = [&](timestamp when) { next = next ? std::min(*next, when) : when; };
  if (!sent_order_.empty()) {
    at(sent_order_.front().at + limits::waybill_time_limit);
  }
  // Where another one has to be answered first, its answer is what is waited for.
  const auto may_ask = sent_.size() < limits::waybills_in_flight &&
                       breaker_.now_in() != circuit_breaker::phase::half_open;
  if (!again_.empty() && may_ask) {
    at(std::max(again_.front().at, breaker_.opens_until().value_or(timestamp::min())));
  }
  return next;
}

} // namespace dispatch
