#include "cmd/dispatch-sim/city/rider_agent.hpp"

#include "actors/domain/machines/rider.hpp"
#include "actors/domain/route.hpp"

#include <algorithm>
#include <utility>

namespace dispatch::sim {

namespace {

/// A step that was refused is tried again after this time.
constexpr std::chrono::seconds retry_after{10};

bool same_stop(const stop& a, const stop& b) { return a.kind == b.kind && a.order == b.order; }

} // namespace

offer_answer answer_to(const std::string& offer, const rider_habits& habits) {
  const auto span = habits.think_max - habits.think_min;
  const auto after = habits.think_min + seconds_of(chance(habits.seed, "think/" + offer) *
                                                   std::chrono::duration<double>(span).count());
  const auto draw = chance(habits.seed, "answer/" + offer);
  if (draw < habits.accept) {
    return {accept_offer{offer}, after};
  }
  if (draw < habits.accept + habits.decline) {
    return {decline_offer{offer, "too_far"}, after};
  }
  return {std::nullopt, after};
}

rider_agent::rider_agent(planned_rider plan, const policy& policy)
    : plan_(std::move(plan)), policy_(&policy), leg_{plan_.start, plan_.start, plan_.on, plan_.on} {
}

void rider_agent::observe(const rider_event& event, const std::string& command_id, timestamp at) {
  domain::evolve(state_, event);
  if (const auto* arrived = std::get_if<rider_arrived>(&event)) {
    arrived_at_ = arrived->at;
  }
  const auto other_stop =
      heading_for_ && (state_.route.empty() || !same_stop(*heading_for_, state_.route.front()));
  if (command_id == awaited_ || other_stop) {
    awaited_.clear();
  }
  if (awaited_.empty()) {
    plan_next(at);
  }
}

void rider_agent::refused(const std::string& command_id, timestamp at) {
  if (command_id != awaited_ || awaited_.empty()) {
    return;
  }
  awaited_.clear();
  plan_next(at);
  if (next_) {
    next_->due = std::max(next_->due, at + retry_after);
  }
}

void rider_agent::took_step(std::string command_id) {
  awaited_ = std::move(command_id);
  next_.reset();
}

place rider_agent::position(timestamp now) const {
  if (now >= leg_.arrives_at) {
    return leg_.to;
  }
  if (now <= leg_.left_at) {
    return leg_.from;
  }
  const auto share = std::chrono::duration<double>(now - leg_.left_at) /
                     std::chrono::duration<double>(leg_.arrives_at - leg_.left_at);
  return {leg_.from.latitude + share * (leg_.to.latitude - leg_.from.latitude),
          leg_.from.longitude + share * (leg_.to.longitude - leg_.from.longitude)};
}

void rider_agent::head_for(const place& to, timestamp at) {
  const auto from = position(at);
  leg_ = {from, to, at, at + seconds_of(domain::travel_s(from, to, plan_.vehicle, *policy_))};
}

void rider_agent::plan_next(timestamp at) {
  next_.reset();
  if (state_.route.empty()) {
    // A rider without work stays where the last one ended.
    if (heading_for_) {
      const auto here = position(at);
      leg_ = {here, here, at, at};
      heading_for_.reset();
    }
    return;
  }
  const auto& first = state_.route.front();
  if (!heading_for_ || !same_stop(*heading_for_, first)) {
    head_for(first.at, at);
  }
  heading_for_ = first;
  if (!state_.arrived) {
    next_ = {leg_.arrives_at, arrive_at_stop{first.order}};
  } else if (first.kind == stop_kind::pick_up) {
    next_ = {std::max(arrived_at_, first.not_before) + policy_->pick_up_service,
             pick_up_order{first.order}};
  } else {
    next_ = {arrived_at_ + policy_->drop_off_service, deliver_order{first.order}};
  }
}

} // namespace dispatch::sim
