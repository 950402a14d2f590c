#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

namespace dispatch::sqlite {

/// Moves what was written from the write-ahead log into the file, on a thread and a connection of
/// its own: that takes up to 100 ms, for which a writer should not stand.
class checkpointer {
public:
  explicit checkpointer(std::filesystem::path file);
  ~checkpointer();
  checkpointer(const checkpointer&) = delete;
  checkpointer& operator=(const checkpointer&) = delete;

  /// Something was written.
  void note_write() { written_ = true; }

  /// Whether the log has grown so far that the writer has to pause for it; says so once.
  bool is_behind() { return behind_.exchange(false); }

private:
  void run();

  const std::filesystem::path file_;
  std::atomic<bool> written_{false};
  std::atomic<bool> behind_{false};
  std::mutex mutex_; ///< guards stopping_
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace dispatch::sqlite
