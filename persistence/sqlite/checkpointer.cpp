#include "persistence/sqlite/checkpointer.hpp"

#include "persistence/sqlite/statement.hpp"

#include <chrono>
#include <utility>

namespace dispatch::sqlite {

namespace {

using namespace std::chrono_literals;

constexpr auto interval = 250ms;

/// 64 MiB. A log that is written without a pause is never moved to its end.
constexpr std::uint64_t log_pages_max = 32 * 1024;

/// Moves what it can without anybody waiting; returns the pages in the log.
std::uint64_t move_pages(connection& database) {
  statement checkpoint{database, "PRAGMA wal_checkpoint(PASSIVE)"};
  auto row = checkpoint.use();
  return row.step() ? row.number(1) : 0;
}

} // namespace

checkpointer::checkpointer(std::filesystem::path file)
    : file_(std::move(file)), thread_([this] { run(); }) {}

checkpointer::~checkpointer() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void checkpointer::run() {
  try {
    connection database{file_, false};
    database.run("PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 0");
    std::unique_lock lock{mutex_};
    while (!changed_.wait_for(lock, interval, [this] { return stopping_; })) {
      if (!written_.exchange(false)) {
        continue;
      }
      lock.unlock();
      if (move_pages(database) > log_pages_max) {
        // Once more, so that the writer finds only what was written during a short pass.
        move_pages(database);
        behind_ = true;
      }
      lock.lock();
    }
  } catch (const error&) {
    // The writer meets the same failure and reports it; until then it moves the log itself.
    behind_ = true;
  }
}

} // namespace dispatch::sqlite
