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

status outbox::add(command what, told_handler done, clock::time_point until) {
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
  added.done = std::move(done);
  added.number = ++tally_.commands;
  if (until != clock::time_point::max()) {
    patience_.add(until, {id, added.number, 0});
  }
  queue_.push_back(id);
  return nothing{};
}

void outbox::give_up(clock::time_point now) {
  while (const auto over = patience_.take(now)) {
    const auto found = entries_.find(over->second.id);
    if (found != entries_.end() && found->second.number == over->second.number) {
      forget(found, nullptr);
    }
  }
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
  give_up(now);
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
  if (std::exchange(one.in_flight, false) && --in_flight_ == 0) {
    dead_early_.clear(); // They were others'.
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
  if (const auto early = dead_early_.find(sequence); early != dead_early_.end()) {
    bury(sequence, announced{early->second});
    return;
  }
  leave_flight(one);
  again_.add(now + settings_.again_without_outcome, {id, one.number, one.attempt});
}

void outbox::failed(const std::string& id, std::string why, clock::time_point now) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    return;
  }
  auto& one = found->second;
  leave_flight(one);
  one.hindrance = std::move(why);
  again_.add(std::max(now, one.sent + settings_.again_after_failure),
             {id, one.number, one.attempt});
}

void outbox::hear(const announced& message) {
  if (const auto* letter = std::get_if<dead_letter>(&message.what)) {
    bury(letter->sequence, message);
    return;
  }
  const auto& e = std::get<event>(message.what);
  const auto found = entries_.find(e.command_id);
  if (found != entries_.end() && (!found->second.target || *found->second.target == e.entity)) {
    end(e.command_id, message);
  }
}

void outbox::end(const std::string& id, const announced& outcome) {
  const auto found = entries_.find(id);
  if (found != entries_.end()) {
    ++tally_.outcomes;
    forget(found, &outcome);
  }
}

void outbox::bury(std::uint64_t sequence, const announced& letter) {
  if (const auto at = by_sequence_.find(sequence); at != by_sequence_.end()) {
    ++tally_.dead;
    forget(entries_.find(at->second), &letter);
  } else if (in_flight_ > 0) {
    dead_early_.insert_or_assign(sequence, letter);
    if (dead_early_.size() > settings_.in_flight_max) {
      dead_early_.erase(dead_early_.begin());
    }
  }
}

void outbox::forget(entries::iterator at, const announced* answer) {
  auto& one = at->second;
  leave_flight(one);
  if (one.done) {
    told what{one.sequence, {}, std::move(one.hindrance)};
    if (answer != nullptr) {
      what.answer = *answer;
    }
    calls_.push_back([done = std::move(one.done), what = std::move(what)] { done(what); });
  }
  by_sequence_.erase(one.sequence);
  entries_.erase(at);
}

std::optional<outbox::clock::time_point> outbox::next_due() const {
  const auto again = again_.next_due();
  const auto over = patience_.next_due();
  return again && over ? std::min(again, over) : again ? again : over;
}

} // namespace dispatch::client
