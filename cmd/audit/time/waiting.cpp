#include "cmd/audit/time/waiting.hpp"

#include <algorithm>
#include <string_view>
#include <variant>

namespace dispatch::audit {

namespace {

/// So many turns later there was certainly a match with room for the order.
constexpr std::uint32_t turns_max = 3;

/// Whether it is said of every rider in reach why, and there is one.
bool tells_of_all_riders(const decision& d) {
  std::uint32_t passed_over = 0;
  for (const auto& one : d.counts) {
    passed_over += one.riders;
  }
  return passed_over > 0 && passed_over == d.in_reach;
}

} // namespace

timestamp search_begin(timestamp ready_at, const std::optional<timestamp>& promised_from,
                       const policy& policy) {
  const auto begin = ready_at - policy.dispatch_ahead;
  return promised_from ? std::max(begin, *promised_from - policy.release_ahead) : begin;
}

void waiting_check::apply(const record& r, const policy* policy) {
  if (policy != judged_by_) { // Another policy, by which all are looked at anew.
    last_.clear();
    over_.clear();
    judged_by_ = policy;
  }
  for (const auto& e : r.events) {
    follow(e);
  }
  if (policy == nullptr) {
    return;
  }
  for (const auto& d : r.decisions) {
    judge(r, d, *policy);
  }
  if (r.kind == record_kind::turn && !policy->routed) {
    judge_overdue(r, *policy);
  }
}

/// Whatever happens to an order, the dispatcher looks at it anew.
void waiting_check::follow(const event& e) {
  const auto* body = std::get_if<order_event>(&e.body);
  if (body == nullptr) {
    return;
  }
  const auto& id = e.entity.id;
  forget(id);
  if (const auto* placed = std::get_if<order_placed>(body)) {
    orders_.insert_or_assign(id, order_times{placed->order.ready_at, placed->order.promised_from});
  } else if (const auto* ready = std::get_if<order_ready>(body)) {
    orders_[id].ready_at = std::min(orders_[id].ready_at, ready->at);
  } else if (const auto* stranded = std::get_if<order_stranded>(body)) {
    orders_[id].ready_at = stranded->time;
  } else if (std::holds_alternative<order_delivered>(*body) ||
             std::holds_alternative<order_cancelled>(*body) ||
             std::holds_alternative<order_undeliverable>(*body) ||
             std::holds_alternative<order_returned>(*body) ||
             std::holds_alternative<order_written_off>(*body)) {
    orders_.erase(id);
  }
}

void waiting_check::judge(const record& r, const decision& d, const policy& policy) {
  forget(d.order);
  const auto known = orders_.find(d.order);
  if (known == orders_.end() || d.waiting == waiting_reason::none) {
    return;
  }
  if (d.waiting == waiting_reason::all_riders_gated && !tells_of_all_riders(d)) {
    found_.add(check::waiting_reason, r.number,
               "Order " + d.order +
                   " waits because all riders are passed over, and not for each of them a gate is "
                   "named.");
  }
  if (d.waiting == waiting_reason::not_looked_at) {
    expect_another(d.order, {d.waiting, r.now});
  }
  if (d.waiting == waiting_reason::too_early) {
    const auto& [ready_at, promised_from] = known->second;
    const auto begin = search_begin(ready_at, promised_from, policy);
    if (r.now >= begin) {
      found_.add(check::waiting_reason, r.number,
                 "Order " + d.order + " waits because it is too early, and the search has begun.");
    } else {
      expect_another(d.order, {d.waiting, begin});
    }
  }
}

void waiting_check::judge_overdue(const record& r, const policy& policy) {
  const auto before = r.now - 2 * policy.match_interval;
  for (auto next = over_.begin(); next != over_.end() && next->first < before;) {
    const auto order = next->second;
    ++next;
    auto& last = last_.at(order);
    if (++last.turns > turns_max) {
      found_.add(check::waiting_reason, r.number,
                 "Order " + order + " still waits because it is " +
                     std::string{to_string(last.code)} + ", which is over since some matches.");
      forget(order);
    }
  }
}

void waiting_check::expect_another(const std::string& order, const reason& last) {
  last_.insert_or_assign(order, last);
  over_.emplace(last.over_at, order);
}

void waiting_check::forget(const std::string& order) {
  if (const auto last = last_.find(order); last != last_.end()) {
    over_.erase({last->second.over_at, order});
    last_.erase(last);
  }
}

} // namespace dispatch::audit
