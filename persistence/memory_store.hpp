#pragma once

#include "persistence/store.hpp"

#include <deque>
#include <map>
#include <memory>
#include <shared_mutex>
#include <utility>

namespace dispatch {

/// The store's twin in memory, for simulation and tests: the same contract, and faults on demand.
class memory_store final : public store {
public:
  /// The next write() fails with these words and changes nothing.
  void fail_next_write(std::string what);

  /// What was written so far survives every crash.
  void sync();

  /// A crash that loses the newest writes: `records` records that are not synced (all, if there
  /// are less) and whatever was written after them. At most `unsynced_writes_max` writes can be
  /// lost. Returns the number of records lost. What forget() removed stays forgotten.
  std::uint64_t lose_last(std::uint64_t records);

  /// The store as it is now; what is written later goes to one of the two only.
  std::shared_ptr<memory_store> copy();

  static constexpr std::size_t unsynced_writes_max = 1024;

  result<store_position> position() override;
  status write(std::span<const materialisation> records) override;
  result<announced_position> announced() override;
  status write_announced(const announced_position& position) override;
  result<std::optional<attempted_command>> attempted() override;
  status write_attempted(const std::optional<attempted_command>& command) override;
  result<std::vector<std::optional<std::string>>>
  load(std::span<const entity_ref> entities) override;
  status for_each_live(const std::function<void(const entity_ref&, std::string_view,
                                                waiting_reason)>& visit) override;
  status for_each_applied(timestamp since,
                          const std::function<void(const applied_id&)>& visit) override;
  status forget(timestamp before, std::uint64_t first_kept) override;
  result<std::vector<entity_row>> list(entity_kind kind, std::string_view wanted,
                                       std::string_view after, std::size_t limit) override;
  result<std::optional<entity_row>> get(const entity_ref& entity) override;
  result<std::vector<std::uint64_t>> touched(const entity_ref& entity) override;
  status copy_to(store_sink& to) override;
  status become(const std::function<status(store_sink&)>& from) override;
  result<std::optional<std::string>> journal(std::uint64_t number) override;

private:
  struct entry {
    entity_row row;
    std::vector<std::uint64_t> touched;
  };

  struct builder;

  /// How things were before one write.
  struct undo {
    store_position position;
    announced_position announced;
    std::size_t applied = 0; ///< ids that the write added
    std::vector<std::pair<entity_ref, std::optional<entry>>> entities;
  };

  void apply(const materialisation& record);
  void note(const announced_position& position);
  void remember(undo step);
  void take_back(undo step);

  std::shared_mutex mutex_;
  store_position position_;
  announced_position announced_;
  std::optional<attempted_command> attempted_;
  std::map<entity_ref, entry> entities_;
  std::deque<applied_id> applied_;
  std::map<std::uint64_t, std::string> journal_;
  std::deque<undo> unsynced_;
  std::optional<failure> next_write_;
};

} // namespace dispatch
