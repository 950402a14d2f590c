#include "cmd/dispatch-sim/live_run.hpp"

#include "cmd/shared/time_text.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;
using steady = outbox::clock;

constexpr auto ack_timeout = 3000ms;
constexpr auto progress_interval = 2s;
constexpr auto drain_time = 30s;
/// A zone that is new opens within a second.
constexpr auto silence_max = 10s;
/// Actions before events and acks are looked at again.
constexpr std::size_t actions_at_once = 1024;
constexpr auto protobuf_type = "application/protobuf";

timestamp wall_now() { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }

} // namespace

live_run::live_run(std::shared_ptr<nats::connection> on, live_settings settings,
                   const scenario& plan, const rider_habits& habits, const policy& rules)
    : connection_(std::move(on)), settings_(std::move(settings)), plan_(plan),
      subjects_(settings_.root), dead_prefix_(subjects_.dead_letter(settings_.zone, {})),
      mailbox_(std::make_shared<mailbox>()), outbox_(outbox_settings{.sender = settings_.sender},
                                                     [this](const outgoing& what) { send(what); }),
      city_(plan, habits, rules, *this),
      feed_(connection_, wire::output_stream(settings_.root, settings_.zone)) {
  if (!settings_.neighbour.empty()) {
    neighbour_feed_.emplace(connection_, wire::output_stream(settings_.root, settings_.neighbour));
  }
}

live_run::~live_run() {
  feed_.stop();
  if (neighbour_feed_) {
    neighbour_feed_->stop();
  }
}

result<run_end> live_run::run(cli::progress_line& progress) {
  started_ = steady::now();
  ended_ = started_;
  silence_checked_ = started_;
  feed_.start(settings_.events_after, [box = mailbox_] { box->ring(); });
  if (neighbour_feed_) {
    neighbour_feed_->start(settings_.neighbour_events_after, [box = mailbox_] { box->ring(); });
  }
  for (;;) {
    if (settings_.closed()) {
      city_.close();
    }
    if (!ending_) {
      city_.act(zone_now(), actions_at_once);
    }
    outbox_.pump(steady::now());
    progress.show(progress_text());
    take_acks(next_wake(!ending_));
    if (const auto taken = take_events(); !taken) {
      return taken.error();
    }
    if (const auto heard = check_silence(); !heard) {
      return heard.error();
    }
    if (const auto end = end_reached()) {
      return *end;
    }
  }
}

status live_run::check_silence() {
  const auto now = steady::now();
  if (city_.tally().events > 0 || outbox_.waiting() == 0 || now - silence_checked_ < silence_max) {
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
  const auto drained = outbox_.waiting() == 0 || steady::now() > drain_until_;
  return drained ? ending_ : std::nullopt;
}

timestamp live_run::zone_now() const { return settings_.clock.to_zone(wall_now()); }

std::string live_run::tell(const entity_ref& target, const command_body& command) {
  return outbox_.add(subjects_.command(settings_.zone, target, wire::verb_of(command)),
                     wire::encode_command(command, wire::encoding::protobuf));
}

std::string live_run::wish(const entity_ref& target, const command_body& command) {
  return outbox_.add(
      subjects_.command(settings_.zone, target, wire::verb_of(command), settings_.sender),
      wire::encode_command(command, wire::encoding::protobuf));
}

std::string live_run::move(const std::string& rider, bool back) {
  const auto& from = back ? settings_.neighbour : settings_.zone;
  const auto& to = back ? settings_.zone : settings_.neighbour;
  const command_body command = rider_command{transfer_rider{to}};
  return outbox_.add(subjects_.command(from, {entity_kind::rider, rider}, wire::verb_of(command)),
                     wire::encode_command(command, wire::encoding::protobuf));
}

void live_run::report_position(const std::string& rider, const place& at) {
  const std::array headers = {nats::header{"Content-Type", protobuf_type}};
  // A position is a hint: the next one makes up for one that is lost.
  (void)connection_->publish(subjects_.position(settings_.zone, rider).c_str(), nullptr, headers,
                             wire::encode_position(at, wire::encoding::protobuf));
}

void live_run::send(const outgoing& what) {
  const std::array headers = {nats::header{wire::command_id_header, what.id.c_str()},
                              nats::header{"Content-Type", protobuf_type}};
  connection_->request_async(
      what.subject.c_str(), headers, what.body, ack_timeout,
      [box = mailbox_, id = what.id](const result<std::string>& reply) {
        box->put({id, reply ? nats::parse_publish_ack(*reply) : reply.error()});
      });
}

void live_run::take_acks(steady::time_point deadline) {
  for (const auto& ack : mailbox_->wait_until(deadline)) {
    if (ack.answer && ack.answer->error_code == 0) {
      outbox_.stored(ack.id, ack.answer->sequence, steady::now());
    } else {
      outbox_.failed(ack.id, steady::now());
    }
  }
}

steady::time_point live_run::next_wake(bool acting) const {
  const auto now = steady::now();
  if (more_events_) {
    return now;
  }
  auto wake = now + progress_interval;
  if (const auto due = outbox_.next_due()) {
    wake = std::min(wake, *due);
  }
  if (const auto due = city_.next_due(); acting && due) {
    // Rounded up, so that the zone's clock has reached the time when the loop wakes.
    const auto wall = settings_.clock.to_wall(*due) + duration{1};
    wake = std::min<steady::time_point>(wake, now + (wall - wall_now()));
  }
  return wake;
}

status live_run::take_events() {
  auto batch = feed_.take(limits::feed_messages_max, limits::feed_bytes_max);
  more_events_ = !batch.messages.empty();
  for (const auto& message : batch.messages) {
    if (auto taken = take_event(message); !taken) {
      return taken;
    }
  }
  if (batch.broken) {
    return *batch.broken;
  }
  return neighbour_feed_ ? take_neighbour() : status{nothing{}};
}

/// Of the neighbour only outcomes count: who has come back is told by the zone itself.
status live_run::take_neighbour() {
  const auto batch = neighbour_feed_->take(limits::feed_messages_max, limits::feed_bytes_max);
  more_events_ = more_events_ || !batch.messages.empty();
  const auto dead = subjects_.dead_letter(settings_.neighbour, {});
  for (const auto& message : batch.messages) {
    if (message.subject.starts_with(dead)) {
      return failure{"zone " + settings_.neighbour + " could not read a command"};
    }
    const auto event = wire::decode_event(message.body);
    if (!event) {
      return event.error();
    }
    outbox_.outcome(event->command_id);
  }
  return batch.broken ? status{*batch.broken} : status{nothing{}};
}

status live_run::take_event(const stored_message& message) {
  if (message.subject.starts_with(dead_prefix_)) {
    const auto letter = wire::decode_dead_letter(message.body);
    if (!letter) {
      return letter.error();
    }
    outbox_.dead_letter(letter->sequence);
    return nothing{};
  }
  const auto event = wire::decode_event(message.body);
  if (!event) {
    return event.error();
  }
  outbox_.outcome(event->command_id);
  city_.observe(*event, message.stored_at);
  return nothing{};
}

std::string live_run::progress_text() const {
  const auto now = std::chrono::floor<std::chrono::seconds>(zone_now());
  return cli::to_text(now) + "  " + std::to_string(city_.placed_orders()) + " of " +
         std::to_string(plan_.orders.size()) + " orders placed, " +
         std::to_string(city_.open_orders()) + " to go, " + std::to_string(city_.working_riders()) +
         " riders at work, " + std::to_string(outbox_.waiting()) + " commands waiting, " +
         std::to_string(city_.tally().events) + " events";
}

void live_run::add_to(run_report& report) const {
  report.wall_s = std::chrono::duration<double>(ended_ - started_).count();
  report.events = city_.tally();
  report.commands = outbox_.tally();
  report.without_outcome = outbox_.waiting();
  add_stories(report, city_, settings_.clock);
}

} // namespace dispatch::sim
