#include "cmd/client/bulk_publisher.hpp"

#include "cmd/client/command.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace dispatch::client {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t messages_per_answer = 64;
constexpr std::size_t answers_due_max = 128;
constexpr auto answer_timeout = 30s;
constexpr auto look_up_interval = 200ms;

std::array<nats::header, 2> headers_of(const bulk_command& command) {
  return {{{"Nats-Msg-Id", command.id.c_str()}, {"Content-Type", protobuf_type}}};
}

} // namespace

bulk_publisher::bulk_publisher(std::shared_ptr<nats::connection> on,
                               std::function<void()> meanwhile)
    : connection_(std::move(on)), meanwhile_(std::move(meanwhile)) {}

status bulk_publisher::send(const bulk_command& command) {
  last_ = &command;
  if (++sent_ % messages_per_answer != 0) {
    return connection_->publish(command.subject.c_str(), nullptr, headers_of(command),
                                command.body);
  }
  auto waited = wait_until_due(answers_due_max - 1);
  ask(command);
  return waited;
}

void bulk_publisher::ask(const bulk_command& command) {
  {
    const std::lock_guard lock(answers_->mutex);
    ++answers_->due;
  }
  connection_->request_async(command.subject.c_str(), headers_of(command), command.body,
                             answer_timeout, [to = answers_](const result<std::string>& reply) {
                               const auto ack = reply ? nats::parse_publish_ack(*reply)
                                                      : result<nats::publish_ack>(reply.error());
                               const std::lock_guard lock(to->mutex);
                               --to->due;
                               if (!ack) {
                                 to->failed = ack.error();
                               } else if (ack->error_code != 0) {
                                 to->failed = failure{ack->error};
                               }
                               to->changed.notify_one();
                             });
}

status bulk_publisher::wait_until_due(std::size_t at_most) {
  std::unique_lock lock(answers_->mutex);
  while (!answers_->changed.wait_for(lock, look_up_interval,
                                     [&] { return answers_->due <= at_most; })) {
    lock.unlock();
    meanwhile_();
    lock.lock();
  }
  if (answers_->failed) {
    return failure{"a command was not stored: " + answers_->failed->what};
  }
  return nothing{};
}

status bulk_publisher::finish() {
  if (sent_ % messages_per_answer != 0) {
    // Once more under its own id: the stream answers when it has come to the first one.
    ask(*last_);
  }
  return wait_until_due(0);
}

} // namespace dispatch::client
