#pragma once

#include "persistence/sqlite/statement.hpp"
#include "persistence/sqlite/write_batch.hpp"
#include "persistence/store.hpp"

#include <filesystem>
#include <functional>
#include <span>

namespace dispatch::sqlite {

/// The connection that changes a zone's file. Throws `error`; nothing of a failed call remains.
class writer {
public:
  /// Opens, configures and migrates the file, and checks it if it was not closed before.
  explicit writer(const std::filesystem::path& file);

  void write(std::span<const materialisation> records);
  void write(const announced_position& position);
  void write(const std::optional<attempted_command>& command);
  /// Forgets a part of it; false: that was all.
  bool forget(timestamp before, std::uint64_t first_kept);

  /// Replaces everything, in one transaction. Returns what `from` returns; after its failure
  /// nothing has changed.
  status become(const std::function<status(store_sink&)>& from);

  /// Moves the whole write-ahead log into the file.
  void move_log() { database_.run("PRAGMA wal_checkpoint(RESTART)"); }

  /// Notes that the file needs no check when it is opened next.
  void close();
  /// Notes that the file must not be used any more.
  void condemn();

  void set_incarnation(const std::string& of_zone);

private:
  struct copier;

  void put(const entity_change& change);
  void keep(const materialisation& record);
  void keep(const applied_id& id);
  void move(const store_position& position);

  connection database_;
  statement put_;
  statement turn_; ///< as `put_`, for a change of `live`
  statement wait_;
  statement keep_;
  statement apply_;
  statement move_;
  statement announce_;
  statement attempt_;
  statement end_attempt_;
  statement forget_applied_;
  statement forget_journal_;
};

} // namespace dispatch::sqlite
