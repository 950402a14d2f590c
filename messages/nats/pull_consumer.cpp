#include "messages/nats/pull_consumer.hpp"

#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace dispatch::nats {

namespace {

using namespace std::chrono_literals;

/// One request asks for a quarter of the room, so that the next is under way before it is used up.
constexpr std::size_t request_messages = limits::feed_messages_max / 4;
constexpr std::size_t request_bytes = limits::feed_bytes_max / 4;

constexpr auto retry_min = 50ms;
constexpr auto retry_max = 1000ms;
constexpr auto check_min = 250ms;
constexpr auto check_max = 10000ms;
/// A cluster may place a consumer on a server that has just died; another attempt takes another
/// one.
constexpr auto consumer_timeout = 1000ms;
constexpr std::chrono::nanoseconds inactive_threshold = 30s;

std::uint64_t number_of(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

} // namespace

std::optional<delivery> parse_delivery(std::string_view reply) {
  constexpr std::string_view prefix = "$JS.ACK.";
  if (!reply.starts_with(prefix)) {
    return std::nullopt;
  }
  reply.remove_prefix(prefix.size());
  std::array<std::string_view, 10> tokens;
  std::size_t count = 0;
  for (; count < tokens.size(); ++count) {
    const auto dot = reply.find('.');
    tokens.at(count) = reply.substr(0, dot);
    if (dot == std::string_view::npos) {
      ++count;
      break;
    }
    reply.remove_prefix(dot + 1);
  }
  // stream, consumer, delivered, stream sequence, consumer sequence, time, pending; the longer
  // form begins with domain and account.
  const std::size_t stream = count == 7 ? 0 : 2;
  if (count != 7 && count < 9) {
    return std::nullopt;
  }
  const std::chrono::nanoseconds since_epoch(
      static_cast<std::int64_t>(number_of(tokens.at(stream + 5))));
  return delivery{.consumer = tokens.at(stream + 1),
                  .stream_sequence = number_of(tokens.at(stream + 3)),
                  .consumer_sequence = number_of(tokens.at(stream + 4)),
                  .stored_at = timestamp(std::chrono::duration_cast<duration>(since_epoch))};
}

pull_consumer::pull_consumer(std::shared_ptr<connection> on, std::string stream, std::string filter,
                             owner decides)
    : connection_(std::move(on)), stream_(std::move(stream)), filter_(std::move(filter)),
      owner_(std::move(decides)), inbox_(connection_->new_inbox()) {}

void pull_consumer::start() {
  // The consumer is of one server's memory; after a reconnect it may be another one.
  watch_ = connection_->watch([this](bool connected) {
    if (connected) {
      wake(stale_);
    }
  });
  thread_ = std::thread([this] { run(); });
}

pull_consumer::~pull_consumer() { stop(); }

void pull_consumer::stop() {
  const std::lock_guard lock(stop_mutex_);
  wake(stopping_);
  watch_.reset();
  if (thread_.joinable()) {
    thread_.join();
  }
  subscription_.reset();
}

void pull_consumer::wake(bool& flag) {
  {
    const std::lock_guard lock(mutex_);
    flag = true;
  }
  changed_.notify_all();
}

bool pull_consumer::exists() const {
  const std::lock_guard lock(mutex_);
  return !consumer_.empty();
}

void pull_consumer::release(std::size_t messages, std::size_t bytes) {
  std::unique_lock lock(mutex_);
  held_ -= messages;
  held_bytes_ -= bytes;
  const bool room = has_room();
  lock.unlock();
  if (room) {
    changed_.notify_all();
  }
}

bool pull_consumer::has_room() const {
  return held_ + requested_ + request_messages <= limits::feed_messages_max &&
         held_bytes_ + request_bytes <= limits::feed_bytes_max;
}

void pull_consumer::run() {
  auto retry_after = retry_min;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    stale_ = false;
    lock.unlock();
    const auto first = owner_.begin();
    const bool created = first && create(*first);
    lock.lock();
    if (created) {
      const auto arrivals_before = arrivals_;
      lock.unlock();
      pump();
      forget_consumer();
      lock.lock();
      stale_ = false;
      if (arrivals_ != arrivals_before) {
        retry_after = retry_min;
        continue;
      }
    }
    changed_.wait_for(lock, retry_after, [this] { return stopping_ || stale_; });
    retry_after = std::min(retry_after * 2, std::chrono::milliseconds(retry_max));
  }
}

bool pull_consumer::create(std::uint64_t first) {
  if (!subscription_) {
    auto made = connection_->subscribe(inbox_ + ".*",
                                       [this](const incoming& message) { on_message(message); });
    if (!made) {
      if (owner_.failed) {
        owner_.failed(made.error().what);
      }
      return false;
    }
    subscription_ = std::move(*made);
  }
  nlohmann::json config = {{"ack_policy", "none"},
                           {"replay_policy", "instant"},
                           {"mem_storage", true},
                           {"num_replicas", 1},
                           {"inactive_threshold", inactive_threshold.count()}};
  if (first == 0) {
    config["deliver_policy"] = "last_per_subject";
  } else {
    config["deliver_policy"] = "by_start_sequence";
    config["opt_start_seq"] = first;
  }
  if (!filter_.empty()) {
    config["filter_subject"] = filter_;
  }
  const auto made =
      api::call_or_fail(*connection_, "CONSUMER.CREATE." + stream_,
                        {{"stream_name", stream_}, {"config", config}}, consumer_timeout);
  if (!made) {
    return false;
  }
  const auto name = nlohmann::json::parse(made->body).value("name", "");
  const std::lock_guard lock(mutex_);
  consumer_ = name;
  reply_to_ = inbox_ + "." + std::to_string(++generation_);
  requested_ = 0;
  lagged_before_ = false;
  return !name.empty();
}

void pull_consumer::pump() {
  std::chrono::milliseconds check_after = check_min;
  std::unique_lock lock(mutex_);
  const auto next_request = "$JS.API.CONSUMER.MSG.NEXT." + stream_ + "." + consumer_;
  const auto body =
      nlohmann::json({{"batch", request_messages}, {"max_bytes", request_bytes}}).dump();
  auto seen = arrivals_;
  auto check_at = clock::now() + check_after;
  while (!stopping_ && !stale_) {
    if (has_room()) {
      requested_ += request_messages;
      lock.unlock();
      const bool sent =
          bool(connection_->publish(next_request.c_str(), reply_to_.c_str(), {}, body));
      lock.lock();
      stale_ = stale_ || !sent;
      continue;
    }
    changed_.wait_until(lock, check_at, [this] { return stopping_ || stale_ || has_room(); });
    if (clock::now() < check_at) {
      continue;
    }
    if (arrivals_ != seen || requested_ == 0) {
      seen = arrivals_;
      check_after = check_min;
      lagged_before_ = false;
    } else {
      lock.unlock();
      const bool good = healthy();
      lock.lock();
      stale_ = stale_ || (!good && arrivals_ == seen);
      check_after = lagged_before_
                        ? check_min
                        : std::min(check_after * 2, std::chrono::milliseconds(check_max));
    }
    check_at = clock::now() + check_after;
  }
}

/// Whether it is right that nothing comes, though messages are requested.
bool pull_consumer::healthy() {
  if (!owner_.begin()) {
    return false;
  }
  // The stream has just answered; of a consumer on a server that died nothing is heard.
  const auto info = api::call_or_fail(*connection_, "CONSUMER.INFO." + stream_ + "." + consumer_,
                                      nlohmann::json::object(), consumer_timeout);
  if (!info) {
    return false;
  }
  const auto parsed = nlohmann::json::parse(info->body);
  if (parsed.value("num_waiting", 0) == 0) {
    return false;
  }
  // Once may be a message that is on its way right now.
  const bool lags = parsed.value("num_pending", std::uint64_t{0}) > 0;
  return !(lags && std::exchange(lagged_before_, lags));
}

void pull_consumer::forget_consumer() {
  std::unique_lock lock(mutex_);
  const auto consumer = std::exchange(consumer_, {});
  reply_to_.clear();
  lock.unlock();
  const auto subject = "$JS.API.CONSUMER.DELETE." + stream_ + "." + consumer;
  // When this does not arrive, the consumer goes by its inactive threshold.
  (void)connection_->publish(subject.c_str(), nullptr, {}, "");
}

void pull_consumer::on_message(const incoming& message) {
  const auto from = parse_delivery(message.reply());
  if (!from) {
    on_status(message);
    return;
  }
  std::unique_lock lock(mutex_);
  // What an earlier consumer had under way must not be mixed up with this one's.
  if (stale_ || consumer_.empty() || from->consumer != consumer_) {
    return;
  }
  ++arrivals_;
  requested_ -= std::min<std::size_t>(requested_, 1);
  if (!owner_.accept(message, *from)) {
    stale_ = true;
    lock.unlock();
    changed_.notify_all();
  } else {
    ++held_;
    held_bytes_ += message.body().size();
    lock.unlock();
  }
  owner_.arrived();
}

/// The end of a request, or of the consumer.
void pull_consumer::on_status(const incoming& message) {
  const auto code = message.header("Status");
  if (code.empty() || code == "100") {
    return;
  }
  const auto left = message.header("Nats-Pending-Messages");
  std::unique_lock lock(mutex_);
  if (message.subject() != reply_to_) {
    return;
  }
  if (left.empty()) {
    stale_ = true;
  } else {
    requested_ -= std::min<std::size_t>(requested_, number_of(left));
  }
  lock.unlock();
  changed_.notify_all();
}

} // namespace dispatch::nats
