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
  for (auto next = position_.number; const auto& record : records)
    if (record.position.number != ++next)
      return failure{"record " + std::to_string(record.position.number) +
                     " cannot be written where record " + std::to_string(next) + " is next"};
  if (auto error = std::exchange(next_write_, std::nullopt))
    return *error;
  for (const auto& record : records)
    apply(record);
  return nothing{};
}

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
    if (!row.live)
      entity.row.waiting = waiting_reason::none;
    entity.touched.push_back(number);
    if (entity.touched.size() > limits::records_per_entity)
      entity.touched.erase(entity.touched.begin());
  }
  for (const auto& row : record.waiting) {
    const auto at = entities_.find({entity_kind::order, row.order});
    if (at == entities_.end() || !at->second.row.snapshot.live)
      continue;
    step.entities.emplace_back(at->first, at->second);
    at->second.row.waiting = row.reason;
  }
  applied_.insert(applied_.end(), record.applied.begin(), record.applied.end());
  journal_[number] = record.bytes;
  position_ = record.position;
  remember(std::move(step));
}

void memory_store::remember(undo step) {
  unsynced_.push_back(std::move(step));
  if (unsynced_.size() > unsynced_writes_max)
    unsynced_.pop_front();
}

void memory_store::take_back(undo step) {
  for (auto i = step.entities.rbegin(); i != step.entities.rend(); ++i) {
    if (i->second)
      entities_[i->first] = std::move(*i->second);
    else
      entities_.erase(i->first);
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
  announced_ = position;
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
  for (const auto& [entity, kept] : entities_)
    if (kept.row.snapshot.live)
      visit(entity, kept.row.snapshot.state, kept.row.waiting);
  return nothing{};
}

status memory_store::for_each_applied(timestamp since,
                                      const std::function<void(const applied_id&)>& visit) {
  const std::shared_lock lock{mutex_};
  for (const auto& id : applied_)
    if (id.at >= since)
      visit(id);
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
       at != entities_.end() && at->first.kind == kind && rows.size() < limit; ++at)
    if (wanted.empty() || at->second.row.snapshot.status == wanted)
      rows.push_back(at->second.row);
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

result<std::optional<std::string>> memory_store::journal(std::uint64_t number) {
  const std::shared_lock lock{mutex_};
  const auto at = journal_.find(number);
  return at == journal_.end() ? std::nullopt : std::optional{at->second};
}

} // namespace dispatch
