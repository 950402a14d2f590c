#pragma once

#include "persistence/store.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace dispatch {

namespace sqlite {
class checkpointer;
class file_lock;
class reader;
class writer;
} // namespace sqlite

/// A zone's store in the file `<data_dir>/<zone>.db`.
///
/// A process crash loses nothing that was written; a power failure may lose the newest writes, but
/// never a part of one. Records lost in that way are still in the log. Opening takes the zone's
/// lock file, creates or migrates the file, and checks it when it was not closed properly. States
/// are compared with their checksums when they are read for deciding; one that differs is a
/// failure, and the next open finds the file damaged.
///
/// Readings share one connection and wait for each other, not for the writer. All members may be
/// called from any thread.
class sqlite_store final : public store {
public:
  struct settings {
    std::filesystem::path data_dir; ///< created when missing
    std::string zone;
    bool replace_damaged = false; ///< a damaged file gives way to an empty one
    /// Of the zone, when that matters: files of another incarnation are set aside.
    std::optional<std::string> incarnation = std::nullopt;
  };

  /// Fails when another process holds the zone, a newer build wrote the file, or it is damaged; the
  /// text says which, and what to do.
  static result<std::unique_ptr<sqlite_store>> open(const settings& options);

  /// Whether files of another incarnation were set aside when this store was opened.
  bool is_new_incarnation() const { return new_incarnation_; }

  /// Removes the zone's files, so that the next open begins empty. Fails when a process holds them.
  static status remove_files(const settings& options);
  /// Renames them to `<zone>.former.db`, over what was set aside before.
  static status set_aside_files(const settings& options);

  ~sqlite_store() override;

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
  sqlite_store(std::filesystem::path file, sqlite::file_lock lock);
  /// False: the file is of another incarnation.
  bool belongs_to(const std::string& incarnation);

  template <class Action>
  auto attempt(const std::string& doing, Action action) -> result<decltype(action())>;
  template <class Action>
  auto read(const std::string& doing, Action action)
      -> result<decltype(action(std::declval<sqlite::reader&>()))>;

  std::filesystem::path file_;
  std::unique_ptr<sqlite::file_lock> lock_; ///< released last
  std::mutex writer_mutex_;
  std::unique_ptr<sqlite::writer> writer_;
  std::unique_ptr<sqlite::checkpointer> checkpointer_;
  std::mutex reader_mutex_;
  std::unique_ptr<sqlite::reader> reader_;
  std::atomic<bool> damaged_ = false;
  bool new_incarnation_ = false;
  std::uint64_t written_ = 0; ///< number of the last record; the writer's
};

} // namespace dispatch
