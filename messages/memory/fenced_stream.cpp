#include "messages/memory/fenced_stream.hpp"

#include <algorithm>
#include <utility>

namespace dispatch::memory {

append_result fenced_stream::store(message m, std::uint64_t expected_last) {
  if (remembers_ids_) {
    if (const auto known = ids_.find(m.id); known != ids_.end()) {
      return {append_outcome::stored, known->second, {}};
    }
  }
  if (messages_.size() != expected_last) {
    return {append_outcome::conflict, messages_.size(), "wrong last sequence"};
  }
  messages_.push_back(std::move(m));
  ids_.emplace(messages_.back().id, messages_.size());
  if (clock_) {
    last_stored_ = messages_.back().stored_at = clock_->now();
  }
  return {append_outcome::stored, messages_.size(), {}};
}

std::optional<append_result> fenced_stream::write(message m, std::uint64_t expected_last,
                                                  answer later) {
  const std::scoped_lock lock{mutex_};
  auto what = fault::none;
  if (!faults_.empty()) {
    what = faults_.front();
    faults_.erase(faults_.begin());
  }
  const append_result nothing_known{append_outcome::unknown, 0, "injected"};
  const auto sender = m.sender;
  switch (what) {
  case fault::none:
    return store(std::move(m), expected_last);
  case fault::lose_request:
    return nothing_known;
  case fault::lose_answer:
    store(std::move(m), expected_last);
    return nothing_known;
  case fault::delay:
    under_way_.push_back({sender, std::move(m), expected_last, {}, {}});
    return nothing_known;
  case fault::duplicate:
    under_way_.push_back({sender, m, expected_last, {}, {}});
    return store(std::move(m), expected_last);
  case fault::hold_request:
    under_way_.push_back({sender, std::move(m), expected_last, {}, std::move(later)});
    return std::nullopt;
  case fault::hold_answer:
    under_way_.push_back(
        {sender, std::nullopt, 0, store(std::move(m), expected_last), std::move(later)});
    return std::nullopt;
  case fault::full:
    return append_result{append_outcome::full, 0, "injected"};
  }
  return nothing_known;
}

std::vector<fenced_stream::message> fenced_stream::all() const {
  const std::scoped_lock lock{mutex_};
  return messages_;
}

std::uint64_t fenced_stream::first_sequence() const {
  const std::scoped_lock lock{mutex_};
  return first_;
}

void fenced_stream::trim(std::uint64_t first_kept) {
  const std::scoped_lock lock{mutex_};
  first_ = std::max(first_, std::min<std::uint64_t>(first_kept, messages_.size()));
}

void fenced_stream::expire() {
  const std::scoped_lock lock{mutex_};
  first_ = messages_.size() + 1;
}

std::uint64_t fenced_stream::last_sequence() const {
  const std::scoped_lock lock{mutex_};
  return messages_.size();
}

std::optional<timestamp> fenced_stream::last_stored() const {
  const std::scoped_lock lock{mutex_};
  return last_stored_;
}

void fenced_stream::set_clock(std::shared_ptr<const wall_clock> clock) {
  const std::scoped_lock lock{mutex_};
  clock_ = std::move(clock);
}

void fenced_stream::remember_ids() {
  const std::scoped_lock lock{mutex_};
  remembers_ids_ = true;
}

std::optional<fenced_stream::message> fenced_stream::at(std::uint64_t sequence) const {
  const std::scoped_lock lock{mutex_};
  if (sequence < first_ || sequence > messages_.size()) {
    return std::nullopt;
  }
  return messages_[sequence - 1];
}

void fenced_stream::inject(std::vector<fault> faults) {
  const std::scoped_lock lock{mutex_};
  faults_ = std::move(faults);
}

std::size_t fenced_stream::under_way() const {
  const std::scoped_lock lock{mutex_};
  return under_way_.size();
}

void fenced_stream::arrive(std::size_t n) {
  transit arrived;
  {
    const std::scoped_lock lock{mutex_};
    const auto at = under_way_.begin() + static_cast<std::ptrdiff_t>(n);
    arrived = std::move(*at);
    under_way_.erase(at);
    if (arrived.request) {
      arrived.outcome = store(std::move(*arrived.request), arrived.expected_last);
    }
  }
  if (arrived.tell) {
    arrived.tell(std::move(arrived.outcome));
  }
}

void fenced_stream::time_out(std::size_t n) {
  answer tell;
  {
    const std::scoped_lock lock{mutex_};
    const auto at = under_way_.begin() + static_cast<std::ptrdiff_t>(n);
    tell = std::exchange(at->tell, {});
    if (!at->request) {
      under_way_.erase(at);
    }
  }
  if (tell) {
    tell({append_outcome::unknown, 0, "no answer in time"});
  }
}

void fenced_stream::release_delayed() {
  for (auto left = under_way(); left > 0; --left) {
    arrive(0);
  }
}

void fenced_stream::forget_answers(const std::string& sender) {
  const std::scoped_lock lock{mutex_};
  std::erase_if(under_way_, [&](const transit& t) { return t.sender == sender && !t.request; });
  for (auto& t : under_way_) {
    if (t.sender == sender) {
      t.tell = {};
    }
  }
}

void fenced_stream::truncate(std::uint64_t keep) {
  const std::scoped_lock lock{mutex_};
  messages_.resize(std::min<std::size_t>(messages_.size(), keep));
  std::erase_if(ids_, [&](const auto& known) { return known.second > keep; });
}

} // namespace dispatch::memory
