#include "tests/nemesis/load.hpp"

#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/zone_client.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;

constexpr auto send_again_after = 1s;
/// Time passes without a message.
constexpr auto look_again_after = 50ms;
constexpr std::uint64_t riders = 8;
/// An order is cancelled by the command that comes so many steps later.
constexpr std::uint64_t order_steps = 6;

} // namespace

load::load(std::shared_ptr<nats::connection> on, std::vector<std::string> zones,
           double per_second_and_zone)
    : connection_(std::move(on)), zones_(std::move(zones)),
      interval_(std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(
          1.0 / (per_second_and_zone * static_cast<double>(zones_.size()))))),
      senders_(zones_.size()) {
  for (const auto& zone : zones_) {
    feeds_.push_back(std::make_unique<nats::nats_input_feed>(
        connection_, wire::output_stream(wire::default_root, zone)));
    feeds_.back()->start(0, [this] {
      const std::scoped_lock lock{mutex_};
      available_ = true;
      changed_.notify_all();
    });
  }
  reading_thread_ = std::thread{[this] { read(); }};
  sending_thread_ = std::thread{[this] { send(); }};
}

load::~load() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  sending_thread_.join();
  reading_thread_.join();
  for (const auto& feed : feeds_) {
    feed->stop();
  }
}

/// Riders come on shift first; then orders are placed and cancelled, and shifts end and begin.
load::command load::next_of(std::size_t zone) {
  const auto step = senders_[zone].step++;
  command next;
  next.zone = zone;
  next.id = "nemesis." + zones_[zone] + "-" + std::to_string(step);
  std::string what;
  if (step < riders) {
    what = "rider.r" + std::to_string(step) + ".start_shift";
    next.body = integration::shift_body();
  } else if (step % 2 == 0) {
    what = "order.o" + std::to_string(step) + ".place";
    next.body = integration::order_body();
  } else if (step % 4 == 1 && step > riders + order_steps) {
    what = "order.o" + std::to_string(step - order_steps - 1) + ".cancel";
    next.body = R"({"reason":"changed_mind"})";
  } else {
    const auto ends = step % 8 == 3;
    what = "rider.r" + std::to_string(step / 8 % riders) + (ends ? ".end_shift" : ".start_shift");
    next.body = ends ? "{}" : integration::shift_body();
  }
  next.subject = std::string{wire::default_root} + ".in." + zones_[zone] + "." + what;
  return next;
}

void load::publish(const command& what) {
  const std::array headers{nats::header{"Nats-Msg-Id", what.id.c_str()}};
  // What gets lost is sent again.
  (void)connection_->publish(what.subject.c_str(), nullptr, headers, what.body);
}

void load::send() {
  std::unique_lock lock{mutex_};
  auto due = steady::now();
  for (std::size_t zone = 0; !stopping_; zone = (zone + 1) % zones_.size()) {
    const auto now = steady::now();
    for (auto& [id, waiting] : open_) {
      if (now - waiting.sent > send_again_after) {
        waiting.sent = now;
        publish(waiting);
      }
    }
    if (sending_) {
      auto next = next_of(zone);
      next.published = next.sent = now;
      publish(next);
      auto id = next.id;
      open_.emplace(std::move(id), std::move(next));
    }
    due += interval_;
    changed_.wait_until(lock, due, [&] { return stopping_; });
  }
}

void load::read() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    changed_.wait(lock, [&] { return available_ || stopping_; });
    available_ = false;
    lock.unlock();
    for (std::size_t zone = 0; zone < zones_.size(); ++zone) {
      take(zone);
    }
    lock.lock();
  }
}

void load::take(std::size_t zone) {
  for (;;) {
    const auto batch = feeds_[zone]->take(limits::feed_messages_max, limits::feed_bytes_max);
    if (batch.messages.empty()) {
      return;
    }
    const auto now = steady::now();
    const std::scoped_lock lock{mutex_};
    for (const auto& message : batch.messages) {
      const auto event = wire::decode_event(message.body);
      const auto found = event ? open_.find(event->command_id) : open_.end();
      if (found == open_.end()) {
        continue;
      }
      const auto published = found->second.published;
      samples_.push_back({zone, published, now});
      senders_[zone].answered = std::max(senders_[zone].answered, published);
      open_.erase(found);
    }
    changed_.notify_all();
  }
}

void load::await_outcomes(const std::vector<std::size_t>& zones, steady::time_point since) {
  std::unique_lock lock{mutex_};
  for (const auto zone : zones) {
    if (!changed_.wait_for(lock, integration::patience,
                           [&] { return senders_[zone].answered > since; })) {
      throw std::runtime_error("zone " + zones_[zone] + " does not answer any more");
    }
  }
}

void load::await_silence(const std::string& zone, std::chrono::milliseconds span) {
  std::unique_lock lock{mutex_};
  const auto since = steady::now();
  const auto deadline = since + integration::patience;
  const auto waits = [&](const auto& open) {
    const auto published = open.second.published;
    return zones_[open.second.zone] == zone && published > since &&
           published < steady::now() - span;
  };
  while (std::ranges::none_of(open_, waits)) {
    if (steady::now() > deadline) {
      throw std::runtime_error("zone " + zone + " answers as if nothing had happened");
    }
    changed_.wait_for(lock, look_again_after);
  }
}

void load::settle() {
  const auto since = steady::now();
  std::unique_lock lock{mutex_};
  const auto settled = changed_.wait_for(lock, integration::patience, [&] {
    return std::ranges::none_of(open_, [&](const auto& c) { return c.second.published < since; });
  });
  if (!settled) {
    throw std::runtime_error("commands have no outcome, among them " + open_.begin()->first);
  }
}

void load::finish() {
  std::unique_lock lock{mutex_};
  sending_ = false;
  if (!changed_.wait_for(lock, integration::patience, [&] { return open_.empty(); })) {
    throw std::runtime_error(std::to_string(open_.size()) +
                             " commands have no outcome, among them " + open_.begin()->first);
  }
}

std::vector<load::sample> load::samples() const {
  const std::scoped_lock lock{mutex_};
  return samples_;
}

} // namespace dispatch::nemesis
