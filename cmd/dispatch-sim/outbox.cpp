#include "cmd/dispatch-sim/outbox.hpp"

#include <utility>

namespace dispatch::sim {

outbox::outbox(outbox_settings settings, std::function<void(const outgoing&)> send)
    : settings_(std::move(settings)), send_(std::move(send)) {}

std::string outbox::add(std::string subject, std::string body) {
  auto id = settings_.sender + "." + std::to_string(++tally_.commands);
  entries_.emplace(id, entry{.what = {std::move(subject), id, std::move(body)}});
  queue_.push_back(id);
  return id;
}

void outbox::pump(clock::time_point now) {
  while (auto due = again_.take(now)) {
    const auto& [id, attempt] = due->second;
    const auto found = entries_.find(id);
    if (found != entries_.end() && found->second.attempt == attempt && !found->second.in_flight) {
      ++found->second.attempt; // so that a second retry planned for this attempt does nothing
      ++tally_.sent_again;
      queue_.push_back(id);
    }
  }
  while (in_flight_ < settings_.in_flight_max && !queue_.empty()) {
    const auto found = entries_.find(queue_.front());
    queue_.pop_front();
    if (found == entries_.end()) {
      continue;
    }
    ++found->second.attempt;
    found->second.in_flight = true;
    ++in_flight_;
    send_(found->second.what);
  }
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
  leave_flight(found->second);
  found->second.sequence = sequence;
  if (dead_early_.erase(sequence) > 0) {
    ++tally_.dead;
    forget(found);
    return;
  }
  by_sequence_[sequence] = id;
  again_.add(now + settings_.again_without_outcome, {id, found->second.attempt});
}

void outbox::failed(const std::string& id, clock::time_point now) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    return;
  }
  leave_flight(found->second);
  again_.add(now + settings_.again_after_failure, {id, found->second.attempt});
}

void outbox::outcome(const std::string& id) {
  const auto found = entries_.find(id);
  if (found != entries_.end()) {
    ++tally_.outcomes;
    forget(found);
  }
}

void outbox::dead_letter(std::uint64_t sequence) {
  const auto at = by_sequence_.find(sequence);
  if (at == by_sequence_.end()) {
    dead_early_.insert(sequence);
    return;
  }
  const auto found = entries_.find(at->second);
  if (found != entries_.end()) {
    ++tally_.dead;
    forget(found);
  }
}

void outbox::forget(std::unordered_map<std::string, entry>::iterator at) {
  leave_flight(at->second);
  by_sequence_.erase(at->second.sequence);
  entries_.erase(at);
}

} // namespace dispatch::sim
