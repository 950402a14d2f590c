#include "cmd/client/outbox.hpp"

#include <algorithm>
#include <utility>

namespace dispatch::client {

outbox_tally& outbox_tally::operator+=(const outbox_tally& other) {
  commands += other.commands;
  outcomes += other.outcomes;
  sent_again += other.sent_again;
  dead += other.dead;
  return *this;
}

status outbox::add(command what) {
  if (entries_.size() >= settings_.waiting_max) {
    return failure{std::to_string(entries_.size()) + " commands wait for their outcome already"};
  }
  const auto id = what.name();
  const auto [at, is_new] = entries_.try_emplace(id);
  if (!is_new) {
    return failure{"command " + id + " waits for its outcome already"};
  }
  auto& added = at->second;
  if (const auto read = wire::parse_command_subject(settings_.root, what.subject)) {
    added.target = read->target;
  }
  added.what = std::make_shared<const command>(std::move(what));
  added.number = ++tally_.commands;
  queue_.push_back(id);
  return nothing{};
}

void outbox::line_up_again(clock::time_point now) {
  while (const auto due = again_.take(now)) {
    const auto& [id, number, attempt] = due->second;
    const auto found = entries_.find(id);
    if (found != entries_.end() && found->second.number == number &&
        found->second.attempt == attempt && !found->second.in_flight) {
      ++found->second.attempt; // so that a second retry planned for this attempt does nothing
      ++tally_.sent_again;
      queue_.push_back(id);
    }
  }
}

std::vector<std::shared_ptr<const command>> outbox::due(clock::time_point now) {
  line_up_again(now);
  std::vector<std::shared_ptr<const command>> commands;
  while (in_flight_ < settings_.in_flight_max && !queue_.empty()) {
    const auto found = entries_.find(queue_.front());
    queue_.pop_front();
    if (found == entries_.end() || found->second.in_flight) {
      continue;
    }
    auto& next = found->second;
    ++next.attempt;
    next.in_flight = true;
    next.sent = now;
    ++in_flight_;
    commands.push_back(next.what);
  }
  return commands;
}

void outbox::leave_flight(entry& one) {
  if (std::exchange(one.in_flight, false)) {
    --in_flight_;
  }
}

void outbox::stored(const std::string& id, std::uint64_t sequence, clock::time_point now) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    return;
  }
  auto& one = found->second;
  by_sequence_.erase(one.sequence);
  by_sequence_[sequence] = id;
  one.sequence = sequence;
  if (dead_early_.erase(sequence) > 0) {
    bury(sequence);
    return;
  }
  leave_flight(one);
  again_.add(now + settings_.again_without_outcome, {id, one.number, one.attempt});
}

void outbox::failed(const std::string& id, clock::time_point now) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    return;
  }
  auto& one = found->second;
  leave_flight(one);
  again_.add(std::max(now, one.sent + settings_.again_after_failure),
             {id, one.number, one.attempt});
}

void outbox::hear(const announced& message) {
  if (const auto* letter = std::get_if<dead_letter>(&message.what)) {
    bury(letter->sequence);
    return;
  }
  const auto& e = std::get<event>(message.what);
  const auto found = entries_.find(e.command_id);
  if (found != entries_.end() && (!found->second.target || *found->second.target == e.entity)) {
    end(e.command_id);
  }
}

void outbox::end(const std::string& id) {
  const auto found = entries_.find(id);
  if (found != entries_.end()) {
    ++tally_.outcomes;
    forget(found);
  }
}

/// A letter may be heard before its command is known to be stored, also after the answer to an
/// earlier attempt was lost.
void outbox::bury(std::uint64_t sequence) {
  if (const auto at = by_sequence_.find(sequence); at != by_sequence_.end()) {
    ++tally_.dead;
    forget(entries_.find(at->second));
    return;
  }
  dead_early_.insert(sequence);
  if (dead_early_.size() > settings_.in_flight_max) {
    dead_early_.erase(dead_early_.begin());
  }
}

void outbox::forget(entries::iterator at) {
  leave_flight(at->second);
  by_sequence_.erase(at->second.sequence);
  entries_.erase(at);
}

} // namespace dispatch::client
