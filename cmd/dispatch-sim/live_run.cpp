#include "cmd/dispatch-sim/live_run.hpp"

#include "cmd/shared/time_text.hpp"
#include "messages/wire/codec.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;
using client::steady;

constexpr auto progress_interval = 2s;
constexpr auto drain_time = 30s;
/// A zone that is new opens within a second.
constexpr auto silence_max = 10s;
/// Actions before events and acks are looked at again.
constexpr std::size_t actions_at_once = 1024;
/// Of a zone that decides nothing; a command takes about 500 bytes.
constexpr std::size_t waiting_max = 1'000'000;

timestamp wall_now() { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }

} // namespace

live_run::live_run(std::shared_ptr<nats::connection> on, live_settings settings,
                   const scenario& plan, const rider_habits& habits, const policy& policy)
    : connection_(std::move(on)), settings_(std::move(settings)), plan_(plan),
      subjects_(settings_.root), bell_(std::make_shared<client::bell>()),
      city_(plan, habits, policy, *this) {}

client::sender_settings live_run::sender_to(const std::string& zone, std::uint64_t after) const {
  return {.zone = zone,
          .sending = {.root = settings_.root, .waiting_max = waiting_max},
          .after = after};
}

result<run_end> live_run::run(cli::progress_line& progress) {
  started_ = steady::now();
  ended_ = started_;
  silence_checked_ = started_;
  auto own = sender_to(settings_.zone, settings_.events_after);
  own.hear = [this](const client::announced& message) {
    if (const auto* e = std::get_if<event>(&message.what)) {
      city_.observe(*e, message.stored_at);
    }
  };
  zone_.emplace(connection_, std::move(own), bell_);
  if (!settings_.neighbour.empty()) {
    // Only outcomes count: who has come back is told by the zone itself.
    neighbour_.emplace(connection_,
                       sender_to(settings_.neighbour, settings_.neighbour_events_after), bell_);
  }
  for (;;) {
    if (settings_.closed()) {
      city_.close();
    }
    if (!ending_) {
      city_.act(zone_now(), actions_at_once);
    }
    progress.show(progress_text());
    if (const auto worked = work(); !worked) {
      return worked.error();
    }
    if (const auto heard = check_silence(); !heard) {
      return heard.error();
    }
    if (const auto end = end_reached()) {
      return *end;
    }
    bell_->wait_until(next_wake(!ending_));
  }
}

status live_run::work() {
  if (unsaid_) {
    return *unsaid_;
  }
  if (auto worked = zone_->work(); !worked || !neighbour_) {
    return worked;
  }
  auto worked = neighbour_->work();
  if (neighbour_->tally().dead > 0) {
    return failure{"zone " + settings_.neighbour + " could not read a command"};
  }
  return worked;
}

/// Commands without an outcome.
std::size_t live_run::waiting() const {
  return (zone_ ? zone_->waiting() : 0) + (neighbour_ ? neighbour_->waiting() : 0);
}

status live_run::check_silence() {
  const auto now = steady::now();
  if (city_.tally().events > 0 || waiting() == 0 || now - silence_checked_ < silence_max) {
    return nothing{};
  }
  silence_checked_ = now;
  const auto why = settings_.why_silent();
  return why ? status{failure{"zone " + settings_.zone + " decides nothing: " + *why}}
             : status{nothing{}};
}

/// The reason to end, once no command waits for its outcome any more.
std::optional<run_end> live_run::end_reached() {
  if (const auto asked = settings_.stop_asked()) {
    ended_ = steady::now();
    return asked;
  }
  if (!ending_) {
    const auto last = plan_.orders.empty() ? plan_.begins : plan_.orders.back().placed_at;
    if (city_.over()) {
      ending_ = run_end::all_ended;
    } else if (zone_now() > last + settings_.grace) {
      ending_ = run_end::grace_passed;
    } else {
      return std::nullopt;
    }
    ended_ = steady::now();
    drain_until_ = ended_ + drain_time;
  }
  const auto drained = waiting() == 0 || steady::now() > drain_until_;
  return drained ? ending_ : std::nullopt;
}

timestamp live_run::zone_now() const { return settings_.clock.to_zone(wall_now()); }

std::string live_run::say(client::sender& to, const std::string& zone, const entity_ref& target,
                          const command_body& command, const std::string& by) {
  auto id = settings_.sender + "." + std::to_string(++said_);
  const auto said = to.tell({.subject = subjects_.command(zone, target, wire::verb_of(command), by),
                             .id = id,
                             .body = wire::encode_command(command, wire::encoding::protobuf),
                             .content_type = client::protobuf_type});
  if (!said) {
    unsaid_ = failure{"zone " + zone + " decides too little: " + said.error().what};
  }
  return id;
}

std::string live_run::tell(const entity_ref& target, const command_body& command) {
  return say(*zone_, settings_.zone, target, command, {});
}

std::string live_run::wish(const entity_ref& target, const command_body& command) {
  return say(*zone_, settings_.zone, target, command, settings_.sender);
}

std::string live_run::move(const std::string& rider, bool back) {
  const entity_ref target{entity_kind::rider, rider};
  const auto& to = back ? settings_.zone : settings_.neighbour;
  const command_body command = rider_command{transfer_rider{to}};
  return back ? say(*neighbour_, settings_.neighbour, target, command, {})
              : say(*zone_, settings_.zone, target, command, {});
}

void live_run::report_position(const std::string& rider, const place& at) {
  const std::array headers = {nats::header{"Content-Type", client::protobuf_type}};
  // A position is a hint: the next one makes up for one that is lost.
  (void)connection_->publish(subjects_.position(settings_.zone, rider).c_str(), nullptr, headers,
                             wire::encode_position(at, wire::encoding::protobuf));
}

steady::time_point live_run::next_wake(bool acting) const {
  const auto now = steady::now();
  auto wake = now + progress_interval;
  for (const auto* sender : {&zone_, &neighbour_}) {
    if (const auto due = *sender ? (*sender)->next_due() : std::nullopt) {
      wake = std::min(wake, *due);
    }
  }
  if (const auto due = city_.next_due(); acting && due) {
    // Rounded up, so that the zone's clock has reached the time when the loop wakes.
    const auto wall = settings_.clock.to_wall(*due) + duration{1};
    wake = std::min<steady::time_point>(wake, now + (wall - wall_now()));
  }
  return wake;
}

std::string live_run::progress_text() const {
  const auto now = std::chrono::floor<std::chrono::seconds>(zone_now());
  return cli::to_text(now) + "  " + std::to_string(city_.placed_orders()) + " of " +
         std::to_string(plan_.orders.size()) + " orders placed, " +
         std::to_string(city_.open_orders()) + " to go, " + std::to_string(city_.working_riders()) +
         " riders at work, " + std::to_string(waiting()) + " commands waiting, " +
         std::to_string(city_.tally().events) + " events";
}

void live_run::add_to(run_report& report) const {
  report.wall_s = std::chrono::duration<double>(ended_ - started_).count();
  report.events = city_.tally();
  report.commands = zone_ ? zone_->tally() : client::outbox_tally{};
  report.commands += neighbour_ ? neighbour_->tally() : client::outbox_tally{};
  report.without_outcome = waiting();
  add_stories(report, city_, settings_.clock);
}

} // namespace dispatch::sim
