#include "persistence/memory_store.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <mutex>

namespace dispatch {

void memory_store::fail_next_write(std::string what) {
  const std::lock_guard lock{mutex_};
  next_write_ = failure{std::move(what)};
}

void memory_store::sync() {
  const std::lock_guard lock{mutex_};
  unsynced_.clear();
}

std::uint64_t memory_store::lose_last(std::uint64_t records) {
  const std::lock_guard lock{mutex_};
  const auto before = position_.number;
  while (!unsynced_.empty() && before - position_.number < records) {
    take_back(std::move(unsynced_.back()));
    unsynced_.pop_back();
  }
  return before - position_.number;
}

std::shared_ptr<memory_store> memory_store::copy() {
  auto other = std::make_shared<memory_store>();
  const std::shared_lock lock{mutex_};
  other->position_ = position_;
  other->announced_ = announced_;
  other->attempted_ = attempted_;
  other->entities_ = entities_;
  other->applied_ = applied_;
  other->journal_ = journal_;
  other->unsynced_ = unsynced_;
  other->next_write_ = next_write_;
  return other;
}

result<store_position> memory_store::position() {
  const std::shared_lock lock{mutex_};
  return position_;
}

status memory_store::write(std::span<const materialisation> records) {
  const std::lock_guard lock{mutex_};
  for (auto next = position_.number; const auto& record : records) {
    if (record.position.number != ++next) {
      return failure{"record " + std::to_string(record.position.number) +
                     " cannot be written where record " + std::to_string(next) + " is next"};
    }
  }
  if (auto error = std::exchange(next_write_, std::nullopt)) {
    return *error;
  }
  for (const auto& record : records) {
    apply(record);
  }
  return nothing{};
}

namespace {

void note_touched(std::vector<std::uint64_t>& touched, std::uint64_t number) {
  if (!touched.empty() && touched.back() == number) {
    return;
  }
  touched.push_back(number);
  if (touched.size() > limits::records_per_entity) {
    touched.erase(touched.begin());
  }
}

} // namespace

void memory_store::apply(const materialisation& record) {
  undo step{position_, announced_, record.applied.size(), {}};
  const auto number = record.position.number;
  for (const auto& row : record.entities) {
    const auto at = entities_.find(row.entity);
    step.entities.emplace_back(row.entity,
                               at == entities_.end() ? std::nullopt : std::optional{at->second});
    auto& entity = entities_[row.entity];
    entity.row.snapshot = row;
    entity.row.record = number;
    if (!row.live) {
      entity.row.waiting = waiting_reason::none;
    }
    note_touched(entity.touched, number);
  }
  for (const auto& row : record.waiting) {
    const auto at = entities_.find({entity_kind::order, row.order});
    if (at == entities_.end() || !at->second.row.snapshot.live) {
      continue;
    }
    step.entities.emplace_back(at->first, at->second);
    at->second.row.waiting = row.reason;
    note_touched(at->second.touched, number);
  }
  applied_.insert(applied_.end(), record.applied.begin(), record.applied.end());
  journal_[number] = record.bytes;
  position_ = record.position;
  note(record.announced);
  remember(std::move(step));
}

void memory_store::note(const announced_position& position) {
  if (!is_older(position, announced_)) {
    announced_ = position;
  }
}

void memory_store::remember(undo step) {
  unsynced_.push_back(std::move(step));
  if (unsynced_.size() > unsynced_writes_max) {
    unsynced_.pop_front();
  }
}

void memory_store::take_back(undo step) {
  for (auto i = step.entities.rbegin(); i != step.entities.rend(); ++i) {
    if (i->second) {
      entities_[i->first] = std::move(*i->second);
    } else {
      entities_.erase(i->first);
    }
  }
  // forget() may have removed some of them already.
  const auto added = std::min(step.applied, applied_.size());
  applied_.erase(applied_.end() - static_cast<std::ptrdiff_t>(added), applied_.end());
  journal_.erase(journal_.upper_bound(step.position.number), journal_.end());
  position_ = step.position;
  announced_ = step.announced;
}

result<announced_position> memory_store::announced() {
  const std::shared_lock lock{mutex_};
  return announced_;
}

status memory_store::write_announced(const announced_position& position) {
  const std::lock_guard lock{mutex_};
  remember({position_, announced_, 0, {}});
  note(position);
  return nothing{};
}

result<std::optional<attempted_command>> memory_store::attempted() {
  const std::shared_lock lock{mutex_};
  return attempted_;
}

status memory_store::write_attempted(const std::optional<attempted_command>& command) {
  const std::lock_guard lock{mutex_};
  attempted_ = command;
  return nothing{};
}

result<std::vector<std::optional<std::string>>>
memory_store::load(std::span<const entity_ref> entities) {
  const std::shared_lock lock{mutex_};
  std::vector<std::optional<std::string>> states;
  for (const auto& entity : entities) {
    const auto at = entities_.find(entity);
    states.push_back(at == entities_.end() ? std::nullopt
                                           : std::optional{at->second.row.snapshot.state});
  }
  return states;
}

status memory_store::for_each_live(
    const std::function<void(const entity_ref&, std::string_view, waiting_reason)>& visit) {
  const std::shared_lock lock{mutex_};
  for (auto at = entities_.rbegin(); at != entities_.rend(); ++at) {
    if (const auto& row = at->second.row; row.snapshot.live) {
      visit(at->first, row.snapshot.state, row.waiting);
    }
  }
  return nothing{};
}

status memory_store::for_each_applied(timestamp since,
                                      const std::function<void(const applied_id&)>& visit) {
  const std::shared_lock lock{mutex_};
  for (const auto& id : applied_) {
    if (id.at >= since) {
      visit(id);
    }
  }
  return nothing{};
}

status memory_store::forget(timestamp before, std::uint64_t first_kept) {
  const std::lock_guard lock{mutex_};
  const auto kept = std::ranges::find_if(applied_, [&](const auto& id) { return id.at >= before; });
  applied_.erase(applied_.begin(), kept);
  journal_.erase(journal_.begin(), journal_.lower_bound(first_kept));
  return nothing{};
}

result<std::vector<entity_row>> memory_store::list(entity_kind kind, std::string_view wanted,
                                                   std::string_view after, std::size_t limit) {
  const std::shared_lock lock{mutex_};
  std::vector<entity_row> rows;
  for (auto at = entities_.upper_bound({kind, std::string{after}});
       at != entities_.end() && at->first.kind == kind && rows.size() < limit; ++at) {
    if (wanted.empty() || at->second.row.snapshot.status == wanted) {
      rows.push_back(at->second.row);
    }
  }
  return rows;
}

result<std::optional<entity_row>> memory_store::get(const entity_ref& entity) {
  const std::shared_lock lock{mutex_};
  const auto at = entities_.find(entity);
  return at == entities_.end() ? std::nullopt : std::optional{at->second.row};
}

result<std::vector<std::uint64_t>> memory_store::touched(const entity_ref& entity) {
  const std::shared_lock lock{mutex_};
  const auto at = entities_.find(entity);
  return at == entities_.end() ? std::vector<std::uint64_t>{} : at->second.touched;
}

status memory_store::copy_to(store_sink& to) {
  const std::shared_lock lock{mutex_};
  const auto last = journal_.find(position_.number);
  auto put = to.put(
      store_head{position_, announced_, last == journal_.end() ? std::string{} : last->second});
  for (auto at = entities_.begin(); put && at != entities_.end(); ++at) {
    const auto& [row, touched] = at->second;
    put = to.put(kept_entity{row.snapshot, row.record, row.waiting, touched});
  }
  for (auto at = applied_.begin(); put && at != applied_.end(); ++at) {
    put = to.put(*at);
  }
  return put;
}

/// Collects a copy beside the store.
struct memory_store::builder final : store_sink {
  memory_store made;

  status put(const store_head& head) override {
    made.position_ = head.position;
    made.announced_ = head.announced;
    if (head.position.number > 0) {
      made.journal_.emplace(head.position.number, head.record);
    }
    return nothing{};
  }

  status put(const kept_entity& entity) override {
    made.entities_[entity.snapshot.entity] = {{entity.snapshot, entity.record, entity.waiting},
                                              entity.touched};
    return nothing{};
  }

  status put(const applied_id& applied) override {
    made.applied_.push_back(applied);
    return nothing{};
  }
};

status memory_store::become(const std::function<status(store_sink&)>& from) {
  builder building;
  if (auto put = from(building); !put) {
    return put;
  }
  const std::lock_guard lock{mutex_};
  if (auto error = std::exchange(next_write_, std::nullopt)) {
    return *error;
  }
  position_ = building.made.position_;
  announced_ = building.made.announced_;
  entities_ = std::move(building.made.entities_);
  applied_ = std::move(building.made.applied_);
  journal_ = std::move(building.made.journal_);
  unsynced_.clear();
  return nothing{};
}

result<std::optional<std::string>> memory_store::journal(std::uint64_t number) {
  const std::shared_lock lock{mutex_};
  const auto at = journal_.find(number);
  return at == journal_.end() ? std::nullopt : std::optional{at->second};
}

} // namespace dispatch
