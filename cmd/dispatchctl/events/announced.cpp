#include "cmd/dispatchctl/events/announced.hpp"

#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;
using json = nlohmann::ordered_json;

constexpr std::size_t taken_messages = 256;

/// root.out.zone.dead.reason has five tokens, an event has six.
bool is_dead_letter(std::string_view subject) {
  return std::count(subject.begin(), subject.end(), '.') == 4;
}

} // namespace

announced as_announced(std::uint64_t sequence, std::string_view subject, std::string body) {
  announced result{sequence, std::move(body), {}};
  if (is_dead_letter(subject)) {
    result.what = value_or_stop(wire::decode_dead_letter(result.body), exit_code::failed);
  } else {
    result.what = value_or_stop(wire::decode_event(result.body), exit_code::failed);
  }
  return result;
}

json to_json(const announced& message) {
  json shown = {{"sequence", message.sequence}};
  if (const auto* letter = std::get_if<dead_letter>(&message.what)) {
    shown["dead_letter"] = {{"input", letter->sequence},  {"at", cli::to_text(letter->at)},
                            {"subject", letter->subject}, {"reason", letter->reason},
                            {"detail", letter->detail},   {"excerpt", letter->excerpt}};
  } else {
    shown["event"] = event_name(std::get<event>(message.what).body);
    shown.update(json::parse(value_or_stop(wire::event_to_json(message.body), exit_code::failed)));
  }
  return shown;
}

output_reader::output_reader(std::shared_ptr<nats::connection> on, const std::string& root,
                             const std::string& zone, const std::string& filter,
                             std::uint64_t after)
    : feed_(std::move(on), wire::output_stream(root, zone), filter) {
  feed_.start(after, [this] {
    const std::scoped_lock lock{mutex_};
    available_ = true;
    changed_.notify_all();
  });
}

output_reader::~output_reader() { feed_.stop(); }

std::optional<announced> output_reader::next(clock::time_point until) {
  while (taken_.empty()) {
    {
      std::unique_lock lock{mutex_};
      if (!changed_.wait_until(lock, until, [this] { return available_; })) {
        return std::nullopt;
      }
      available_ = false;
    }
    auto batch = feed_.take(taken_messages, limits::feed_bytes_max);
    if (batch.broken) {
      throw stop(exit_code::failed, batch.broken->what);
    }
    if (!batch.messages.empty()) {
      const std::scoped_lock lock{mutex_};
      available_ = true; // There may be more, which is not told again.
    }
    std::ranges::move(batch.messages, std::back_inserter(taken_));
  }
  auto message = std::move(taken_.front());
  taken_.pop_front();
  return as_announced(message.sequence, message.subject, std::move(message.body));
}

} // namespace dispatch::ctl
