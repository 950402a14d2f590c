#include "messages/nats/ports/input_feed.hpp"

#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/subjects.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace dispatch::nats {

namespace {

/// How often the stream must look wrong before it is believed.
constexpr int suspicions_max = 2;

} // namespace

/// Lets answers come after stop() without an effect.
struct nats_input_feed::questions {
  std::mutex mutex;        ///< held while an answer is passed on
  std::uint64_t round = 0; ///< of start and stop
};

nats_input_feed::nats_input_feed(std::shared_ptr<connection> on, std::string stream,
                                 std::string filter,
                                 const std::shared_ptr<connection>& administration)
    : connection_(std::move(on)), administration_(administration ? administration : connection_),
      stream_(std::move(stream)), filter_(std::move(filter)),
      questions_(std::make_shared<questions>()) {}

nats_input_feed::~nats_input_feed() { stop(); }

void nats_input_feed::start(std::uint64_t after, std::function<void()> on_available) {
  stop();
  const std::lock_guard control(control_mutex_);
  std::shared_ptr<pull_consumer> begun;
  {
    const std::lock_guard lock(mutex_);
    on_available_ = std::move(on_available);
    wanted_ = after + 1;
    consumer_sequence_ = 0;
    last_.reset();
    created_.reset();
    suspicions_ = 0;
    broken_.reset();
    notify_due_ = false;
    consumer_ = std::make_shared<pull_consumer>(
        connection_, stream_, filter_,
        pull_consumer::owner{
            .begin = [this] { return begin(); },
            .accept = [this](const incoming& m, const delivery& d) { return accept(m, d); },
            .arrived = [this] { tell_available(); },
            .failed =
                [this](const std::string& what) {
                  {
                    const std::lock_guard failing(mutex_);
                    break_off("stream " + stream_ + " cannot be read: " + what);
                  }
                  tell_available();
                }});
    begun = consumer_;
  }
  begun->start();
}

void nats_input_feed::stop() {
  const std::lock_guard control(control_mutex_);
  std::shared_ptr<pull_consumer> ended;
  {
    const std::lock_guard lock(mutex_);
    ended = std::exchange(consumer_, nullptr);
  }
  if (ended) {
    ended->stop();
  }
  {
    const std::lock_guard lock(mutex_);
    held_.clear();
    on_available_ = nullptr;
  }
  const std::lock_guard lock(questions_->mutex);
  ++questions_->round;
}

input_feed::batch nats_input_feed::take(std::size_t messages_max, std::size_t bytes_max) {
  batch taken;
  std::size_t bytes = 0;
  std::unique_lock lock(mutex_);
  std::size_t count = 0;
  for (; count < std::min(messages_max, held_.size()); ++count) {
    const auto size = held_[count].body.size();
    if (count > 0 && bytes + size > bytes_max) {
      break;
    }
    bytes += size;
  }
  const auto end = held_.begin() + static_cast<std::ptrdiff_t>(count);
  taken.messages.assign(std::make_move_iterator(held_.begin()), std::make_move_iterator(end));
  held_.erase(held_.begin(), end);
  if (held_.empty()) {
    taken.broken = broken_;
  }
  const auto consumer = consumer_;
  lock.unlock();
  if (consumer && count > 0) {
    consumer->release(count, bytes);
  }
  return taken;
}

void nats_input_feed::ask_last_sequence(std::function<void(result<std::uint64_t>)> done) {
  std::uint64_t round = 0;
  {
    const std::lock_guard lock(questions_->mutex);
    round = questions_->round;
  }
  auto answer = [to = questions_, round, done = std::move(done)](result<std::string> reply) {
    const auto state =
        reply ? api::parse_stream_state(*reply) : result<stream_state>(reply.error());
    const std::lock_guard lock(to->mutex);
    if (to->round != round) {
      return;
    }
    if (state) {
      done(state->last_sequence);
    } else {
      done(state.error());
    }
  };
  connection_->request_async(("$JS.API.STREAM.INFO." + stream_).c_str(), {}, "",
                             limits::port_timeout, std::move(answer));
}

result<stream_state> nats_input_feed::state() { return api::state_of(*connection_, stream_); }

result<std::optional<stored_message>> nats_input_feed::read(std::uint64_t sequence) {
  return api::message_at(*connection_, stream_, sequence);
}

result<std::optional<stored_message>> nats_input_feed::newest_on(const std::string& subject) {
  auto found = api::last_message_on(*connection_, stream_, subject);
  if (!found) {
    return found.error();
  }
  return *found ? std::optional{std::move((*found)->message)} : std::nullopt;
}

status nats_input_feed::trim(std::uint64_t first_kept) {
  const auto now = state();
  if (!now) {
    return now.error();
  }
  // A stream that is purged to empty may forget its last sequence on old servers.
  const auto first = std::min(first_kept, now->last_sequence);
  if (first <= now->first_sequence) {
    return nothing{};
  }
  const auto subject = "$JS.API.STREAM.PURGE." + stream_;
  const auto body = nlohmann::json{{"seq", first}}.dump();
  administration_->request_async(subject.c_str(), {}, body, limits::trim_timeout,
                                 [](const result<std::string>&) {});
  return nothing{};
}

std::optional<std::uint64_t> nats_input_feed::begin() {
  std::uint64_t wanted_before = 0;
  {
    const std::lock_guard lock(mutex_);
    if (broken_) {
      return std::nullopt;
    }
    wanted_before = wanted_;
  }
  const auto now = api::find_stream(*connection_, stream_);
  if (!now) {
    return std::nullopt;
  }
  std::unique_lock lock(mutex_);
  if (const auto cause = cause_of_break(*now, wanted_before)) {
    break_off(*cause);
    lock.unlock();
    tell_available();
    return std::nullopt;
  }
  if (suspicions_ > 0) {
    return std::nullopt;
  }
  const auto wanted = wanted_;
  const auto last = last_;
  lock.unlock();
  if (!last || last->sequence < (*now)->first_sequence) {
    return wanted;
  }
  const auto found = read(last->sequence);
  if (!found) {
    return std::nullopt;
  }
  if (!*found || (*found)->stored_at == last->stored_at) {
    return wanted;
  }
  lock.lock();
  break_off("stream " + stream_ + " lost its end and was filled again: message " +
            std::to_string(last->sequence) + " is not the one that was read");
  lock.unlock();
  tell_available();
  return std::nullopt;
}

/// Under the lock. Counts what needs a second answer to be believed. What was wanted before the
/// stream was asked tells what it must have had: more may have come since.
std::optional<std::string> nats_input_feed::cause_of_break(const std::optional<stream_state>& now,
                                                           std::uint64_t wanted_before) {
  std::string doubt;
  if (!now) {
    doubt = "it does not exist";
  } else if (created_ && *created_ != now->created) {
    return "stream " + stream_ + " was deleted and created again while it was read";
  } else if (now->first_sequence > wanted_) {
    return "stream " + stream_ + " keeps only messages from " +
           std::to_string(now->first_sequence) + " on, but " + std::to_string(wanted_) +
           " was to be read next";
  } else if (now->last_sequence + 1 < wanted_before) {
    doubt = "it ends at " + std::to_string(now->last_sequence) + ", but " +
            std::to_string(wanted_before - 1) + " had been read from it";
  } else {
    created_ = now->created;
  }
  suspicions_ = doubt.empty() ? 0 : suspicions_ + 1;
  if (suspicions_ < suspicions_max) {
    return std::nullopt;
  }
  return "stream " + stream_ + " is not the one that was read: " + doubt;
}

/// Under the lock.
void nats_input_feed::break_off(std::string why) {
  broken_ = failure{std::move(why)};
  notify_due_ = notify_due_ || held_.empty();
}

bool nats_input_feed::accept(const incoming& message, const delivery& from) {
  const std::lock_guard lock(mutex_);
  if (broken_) {
    return false;
  }
  const bool first_of_consumer = from.consumer_sequence == 1;
  if (filter_.empty()) {
    if (from.stream_sequence != wanted_) {
      if (first_of_consumer) {
        break_off("message " + std::to_string(wanted_) + " is missing from stream " + stream_ +
                  ", which goes on at " + std::to_string(from.stream_sequence));
      }
      return false;
    }
  } else if (!first_of_consumer && from.consumer_sequence != consumer_sequence_ + 1) {
    return false;
  }
  consumer_sequence_ = from.consumer_sequence;
  wanted_ = from.stream_sequence + 1;
  last_ = {from.stream_sequence, from.stored_at};
  notify_due_ = notify_due_ || held_.empty();
  const auto own_id = message.header(wire::command_id_header);
  held_.push_back({.sequence = from.stream_sequence,
                   .stored_at = from.stored_at,
                   .subject = std::string(message.subject()),
                   .id = std::string(own_id.empty() ? message.header("Nats-Msg-Id") : own_id),
                   .content_type = std::string(message.header("Content-Type")),
                   .trace = std::string(message.header("traceparent")),
                   .body = std::string(message.body())});
  return true;
}

void nats_input_feed::tell_available() {
  std::unique_lock lock(mutex_);
  if (!std::exchange(notify_due_, false)) {
    return;
  }
  const auto on_available = on_available_;
  lock.unlock();
  if (on_available) {
    on_available();
  }
}

} // namespace dispatch::nats
