#include "cmd/audit/answers/attempts.hpp"

#include <variant>

namespace dispatch::audit {

void attempt_check::apply(std::uint64_t number, const event& e, const policy* policy) {
  if (const auto* of_order = std::get_if<order_event>(&e.body)) {
    apply_order(number, e.entity.id, *of_order, policy);
  } else if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
    apply_rider(number, e, *of_rider, policy);
  }
}

void attempt_check::apply_order(std::uint64_t number, const std::string& id,
                                const order_event& body, const policy* policy) {
  if (const auto* offered = std::get_if<order_swap_offered>(&body)) {
    swaps_.insert(offered->offer);
  } else if (const auto* lapsed = std::get_if<order_offer_lapsed>(&body)) {
    const auto turned_down =
        lapsed->reason == lapse_reason::declined || lapsed->reason == lapse_reason::expired;
    if (swaps_.erase(lapsed->offer) == 0 && turned_down) {
      ++in_vain_[id];
    }
  } else if (const auto* assigned = std::get_if<order_assigned>(&body)) {
    swaps_.erase(assigned->offer);
  } else if (const auto* given_up = std::get_if<order_undeliverable>(&body)) {
    check_given_up(number, id, *given_up, policy);
    in_vain_.erase(id);
    wrong_codes_.erase(id);
  } else if (const auto* counted = std::get_if<order_wrong_code_counted>(&body)) {
    check_code(number, id, *counted, policy);
  } else if (std::holds_alternative<order_delivered>(body) ||
             std::holds_alternative<order_cancelled>(body) ||
             std::holds_alternative<order_returned>(body) ||
             std::holds_alternative<order_written_off>(body)) {
    in_vain_.erase(id);
    wrong_codes_.erase(id);
  }
}

void attempt_check::check_given_up(std::uint64_t number, const std::string& id,
                                   const order_undeliverable& body, const policy* policy) {
  const auto known = in_vain_.find(id);
  const auto in_vain = known == in_vain_.end() ? 0U : known->second;
  if (body.offers != in_vain) {
    found_.add(check::attempts, number,
               "Order " + id + " is given up with " + std::to_string(body.offers) +
                   " offers in vain, and " + std::to_string(in_vain) +
                   " were declined or expired.");
  }
  std::uint32_t told = 0;
  for (const auto& lapse : body.lapses) {
    told += lapse.times;
  }
  if (told != in_vain) {
    found_.add(check::attempts, number,
               "Order " + id + " is given up and tells why " + std::to_string(told) +
                   " offers were in vain, and " + std::to_string(in_vain) +
                   " were declined or expired.");
  }
  if (body.reason == search_end::attempts && policy != nullptr && in_vain < policy->offers_max) {
    found_.add(check::attempts, number,
               "Order " + id + " is given up after " + std::to_string(in_vain) +
                   " offers in vain, and the zone makes " + std::to_string(policy->offers_max) +
                   ".");
  }
}

void attempt_check::check_code(std::uint64_t number, const std::string& id,
                               const order_wrong_code_counted& body, const policy* policy) {
  const auto times = ++wrong_codes_[id];
  if (body.times != times) {
    found_.add(check::attempts, number,
               "Order " + id + " counts " + std::to_string(body.times) + " wrong codes, and " +
                   std::to_string(times) + " were given.");
  }
  if (policy != nullptr && times > policy->code_attempts_max) {
    found_.add(check::attempts, number,
               "Order " + id + " has got " + std::to_string(times) +
                   " wrong codes, and the policy lets riders give " +
                   std::to_string(policy->code_attempts_max) + ".");
  }
}

void attempt_check::apply_rider(std::uint64_t number, const event& e, const rider_event& body,
                                const policy* policy) {
  auto& of = riders_[e.entity.id];
  if (const auto* expired = std::get_if<offer_expired>(&body)) {
    if (of.ignored && !of.paused && !swaps_.contains(expired->offer)) {
      ++*of.ignored;
    }
  } else if (const auto* began = std::get_if<break_started>(&body)) {
    // The same words may be a rider's own, who then sent a command.
    if (began->reason == "ignored_offers" && e.command_id.empty() && policy != nullptr) {
      check_break(number, e.entity.id, of, *policy);
    }
  } else if (std::holds_alternative<offer_accepted>(body) ||
             std::holds_alternative<offer_declined>(body) ||
             std::holds_alternative<break_ended>(body) ||
             std::holds_alternative<shift_started>(body)) {
    of.ignored = 0;
  } else if (std::holds_alternative<rider_received>(body)) {
    of.ignored.reset(); // The zone that the rider comes from may have counted some.
  } else if (std::holds_alternative<actor_paused>(body)) {
    of.paused = true;
  } else if (std::holds_alternative<actor_resumed>(body)) {
    of.paused = false;
  }
}

void attempt_check::check_break(std::uint64_t number, const std::string& id, const patience& of,
                                const policy& policy) {
  if (of.ignored && (policy.ignored_offers_max == 0 || *of.ignored < policy.ignored_offers_max)) {
    found_.add(check::attempts, number,
               "Rider " + id + " is sent on a break after ignoring " + std::to_string(*of.ignored) +
                   " offers in a row, and the policy says " +
                   std::to_string(policy.ignored_offers_max) + ".");
  }
}

} // namespace dispatch::audit
