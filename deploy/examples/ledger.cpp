#include "deploy/examples/ledger.hpp"

#include <sqlite3.h>

#include <stdexcept>

namespace example {

namespace {

constexpr int busy_milliseconds = 5000;

} // namespace

void ledger::close::operator()(sqlite3* it) const { sqlite3_close(it); }

ledger::ledger(const std::string& file) {
  sqlite3* opened = nullptr;
  const auto code = sqlite3_open(file.c_str(), &opened);
  database_.reset(opened);
  if (code != SQLITE_OK) {
    throw std::runtime_error(file + ": " + sqlite3_errmsg(opened));
  }
  sqlite3_busy_timeout(opened, busy_milliseconds);
  write("PRAGMA journal_mode = WAL");
  write("CREATE TABLE IF NOT EXISTS handled (event_id TEXT PRIMARY KEY, at INTEGER NOT NULL)");
}

int ledger::changes() const { return sqlite3_changes(database_.get()); }

bool ledger::once(const std::string& event_id, const std::function<void()>& effect) {
  write("BEGIN IMMEDIATE");
  try {
    write("INSERT OR IGNORE INTO handled VALUES (?, unixepoch())", {event_id});
    const auto is_new = changes() > 0;
    if (is_new) {
      effect();
    }
    write("COMMIT");
    return is_new;
  } catch (...) {
    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

void ledger::forget_ids_older_than(int days) {
  write("DELETE FROM handled WHERE at < unixepoch() - 86400 * CAST(? AS INTEGER)",
        {std::to_string(days)});
}

void ledger::write(const std::string& statement, const std::vector<std::string>& parameters) {
  sqlite3_stmt* raw = nullptr;
  const auto failed = [&] { throw std::runtime_error(sqlite3_errmsg(database_.get())); };
  if (sqlite3_prepare_v2(database_.get(), statement.c_str(), -1, &raw, nullptr) != SQLITE_OK) {
    failed();
  }
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> prepared{raw, &sqlite3_finalize};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    sqlite3_bind_text(raw, static_cast<int>(i) + 1, parameters[i].c_str(), -1, SQLITE_TRANSIENT);
  }
  auto code = sqlite3_step(raw);
  while (code == SQLITE_ROW) {
    code = sqlite3_step(raw);
  }
  if (code != SQLITE_DONE) {
    failed();
  }
}

std::vector<std::pair<std::string, std::string>> ledger::read(const std::string& query) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(database_.get(), query.c_str(), -1, &raw, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database_.get()));
  }
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> prepared{raw, &sqlite3_finalize};
  const auto text = [raw](int column) {
    const auto* bytes = sqlite3_column_text(raw, column);
    return bytes == nullptr ? std::string{} : std::string{reinterpret_cast<const char*>(bytes)};
  };
  std::vector<std::pair<std::string, std::string>> rows;
  while (sqlite3_step(raw) == SQLITE_ROW) {
    rows.emplace_back(text(0), text(1));
  }
  return rows;
}

} // namespace example
