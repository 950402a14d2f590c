#include "cmd/dispatch-bench/publisher.hpp"

#include "cmd/shared/exit_code.hpp"
#include "messages/nats/connection/publish_ack.hpp"

#include <array>
#include <cmath>
#include <thread>
#include <utility>

namespace dispatch::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t messages_per_answer = 64;
constexpr std::size_t answers_due_max = 128;
constexpr auto answer_timeout = 30s;
constexpr auto look_up_interval = 200ms;
constexpr double lateness_max = 0.02;

} // namespace

publisher::publisher(std::shared_ptr<nats::connection> on) : connection_(std::move(on)) {}

void publisher::send(const bench_command& command) {
  const std::array headers{nats::header{"Nats-Msg-Id", command.id.c_str()},
                           nats::header{"Content-Type", "application/protobuf"}};
  last_ = &command;
  if (++sent_ % messages_per_answer == 0) {
    wait_until_due(answers_due_max - 1);
    ask(command, headers);
  } else {
    cli::value_or_stop(
        connection_->publish(command.subject.c_str(), nullptr, headers, command.body),
        cli::exit_code::unavailable);
  }
}

void publisher::ask(const bench_command& command, std::span<const nats::header> headers) {
  {
    const std::lock_guard lock(answers_->mutex);
    ++answers_->due;
  }
  connection_->request_async(command.subject.c_str(), headers, command.body, answer_timeout,
                             [to = answers_](const result<std::string>& reply) {
                               const auto ack = reply ? nats::parse_publish_ack(*reply)
                                                      : result<nats::publish_ack>(reply.error());
                               const std::lock_guard lock(to->mutex);
                               --to->due;
                               if (!ack) {
                                 to->failed = ack.error().what;
                               } else if (ack->error_code != 0) {
                                 to->failed = ack->error;
                               }
                               to->changed.notify_one();
                             });
}

void publisher::wait_until_due(std::size_t at_most) {
  std::unique_lock lock(answers_->mutex);
  while (!answers_->changed.wait_for(lock, look_up_interval,
                                     [&] { return answers_->due <= at_most; })) {
    stop_if_interrupted();
  }
  if (answers_->failed) {
    throw cli::stop(cli::exit_code::failed, "a command was not stored: " + *answers_->failed);
  }
}

void publisher::finish() {
  if (sent_ % messages_per_answer != 0) {
    // Once more under its own id: the stream answers when it has come to the first one.
    const std::array headers{nats::header{"Nats-Msg-Id", last_->id.c_str()},
                             nats::header{"Content-Type", "application/protobuf"}};
    ask(*last_, headers);
  }
  wait_until_due(0);
}

void publish_all(const std::shared_ptr<nats::connection>& on,
                 std::span<const bench_command> commands) {
  publisher to{on};
  for (const auto& command : commands) {
    to.send(command);
  }
  to.finish();
}

steady::time_point paced::due(std::size_t index) const {
  const auto after_ms = std::ceil(static_cast<double>(index + 1) * 1000.0 / per_second);
  return began + std::chrono::milliseconds{static_cast<std::int64_t>(after_ms)};
}

paced publish_paced(const std::shared_ptr<nats::connection>& on,
                    std::span<const bench_command> commands, double per_second) {
  publisher to{on};
  paced done{.began = steady::now(), .per_second = per_second, .rate_reached = false};
  auto reached = done.began;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (const auto due = done.due(i); due > reached) {
      stop_if_interrupted();
      std::this_thread::sleep_until(due);
      reached = due;
    }
    to.send(commands[i]);
  }
  const auto planned = seconds_between(done.began, reached);
  done.rate_reached = seconds_between(done.began, steady::now()) <= planned * (1 + lateness_max);
  to.finish();
  return done;
}

} // namespace dispatch::bench
