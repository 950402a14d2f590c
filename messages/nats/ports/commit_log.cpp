#include "messages/nats/ports/commit_log.hpp"

#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/nats/connection/server_info.hpp"
#include "messages/nats/ports/input_feed.hpp"
#include "messages/nats/stream_admin.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>

namespace dispatch::nats {

namespace {

using clock = std::chrono::steady_clock;

/// The limit may change meanwhile, but leaves more room than that (`dispatchctl zone resize`).
constexpr std::int64_t ask_room_after_bytes = std::int64_t{1} << 18;
constexpr std::chrono::seconds ask_room_after{1};
/// Of a record: its subject, its headers, and what the server adds to them, all below that.
constexpr std::int64_t around_record_bytes = 512;

append_result result_of(const result<std::string>& reply) {
  if (!reply) {
    return {.outcome = append_outcome::unknown, .sequence = 0, .detail = reply.error().what};
  }
  const auto ack = parse_publish_ack(*reply);
  if (!ack) {
    return {.outcome = append_outcome::unknown, .sequence = 0, .detail = ack.error().what};
  }
  switch (verdict_of(*ack)) {
  case ack_verdict::stored:
    return {.outcome = append_outcome::stored, .sequence = ack->sequence, .detail = {}};
  case ack_verdict::conflict:
    return {.outcome = append_outcome::conflict,
            .sequence = last_sequence_of_conflict(ack->error),
            .detail = ack->error};
  case ack_verdict::full:
    return {.outcome = append_outcome::full, .sequence = 0, .detail = ack->error};
  case ack_verdict::refused:
    break;
  }
  return {.outcome = append_outcome::unknown, .sequence = 0, .detail = ack->error};
}

} // namespace

nats_commit_log::nats_commit_log(std::shared_ptr<connection> on, std::string stream,
                                 std::string subject,
                                 const std::shared_ptr<connection>& administration)
    : connection_(std::move(on)), administration_(administration ? administration : connection_),
      stream_(std::move(stream)), subject_(std::move(subject)) {}

void nats_commit_log::room::note(std::string_view info, std::int64_t appended_then) {
  const auto found = parse_stream_description(info);
  if (!found) {
    return;
  }
  const auto bytes_max = found->settings.bytes_max;
  appended_max = bytes_max == 0
                     ? std::numeric_limits<std::int64_t>::max()
                     : appended_then + bytes_max - static_cast<std::int64_t>(found->state.bytes);
}

void nats_commit_log::ask_room() {
  room_->ask_at = room_->appended + ask_room_after_bytes;
  room_->ask_after = clock::now() + ask_room_after;
  connection_->request_async(
      ("$JS.API.STREAM.INFO." + stream_).c_str(), {}, "", limits::port_timeout,
      [to = room_, then = room_->appended.load()](const result<std::string>& reply) {
        if (reply) {
          to->note(*reply, then);
        }
      });
}

void nats_commit_log::append(std::string bytes, std::uint64_t expected_last, std::string id,
                             std::function<void(append_result)> done) {
  const auto size = static_cast<std::int64_t>(bytes.size()) + around_record_bytes;
  if (room_->appended + size > room_->appended_max) {
    ask_room();
    done({.outcome = append_outcome::full, .sequence = 0, .detail = "maximum bytes exceeded"});
    return;
  }
  if (room_->appended >= room_->ask_at || clock::now() >= room_->ask_after.load()) {
    ask_room();
  }
  room_->appended += size;
  const auto expected = std::to_string(expected_last);
  const std::array headers{header{"Nats-Expected-Stream", stream_.c_str()},
                           header{"Nats-Expected-Last-Sequence", expected.c_str()},
                           header{"Nats-Msg-Id", id.c_str()}};
  connection_->request_async(
      subject_.c_str(), headers, bytes, limits::port_timeout,
      [done = std::move(done)](const result<std::string>& reply) { done(result_of(reply)); });
}

result<stream_state> nats_commit_log::state() {
  ask_room();
  return api::state_of(*connection_, stream_);
}

result<std::optional<std::string>> nats_commit_log::read(std::uint64_t sequence) {
  auto found = api::message_at(*connection_, stream_, sequence);
  if (!found) {
    return found.error();
  }
  if (!*found) {
    return std::optional<std::string>();
  }
  return std::optional(std::move((*found)->body));
}

status nats_commit_log::scan(std::uint64_t first, std::uint64_t last,
                             const std::function<bool(std::uint64_t, std::string_view)>& visit) {
  if (first > last) {
    return nothing{};
  }
  std::mutex mutex;
  std::condition_variable changed;
  bool available = false;
  nats_input_feed feed(connection_, stream_);
  feed.start(first - 1, [&] {
    const std::lock_guard lock(mutex);
    available = true;
    changed.notify_all();
  });
  for (;;) {
    const auto batch = feed.take(limits::batch_commands, limits::feed_bytes_max);
    for (const auto& message : batch.messages) {
      if (!visit(message.sequence, message.body) || message.sequence == last) {
        return nothing{};
      }
    }
    if (batch.broken) {
      return *batch.broken;
    }
    if (!batch.messages.empty()) {
      continue;
    }
    std::unique_lock lock(mutex);
    if (!changed.wait_for(lock, limits::port_timeout, [&] { return available; })) {
      return failure{"reading stream " + stream_ + " up to " + std::to_string(last) +
                     ": nothing came in time; is the server well, and that sequence stored?"};
    }
    available = false;
  }
}

status nats_commit_log::trim(std::uint64_t first_kept) {
  const auto found = describe_stream(*administration_, stream_);
  if (!found) {
    return found.error();
  }
  if (auto refusal = refusal_to_trim(administration_->server_version(), found->settings.replicas)) {
    return failure{"stream " + stream_ + " is not trimmed: " + *refusal};
  }
  // A stream that is purged to empty may forget its last sequence on old servers.
  const auto first = std::min(first_kept, found->state.last_sequence);
  if (first <= found->state.first_sequence) {
    return nothing{};
  }
  const auto reply =
      administration_->request("$JS.API.STREAM.PURGE." + stream_,
                               nlohmann::json{{"seq", first}}.dump(), limits::trim_timeout);
  if (!reply) {
    return reply.error();
  }
  if (nlohmann::json::parse(*reply, nullptr, false).value("success", false)) {
    ask_room();
    return nothing{};
  }
  return failure{"JetStream does not trim stream " + stream_ + ": " + *reply};
}

} // namespace dispatch::nats
