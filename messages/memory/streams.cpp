#include "messages/memory/streams.hpp"

#include "messages/memory/call.hpp"

#include <algorithm>
#include <utility>

namespace dispatch::memory {

namespace {

stream_state state_of(const fenced_stream& stream) {
  stream_state s;
  s.first_sequence = stream.first_sequence();
  s.last_sequence = stream.last_sequence();
  s.messages = s.last_sequence + 1 - s.first_sequence;
  s.last_stored = stream.last_stored();
  return s;
}

} // namespace

void log::append(std::string bytes, std::uint64_t expected_last, std::string id,
                 std::function<void(append_result)> done) {
  if (!begin(*by_, connection::call::append)) {
    return;
  }
  auto outcome =
      stream_->write({{}, std::move(id), std::move(bytes), by_->name}, expected_last, done);
  if (outcome) {
    done(std::move(*outcome));
  }
}

result<stream_state> log::state() {
  if (!begin(*by_, connection::call::read)) {
    return gone;
  }
  auto s = state_of(*stream_);
  if (server_time) {
    s.last_stored = server_time;
  }
  return s;
}

result<std::optional<std::string>> log::read(std::uint64_t sequence) {
  if (!begin(*by_, connection::call::read)) {
    return gone;
  }
  auto found = stream_->at(sequence);
  return found ? std::optional{std::move(found->body)} : std::nullopt;
}

status log::scan(std::uint64_t first, std::uint64_t last,
                 const std::function<bool(std::uint64_t, std::string_view)>& visit) {
  if (!begin(*by_, connection::call::read)) {
    return gone;
  }
  for (auto sequence = first; sequence <= last; ++sequence) {
    const auto found = stream_->at(sequence);
    if (!found) {
      return failure{"the log has no message at sequence " + std::to_string(sequence)};
    }
    if (!visit(sequence, found->body)) {
      break;
    }
  }
  return nothing{};
}

status log::trim(std::uint64_t first_kept) {
  if (!begin(*by_, connection::call::keep)) {
    return gone;
  }
  stream_->trim(first_kept);
  return nothing{};
}

namespace {

/// A batch on its way into the stream, event by event.
struct publication : std::enable_shared_from_this<publication> {
  std::shared_ptr<fenced_stream> stream;
  std::string sender;
  std::vector<announcement> events;
  std::uint64_t expected_last = 0;
  std::function<void(publish_result)> done;
  std::size_t next = 0;

  void go_on() {
    while (next < events.size()) {
      auto& e = events[next];
      auto outcome =
          stream->write({std::move(e.subject), std::move(e.id), std::move(e.body), sender},
                        expected_last, [self = shared_from_this()](const append_result& late) {
                          if (self->accept(late)) {
                            self->go_on();
                          }
                        });
      if (!outcome || !accept(*outcome)) {
        return;
      }
    }
    done({publish_outcome::stored, expected_last, {}});
  }

  /// False when the batch has ended with this event.
  bool accept(const append_result& written) {
    switch (written.outcome) {
    case append_outcome::stored:
      ++next;
      ++expected_last;
      return true;
    case append_outcome::conflict:
      done({publish_outcome::conflict, 0, written.detail});
      return false;
    case append_outcome::full:
      done({publish_outcome::full, 0, written.detail});
      return false;
    case append_outcome::unknown:
      break;
    }
    done({publish_outcome::unknown, 0, written.detail});
    return false;
  }
};

} // namespace

void sink::publish(std::vector<announcement> events, std::uint64_t expected_last,
                   std::function<void(publish_result)> done) {
  if (!begin(*by_, connection::call::publish)) {
    return;
  }
  auto batch = std::make_shared<publication>();
  batch->stream = stream_;
  batch->sender = by_->name;
  batch->events = std::move(events);
  batch->expected_last = expected_last;
  batch->done = std::move(done);
  batch->go_on();
}

result<stream_state> sink::tail() {
  if (!begin(*by_, connection::call::read)) {
    return gone;
  }
  return state_of(*stream_);
}

result<std::optional<std::string>> sink::id_at(std::uint64_t sequence) {
  if (!begin(*by_, connection::call::read)) {
    return gone;
  }
  auto message = stream_->at(sequence);
  return message ? std::optional{std::move(message->id)} : std::nullopt;
}

std::uint64_t input_stream::publish(std::string subject, std::string body, timestamp now,
                                    std::string id, std::string content_type, std::string trace) {
  std::vector<std::function<void()>> listeners;
  std::uint64_t sequence = 0;
  {
    const std::scoped_lock lock{mutex_};
    sequence = ++last_;
    messages_.emplace(sequence,
                      stored_message{sequence, now, std::move(subject), std::move(id),
                                     std::move(content_type), std::move(trace), std::move(body)});
    for (const auto& [who, notify] : listeners_) {
      listeners.push_back(notify);
    }
  }
  for (const auto& notify : listeners) {
    notify();
  }
  return sequence;
}

void input_stream::purge_before(std::uint64_t first_kept) {
  const std::scoped_lock lock{mutex_};
  messages_.erase(messages_.begin(), messages_.lower_bound(first_kept));
}

void input_stream::erase(std::uint64_t sequence) {
  const std::scoped_lock lock{mutex_};
  messages_.erase(sequence);
}

void input_stream::recreate(timestamp created) {
  const std::scoped_lock lock{mutex_};
  messages_.clear();
  last_ = 0;
  created_ = created;
}

void input_stream::truncate(std::uint64_t keep) {
  const std::scoped_lock lock{mutex_};
  messages_.erase(messages_.upper_bound(keep), messages_.end());
  last_ = std::min(last_, keep);
}

std::vector<stored_message> input_stream::after(std::uint64_t sequence, std::size_t most) const {
  const std::scoped_lock lock{mutex_};
  std::vector<stored_message> list;
  for (auto i = messages_.upper_bound(sequence); i != messages_.end() && list.size() < most; ++i) {
    list.push_back(i->second);
  }
  return list;
}

std::optional<stored_message> input_stream::at(std::uint64_t sequence) const {
  const std::scoped_lock lock{mutex_};
  const auto found = messages_.find(sequence);
  return found == messages_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<stored_message> input_stream::newest_on(const std::string& subject) const {
  const auto any = subject.ends_with(".*");
  const auto fits = [&](const std::string& one) {
    return any ? one.substr(0, one.rfind('.') + 1) + "*" == subject : one == subject;
  };
  const std::scoped_lock lock{mutex_};
  const auto found = std::find_if(messages_.rbegin(), messages_.rend(),
                                  [&](const auto& kept) { return fits(kept.second.subject); });
  return found == messages_.rend() ? std::nullopt : std::optional{found->second};
}

stream_state input_stream::state() const {
  const std::scoped_lock lock{mutex_};
  stream_state s;
  s.first_sequence = messages_.empty() ? last_ + 1 : messages_.begin()->first;
  s.last_sequence = last_;
  s.messages = messages_.size();
  s.created = created_;
  return s;
}

void input_stream::subscribe(const void* who, std::function<void()> notify) {
  const std::scoped_lock lock{mutex_};
  listeners_.insert_or_assign(who, std::move(notify));
}

void input_stream::unsubscribe(const void* who) {
  const std::scoped_lock lock{mutex_};
  listeners_.erase(who);
}

void feed::start(std::uint64_t after, std::function<void()> on_available) {
  {
    const std::scoped_lock lock{mutex_};
    position_ = after;
    running_ = true;
  }
  stream_->subscribe(this, on_available);
  on_available();
}

input_feed::batch feed::take(std::size_t messages_max, std::size_t bytes_max) {
  const std::scoped_lock lock{mutex_};
  batch taken;
  if (!running_) {
    return taken;
  }
  if (stream_->state().last_sequence < position_) {
    taken.broken = failure{"the input stream lost its end"};
    return taken;
  }
  std::size_t bytes = 0;
  for (auto& message : stream_->after(position_, messages_max)) {
    bytes += message.body.size();
    if (bytes > bytes_max && !taken.messages.empty()) {
      break;
    }
    if (message.sequence != position_ + 1) {
      taken.broken =
          failure{"the input stream lost the command at sequence " + std::to_string(position_ + 1)};
      break;
    }
    position_ = message.sequence;
    taken.messages.push_back(std::move(message));
  }
  return taken;
}

void feed::ask_last_sequence(std::function<void(result<std::uint64_t>)> done) {
  done(stream_->state().last_sequence);
}

void feed::stop() {
  stream_->unsubscribe(this);
  const std::scoped_lock lock{mutex_};
  running_ = false;
}

result<stream_state> feed::state() { return stream_->state(); }

result<std::optional<stored_message>> feed::read(std::uint64_t sequence) {
  return stream_->at(sequence);
}

result<std::optional<stored_message>> feed::newest_on(const std::string& subject) {
  return stream_->newest_on(subject);
}

status feed::trim(std::uint64_t first_kept) {
  stream_->purge_before(first_kept);
  return nothing{};
}

void positions::publish(const std::string& rider, const place& at, timestamp now) {
  std::function<void()> notify;
  {
    const std::scoped_lock lock{mutex_};
    moved_.insert_or_assign(rider, rider_position{rider, at, now});
    notify = notify_;
  }
  if (notify) {
    notify();
  }
}

void positions::start(std::function<void()> on_available) {
  const std::scoped_lock lock{mutex_};
  notify_ = std::move(on_available);
}

std::vector<rider_position> positions::take(std::size_t riders_max) {
  const std::scoped_lock lock{mutex_};
  std::vector<rider_position> list;
  while (!moved_.empty() && list.size() < riders_max) {
    list.push_back(std::move(moved_.begin()->second));
    moved_.erase(moved_.begin());
  }
  return list;
}

void positions::stop() {
  const std::scoped_lock lock{mutex_};
  notify_ = {};
}

} // namespace dispatch::memory
