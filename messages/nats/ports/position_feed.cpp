#include "messages/nats/ports/position_feed.hpp"

#include "messages/nats/connection/api.hpp"

#include <algorithm>
#include <utility>

namespace dispatch::nats {

namespace {

using namespace std::chrono_literals;

/// A server that comes back is whole again within moments; a node that must not create the stream
/// costs a line in the server's log with each try.
constexpr std::chrono::milliseconds restore_pause_min = 250ms;
constexpr std::chrono::milliseconds restore_pause_max = 30s;

} // namespace

nats_position_feed::nats_position_feed(std::shared_ptr<connection> on, std::string stream,
                                       std::string filter, decoder decode, position_upkeep how)
    : connection_(std::move(on)), stream_(std::move(stream)), filter_(std::move(filter)),
      decode_(std::move(decode)), upkeep_(std::move(how)) {}

nats_position_feed::~nats_position_feed() { stop(); }

void nats_position_feed::start(std::function<void()> on_available) {
  stop();
  const std::lock_guard control(control_mutex_);
  std::shared_ptr<pull_consumer> begun;
  {
    const std::lock_guard lock(mutex_);
    on_available_ = std::move(on_available);
    consumer_ = std::make_shared<pull_consumer>(
        connection_, stream_, filter_,
        pull_consumer::owner{
            .begin = [this] { return begin(); },
            .accept = [this](const incoming& m, const delivery& d) { return accept(m, d); },
            .arrived = [this] { tell_available(); },
            .failed = [this](const std::string& what) { complain(what); }});
    begun = consumer_;
  }
  begun->start();
}

void nats_position_feed::stop() {
  const std::lock_guard control(control_mutex_);
  std::shared_ptr<pull_consumer> ended;
  {
    const std::lock_guard lock(mutex_);
    ended = std::exchange(consumer_, nullptr);
  }
  if (ended) {
    ended->stop();
  }
  const std::lock_guard lock(mutex_);
  moved_.clear();
  accepted_ = accepted_bytes_ = 0;
  notify_due_ = false;
  on_available_ = nullptr;
}

std::vector<rider_position> nats_position_feed::take(std::size_t riders_max) {
  std::vector<rider_position> taken;
  const std::lock_guard lock(mutex_);
  // Goes on behind the last one taken, so that no rider waits for ever behind busier ones.
  while (!moved_.empty() && taken.size() < riders_max) {
    auto next = moved_.upper_bound(taken_last_);
    if (next == moved_.end()) {
      next = moved_.begin();
    }
    auto one = moved_.extract(next);
    taken_last_ = one.key();
    taken.push_back({.rider = std::move(one.key()),
                     .at = one.mapped().at,
                     .stored_at = one.mapped().stored_at});
  }
  std::ranges::sort(taken, {}, &rider_position::rider);
  return taken;
}

/// Before there is a consumer, and now and then while nothing comes.
std::optional<std::uint64_t> nats_position_feed::begin() {
  const auto found = api::find_stream(*connection_, stream_);
  if (!found) {
    return std::nullopt;
  }
  if (!*found && !restore()) {
    return std::nullopt;
  }
  const std::lock_guard lock(mutex_);
  complaint_.clear();
  restore_pause_ = {};
  restore_not_before_ = {};
  return 0;
}

bool nats_position_feed::restore() {
  using clock = std::chrono::steady_clock;
  std::unique_lock lock(mutex_);
  if (!upkeep_.restore || clock::now() < restore_not_before_) {
    return false;
  }
  lock.unlock();
  const auto restored = upkeep_.restore();
  lock.lock();
  if (restored) {
    return true;
  }
  const bool lasts = restore_pause_ > 0ms;
  restore_pause_ = std::clamp(restore_pause_ * 2, restore_pause_min, restore_pause_max);
  restore_not_before_ = clock::now() + restore_pause_;
  lock.unlock();
  if (lasts && connection_->connected()) {
    complain(restored.error().what);
  }
  return false;
}

void nats_position_feed::complain(const std::string& what) {
  std::unique_lock lock(mutex_);
  const auto is_new = std::exchange(complaint_, what) != what;
  lock.unlock();
  if (is_new && upkeep_.notice) {
    upkeep_.notice(what);
  }
}

bool nats_position_feed::accept(const incoming& message, const delivery& from) {
  const auto subject = message.subject();
  const auto rider = subject.substr(subject.rfind('.') + 1);
  const auto at = decode_(message.header("Content-Type"), message.body());
  if (!at && upkeep_.unreadable) {
    upkeep_.unreadable(subject, at.error().what);
  }
  const std::lock_guard lock(mutex_);
  ++accepted_;
  accepted_bytes_ += message.body().size();
  if (!at) {
    return true;
  }
  notify_due_ = notify_due_ || moved_.empty();
  const auto found = moved_.find(rider);
  if (found == moved_.end()) {
    moved_.emplace(rider, newest{*at, from.stored_at});
  } else if (found->second.stored_at <= from.stored_at) {
    found->second = {*at, from.stored_at};
  }
  return true;
}

void nats_position_feed::tell_available() {
  std::unique_lock lock(mutex_);
  const auto messages = std::exchange(accepted_, 0);
  const auto bytes = std::exchange(accepted_bytes_, 0);
  const bool notify = std::exchange(notify_due_, false);
  const auto consumer = consumer_;
  const auto on_available = on_available_;
  lock.unlock();
  // What is held is bounded by the number of riders, so the next messages may come at once.
  if (consumer && messages > 0) {
    consumer->release(messages, bytes);
  }
  if (notify && on_available) {
    on_available();
  }
}

} // namespace dispatch::nats
