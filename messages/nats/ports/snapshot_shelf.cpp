#include "messages/nats/ports/snapshot_shelf.hpp"

#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/subjects.hpp"
#include "messages/wire/zone/snapshot_manifest.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <set>

namespace dispatch::nats {

namespace {

using nlohmann::json;

constexpr std::chrono::seconds purge_timeout{60};

/// What a stream's answer to a publish means; empty: stored.
std::string problem_in(const result<std::string>& reply) {
  if (!reply) {
    return reply.error().what;
  }
  const auto ack = parse_publish_ack(*reply);
  return ack ? ack->error : ack.error().what;
}

/// Publishes of which only a few are unconfirmed at a time. Shared with answers that come late.
struct shipment : std::enable_shared_from_this<shipment> {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t in_flight = 0;
  std::string problem; ///< the first

  /// Waits for room; false: something went wrong.
  bool begin() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return in_flight < limits::snapshot_chunks_in_flight; });
    ++in_flight;
    return problem.empty();
  }

  void end(const result<std::string>& reply) {
    const std::lock_guard lock(mutex);
    --in_flight;
    if (problem.empty()) {
      problem = problem_in(reply);
    }
    changed.notify_all();
  }

  void drain() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return in_flight == 0; });
  }
};

} // namespace

nats_snapshot_shelf::nats_snapshot_shelf(std::shared_ptr<connection> on, const std::string& root,
                                         std::string zone)
    : connection_(std::move(on)), root_(root), zone_(std::move(zone)),
      stream_(wire::snapshot_stream(root)) {}

status nats_snapshot_shelf::put_chunks(std::uint64_t number, const byte_source& next) {
  const auto shipping = std::make_shared<shipment>();
  const std::array headers{header{"Nats-Expected-Stream", stream_.c_str()}};
  const wire::subjects names{root_};
  status taken = nothing{};
  for (std::uint32_t index = 0;; ++index) {
    auto part = next();
    if (!part || part->empty()) {
      taken = part ? taken : status{part.error()};
      break;
    }
    if (!shipping->begin()) {
      shipping->end(std::string{});
      break;
    }
    connection_->request_async(
        names.snapshot_chunk(zone_, number, index).c_str(), headers, *part, limits::port_timeout,
        [shipping](const result<std::string>& reply) { shipping->end(reply); });
  }
  shipping->drain();
  if (!taken || shipping->problem.empty()) {
    return taken;
  }
  return failure{"cannot store a snapshot in stream " + stream_ + ": " + shipping->problem};
}

status nats_snapshot_shelf::put_manifest(const snapshot_manifest& manifest) {
  const std::array headers{header{"Nats-Expected-Stream", stream_.c_str()}};
  const auto ack =
      connection_->publish_stored(wire::subjects{root_}.snapshot_manifest(zone_, manifest.number),
                                  headers, wire::encode_manifest(manifest), limits::port_timeout);
  if (!ack) {
    return ack.error();
  }
  return ack->error_code == 0 ? status{nothing{}}
                              : failure{"cannot store the manifest of a snapshot in stream " +
                                        stream_ + ": " + ack->error};
}

/// Subjects of which a message is kept; none without the stream.
result<std::vector<std::string>> nats_snapshot_shelf::subjects_below(const std::string& filter) {
  std::vector<std::string> found;
  for (;;) {
    const auto verb = "STREAM.INFO." + stream_;
    const auto reply =
        api::call(*connection_, verb, {{"subjects_filter", filter}, {"offset", found.size()}});
    if (!reply) {
      return reply.error();
    }
    if (reply->error_code == api::stream_not_found) {
      return found;
    }
    if (reply->error_code != 0) {
      return failure{"JetStream refuses " + verb + ": " + reply->error};
    }
    const auto subjects =
        json::parse(reply->body).value("state", json::object()).value("subjects", json::object());
    if (subjects.empty()) {
      return found;
    }
    for (const auto& [subject, messages] : subjects.items()) {
      found.push_back(subject);
    }
  }
}

result<std::vector<std::uint64_t>> nats_snapshot_shelf::begun() {
  const auto subjects = subjects_below(wire::subjects{root_}.snapshots_of_zone(zone_));
  if (!subjects) {
    return subjects.error();
  }
  std::set<std::uint64_t> numbers;
  for (const auto& subject : *subjects) {
    if (const auto parsed = wire::parse_snapshot_subject(root_, zone_, subject)) {
      numbers.insert(parsed->number);
    }
  }
  return std::vector(numbers.begin(), numbers.end());
}

result<std::vector<snapshot_manifest>> nats_snapshot_shelf::complete() {
  const auto numbers = begun();
  if (!numbers) {
    return numbers.error();
  }
  std::vector<snapshot_manifest> found;
  for (auto number = numbers->rbegin(); number != numbers->rend(); ++number) {
    const auto stored = api::last_message_on(
        *connection_, stream_, wire::subjects{root_}.snapshot_manifest(zone_, *number));
    if (!stored) {
      return stored.error();
    }
    if (!*stored) {
      continue;
    }
    auto manifest = wire::decode_manifest((*stored)->message.body);
    if (manifest && manifest->number == *number && manifest->zone == zone_) {
      found.push_back(std::move(*manifest));
    }
  }
  return found;
}

result<std::optional<std::string>> nats_snapshot_shelf::chunk(std::uint64_t number,
                                                              std::uint32_t index) {
  auto stored = api::last_message_on(*connection_, stream_,
                                     wire::subjects{root_}.snapshot_chunk(zone_, number, index));
  if (!stored) {
    return stored.error();
  }
  if (!*stored) {
    return std::optional<std::string>();
  }
  return std::optional(std::move((*stored)->message.body));
}

status nats_snapshot_shelf::remove(std::uint64_t number) {
  const wire::subjects names{root_};
  if (auto removed = purge(names.snapshot_manifest(zone_, number)); !removed) {
    return removed;
  }
  return purge(names.snapshot(zone_, number));
}

status nats_snapshot_shelf::purge(const std::string& filter) {
  const auto reply = connection_->request("$JS.API.STREAM.PURGE." + stream_,
                                          json{{"filter", filter}}.dump(), purge_timeout);
  if (!reply) {
    return reply.error();
  }
  if (json::parse(*reply, nullptr, false).value("success", false)) {
    return nothing{};
  }
  return failure{"JetStream does not remove " + filter + ": " + *reply};
}

} // namespace dispatch::nats
