#pragma once

#include "cmd/dispatch-sim/city/scenario.hpp"
#include "messages/entities/rider.hpp"
#include "messages/policy.hpp"
#include "messages/records/command.hpp"
#include "messages/records/event.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace dispatch::sim {

/// How riders answer. The three shares add up to 1.
struct rider_habits {
  double accept = 0.90;
  double decline = 0.05;
  double ignore = 0.05;
  duration think_min = std::chrono::seconds{5};
  duration think_max = std::chrono::seconds{25};
  duration position_interval = std::chrono::seconds{60};
  std::uint64_t seed = 1;
};

/// What a rider does with an offer, and when. Follows from the seed and the offer's id alone.
struct offer_answer {
  std::optional<rider_command> say; ///< nullopt: the offer is ignored
  duration after{};                 ///< it was received
};
offer_answer answer_to(const std::string& offer, const rider_habits& habits);

/// One rider on the road. Knows only what the zone's events say, and does what they ask for: drives
/// to the first stop of the route, reports the arrival, waits until the order is ready and the
/// service done, picks up or delivers, goes on. Travel and service times are those of the policy.
class rider_agent {
public:
  rider_agent(planned_rider plan, const policy& policy);

  const planned_rider& plan() const { return plan_; }
  const rider& state() const { return state_; }

  /// Something became true of this rider, by the command with this id.
  void observe(const rider_event& event, const std::string& command_id, timestamp at);

  /// The answer to the command of the step in hand was a refusal.
  void refused(const std::string& command_id, timestamp at);

  /// What the rider does next on the route, and when; nullopt: nothing, or its outcome is awaited.
  struct step {
    timestamp due;
    rider_command command;
  };
  const std::optional<step>& next() const { return next_; }

  /// The next step was taken, by this command. Nothing is next until its outcome was seen.
  void took_step(std::string command_id);

  /// On shift, or with work left.
  bool working() const { return state_.on_shift || !state_.route.empty(); }

  place position(timestamp now) const;

private:
  struct leg {
    place from;
    place to;
    timestamp left_at;
    timestamp arrives_at;
  };

  void plan_next(timestamp at);
  void head_for(const place& to, timestamp at);

  planned_rider plan_;
  const policy* policy_;
  rider state_;
  leg leg_;
  std::optional<stop> heading_for_;
  timestamp arrived_at_;
  std::optional<step> next_;
  std::string awaited_; ///< command of the step taken; empty: none
};

} // namespace dispatch::sim
