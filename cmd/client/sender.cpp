#include "cmd/client/sender.hpp"

#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/subjects.hpp"

#include <algorithm>
#include <utility>

namespace dispatch::client {

sender::sender(std::shared_ptr<nats::connection> on, sender_settings settings,
               std::shared_ptr<bell> rung)
    : on_(std::move(on)), settings_(std::move(settings)),
      box_(std::make_shared<box>(settings_.sending, std::move(rung))) {
  if (settings_.after) {
    follower_.emplace(on_, settings_.sending.root, settings_.zone, "", *settings_.after,
                      box_->rung);
  } else {
    listen_again();
  }
}

void sender::listen_again() {
  const auto& root = settings_.sending.root;
  const auto kept = nats::api::state_of(*on_, wire::output_stream(root, settings_.zone));
  const auto first = kept ? kept->first_sequence : 1;
  follower_.emplace(on_, root, settings_.zone, "", std::max<std::uint64_t>(first, 1) - 1,
                    box_->rung);
}

status sender::tell(command command) {
  const std::scoped_lock lock{box_->mutex};
  auto added = box_->commands.add(std::move(command));
  box_->rung->ring();
  return added;
}

status sender::work() {
  send_due();
  return take_in();
}

void sender::send_due() {
  std::vector<std::shared_ptr<const command>> due;
  {
    const std::scoped_lock lock{box_->mutex};
    due = box_->commands.due(steady::now());
  }
  for (const auto& each : due) {
    store_async(*on_, *each, settings_.stored_within,
                [to = box_, id = each->name()](const result<nats::publish_ack>& ack) {
                  {
                    const std::scoped_lock lock{to->mutex};
                    if (ack && ack->error_code == 0) {
                      to->commands.stored(id, ack->sequence, steady::now());
                    } else {
                      to->commands.failed(id, steady::now());
                    }
                  }
                  to->rung->ring();
                });
  }
}

status sender::take_in() {
  for (std::size_t taken = 0; taken < limits::feed_messages_max; ++taken) {
    const auto message = follower_->next({});
    if (!message) {
      return message.error();
    }
    if (!*message) {
      return nothing{};
    }
    take(**message);
  }
  box_->rung->ring(); // There may be more.
  return nothing{};
}

void sender::take(const announced& message) {
  if (settings_.hear) {
    settings_.hear(message);
  }
  const auto is_judged = settings_.ends && std::holds_alternative<event>(message.what);
  const auto ended = is_judged ? settings_.ends(message) : std::string{};
  const std::scoped_lock lock{box_->mutex};
  if (is_judged) {
    box_->commands.end(ended);
  } else {
    box_->commands.hear(message);
  }
}

std::optional<steady::time_point> sender::next_due() const {
  const std::scoped_lock lock{box_->mutex};
  return box_->commands.next_due();
}

std::size_t sender::waiting() const {
  const std::scoped_lock lock{box_->mutex};
  return box_->commands.waiting();
}

outbox_tally sender::tally() const {
  const std::scoped_lock lock{box_->mutex};
  return box_->commands.tally();
}

} // namespace dispatch::client
