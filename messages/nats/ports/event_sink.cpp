#include "messages/nats/ports/event_sink.hpp"

#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace dispatch::nats {

namespace {

using namespace std::chrono_literals;

/// A small batch does not wait for a millisecond until more has gathered. Large ones come when much
/// is to be done: writing all of them at once took a sixth of what a zone decides per second.
constexpr std::size_t flushed_events_max = 32;
constexpr auto flush_timeout = 200ms;

publish_result unknown(std::string why) {
  return {.outcome = publish_outcome::unknown, .last_sequence = 0, .detail = std::move(why)};
}

publish_result refusal_of(const publish_ack& ack) {
  switch (verdict_of(ack)) {
  case ack_verdict::conflict:
    return {.outcome = publish_outcome::conflict, .last_sequence = 0, .detail = ack.error};
  case ack_verdict::full:
    return {.outcome = publish_outcome::full, .last_sequence = 0, .detail = ack.error};
  default:
    return unknown(ack.error);
  }
}

} // namespace

/// All but the events is guarded by the state's mutex. `done` goes when it has been called: it may
/// hold who holds the sink, and the last batch is kept.
struct nats_event_sink::batch {
  std::vector<announcement> events;
  std::uint64_t expected_last = 0;
  std::function<void(publish_result)> done;
  std::size_t sent = 0;
  std::size_t confirmed = 0;
  bool over = false; ///< done was called, or is about to be
};

struct nats_event_sink::shared_state : std::enable_shared_from_this<shared_state> {
  std::shared_ptr<connection> on;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::shared_ptr<batch>> live;    ///< not over, in order
  std::deque<std::shared_ptr<batch>> waiting; ///< those of them that the sender has not begun
  std::shared_ptr<batch> sent_last;
  std::optional<publish_result> failed; ///< until the tail is read again
  std::size_t in_flight = 0;
  bool stopping = false;

  void fail(std::unique_lock<std::mutex>& lock, const publish_result& outcome);
  void on_answer(batch& b, std::size_t index, const result<std::string>& reply);
  void confirm(std::unique_lock<std::mutex>& lock, batch& b, std::size_t index);
  void send_all();
  void send_batch(std::unique_lock<std::mutex>& lock, const std::shared_ptr<batch>& b);
  status send(const std::shared_ptr<batch>& b, std::size_t index, const char* last_id);
};

/// Ends every batch: those behind a failed one rely on it. Leaves the lock open meanwhile.
void nats_event_sink::shared_state::fail(std::unique_lock<std::mutex>& lock,
                                         const publish_result& outcome) {
  failed = outcome;
  waiting.clear();
  const auto ended = std::exchange(live, {});
  for (const auto& b : ended) {
    b->over = true;
    in_flight -= b->sent - b->confirmed;
  }
  changed.notify_all();
  lock.unlock();
  for (const auto& b : ended) {
    std::exchange(b->done, nullptr)(outcome);
  }
  lock.lock();
}

void nats_event_sink::shared_state::on_answer(batch& b, std::size_t index,
                                              const result<std::string>& reply) {
  const auto ack = reply ? parse_publish_ack(*reply) : result<publish_ack>(reply.error());
  std::unique_lock lock(mutex);
  if (b.over) {
    return;
  }
  const auto due = b.expected_last + index + 1;
  if (!ack) {
    fail(lock, unknown(ack.error().what));
  } else if (verdict_of(*ack) != ack_verdict::stored) {
    fail(lock, refusal_of(*ack));
  } else if (ack->sequence != due) {
    fail(lock, {.outcome = publish_outcome::conflict,
                .last_sequence = 0,
                .detail = "event " + b.events[index].id + " is stored at " +
                          std::to_string(ack->sequence) + ", not at " + std::to_string(due)});
  } else {
    confirm(lock, b, index);
  }
}

/// Everything up to this message is stored.
void nats_event_sink::shared_state::confirm(std::unique_lock<std::mutex>& lock, batch& b,
                                            std::size_t index) {
  if (index < b.confirmed) {
    return;
  }
  in_flight -= index + 1 - b.confirmed;
  b.confirmed = index + 1;
  changed.notify_all();
  if (b.confirmed < b.events.size()) {
    return;
  }
  b.over = true;
  std::erase_if(live, [&](const auto& each) { return each.get() == &b; });
  const auto done = std::exchange(b.done, nullptr);
  lock.unlock();
  done({.outcome = publish_outcome::stored,
        .last_sequence = b.expected_last + b.events.size(),
        .detail = {}});
  lock.lock();
}

void nats_event_sink::shared_state::send_all() {
  std::unique_lock lock(mutex);
  for (;;) {
    changed.wait(lock, [this] { return stopping || !waiting.empty(); });
    if (stopping) {
      fail(lock, unknown("the sink was closed"));
      return;
    }
    const auto b = waiting.front();
    waiting.pop_front();
    send_batch(lock, b);
  }
}

/// Ends early when the batch is over.
void nats_event_sink::shared_state::send_batch(std::unique_lock<std::mutex>& lock,
                                               const std::shared_ptr<batch>& b) {
  const auto before = std::exchange(sent_last, b);
  // Behind a confirmed message its sequence is enough; and the server forgets ids, not sequences.
  const bool chained = before && !before->over;
  for (std::size_t index = 0; index < b->events.size(); ++index) {
    changed.wait(lock, [&] { return stopping || b->over || in_flight < in_flight_max; });
    if (stopping || b->over) {
      return;
    }
    ++in_flight;
    b->sent = index + 1;
    lock.unlock();
    const char* last_id = index > 0 ? b->events[index - 1].id.c_str()
                          : chained ? before->events.back().id.c_str()
                                    : nullptr;
    const auto sent = send(b, index, last_id);
    lock.lock();
    if (!sent && !b->over) {
      fail(lock, unknown(sent.error().what));
    }
  }
  if (!b->over && b->events.size() <= flushed_events_max) {
    lock.unlock();
    on->flush(flush_timeout);
    lock.lock();
  }
}

status nats_event_sink::shared_state::send(const std::shared_ptr<batch>& b, std::size_t index,
                                           const char* last_id) {
  const auto& event = b->events[index];
  const auto expected = std::to_string(b->expected_last + index);
  std::array<header, 5> headers{header{"Nats-Expected-Last-Sequence", expected.c_str()},
                                header{"Nats-Msg-Id", event.id.c_str()},
                                header{"Content-Type", "application/protobuf"}};
  std::size_t count = 3;
  if (last_id != nullptr) {
    headers.at(count++) = {"Nats-Expected-Last-Msg-Id", last_id};
  }
  if (!event.trace.empty()) {
    headers.at(count++) = {"traceparent", event.trace.c_str()};
  }
  const auto used = std::span(headers).first(count);
  if ((index + 1) % messages_per_ack != 0 && index + 1 != b->events.size()) {
    return on->publish(event.subject.c_str(), nullptr, used, event.body);
  }
  on->request_async(event.subject.c_str(), used, event.body, limits::port_timeout,
                    [b, index, weak = weak_from_this()](const result<std::string>& reply) {
                      if (const auto self = weak.lock()) {
                        self->on_answer(*b, index, reply);
                      }
                    });
  return nothing{};
}

nats_event_sink::nats_event_sink(std::shared_ptr<connection> on, std::string stream)
    : connection_(std::move(on)), stream_(std::move(stream)),
      state_(std::make_shared<shared_state>()) {
  state_->on = connection_;
  sender_ = std::thread([state = state_] { state->send_all(); });
}

nats_event_sink::~nats_event_sink() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  sender_.join();
}

void nats_event_sink::publish(std::vector<announcement> events, std::uint64_t expected_last,
                              std::function<void(publish_result)> done) {
  if (events.empty()) {
    done({.outcome = publish_outcome::stored, .last_sequence = expected_last, .detail = {}});
    return;
  }
  const auto made = std::make_shared<batch>();
  made->events = std::move(events);
  made->expected_last = expected_last;
  made->done = std::move(done);
  std::unique_lock lock(state_->mutex);
  if (const auto failed = state_->failed) {
    lock.unlock();
    made->done(*failed);
    return;
  }
  state_->live.push_back(made);
  state_->waiting.push_back(made);
  lock.unlock();
  state_->changed.notify_all();
}

result<stream_state> nats_event_sink::tail() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->failed.reset();
  }
  return api::state_of(*connection_, stream_);
}

result<std::optional<std::string>> nats_event_sink::id_at(std::uint64_t sequence) {
  auto kept = api::message_at(*connection_, stream_, sequence);
  if (!kept) {
    return kept.error();
  }
  return *kept ? std::optional{std::move((*kept)->id)} : std::nullopt;
}

} // namespace dispatch::nats
