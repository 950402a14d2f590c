#include "cmd/client/follower.hpp"

#include "messages/limits.hpp"
#include "messages/wire/subjects.hpp"

#include <iterator>
#include <utility>

namespace dispatch::client {

namespace {

constexpr std::size_t messages_at_once = 256;

} // namespace

stream_reader::stream_reader(std::shared_ptr<nats::connection> on, const std::string& stream,
                             const std::string& filter, std::uint64_t after,
                             std::shared_ptr<bell> rung)
    : rung_(std::move(rung)), feed_(std::move(on), stream, filter) {
  feed_.start(after, [to = rung_] { to->ring(); });
}

stream_reader::~stream_reader() { feed_.stop(); }

result<std::vector<stored_message>> stream_reader::next(std::size_t messages_max,
                                                        steady::time_point until) {
  for (;;) {
    auto batch = feed_.take(messages_max, limits::feed_bytes_max);
    if (!batch.messages.empty()) {
      return std::move(batch.messages);
    }
    if (batch.broken) {
      return std::move(*batch.broken);
    }
    if (steady::now() >= until) {
      return std::vector<stored_message>{};
    }
    rung_->wait_until(until);
  }
}

follower::follower(std::shared_ptr<nats::connection> on, const std::string& root,
                   const std::string& zone, const std::string& filter, std::uint64_t after,
                   std::shared_ptr<bell> rung)
    : reader_(std::move(on), wire::output_stream(root, zone), filter, after, std::move(rung)) {}

result<std::optional<announced>> follower::next(steady::time_point until) {
  if (read_.empty()) {
    auto more = reader_.next(messages_at_once, until);
    if (!more) {
      return more.error();
    }
    read_.assign(std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
  }
  if (read_.empty()) {
    return std::optional<announced>{};
  }
  auto message = as_announced(std::move(read_.front()));
  read_.pop_front();
  if (!message) {
    return message.error();
  }
  return std::optional{std::move(*message)};
}

} // namespace dispatch::client
