#include "persistence/sqlite/statement.hpp"

#include <sqlite3.h>

namespace dispatch::sqlite {

namespace {

/// All SQL is this build's, and so is the schema: a whole file gives no cause for the last four.
bool is_damage(int primary) {
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_ERROR ||
         primary == SQLITE_CONSTRAINT || primary == SQLITE_MISMATCH || primary == SQLITE_FORMAT;
}

} // namespace

connection::connection(const std::filesystem::path& file, bool read_only) {
  const auto flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const auto code = sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr);
  try {
    if (code != SQLITE_OK) {
      fail(code);
    }
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, 5000);
    if (read_only) {
      run("PRAGMA query_only = ON");
    }
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

connection::~connection() { sqlite3_close(handle_); }

void connection::run(const char* sql) {
  if (const auto code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK) {
    fail(code);
  }
}

int connection::changes() const { return sqlite3_changes(handle_); }

void connection::fail(int code) const {
  const auto* message = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  throw error{std::string{message} + " (SQLite code " + std::to_string(code) + ")",
              is_damage(code & 0xff)};
}

statement::statement(connection& database, std::string_view sql) : database_(database) {
  const auto code = sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                       SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
  if (code != SQLITE_OK) {
    database.fail(code);
  }
}

statement::~statement() { sqlite3_finalize(handle_); }

void statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL.
  check(sqlite3_bind_text64(handle_, index, text.data() ? text.data() : "", text.size(),
                            SQLITE_STATIC, SQLITE_UTF8));
}

void statement::bind(int index, blob value) {
  const auto* data = value.bytes.data() ? value.bytes.data() : "";
  check(sqlite3_bind_blob64(handle_, index, data, value.bytes.size(), SQLITE_STATIC));
}

void statement::bind_integer(int index, std::int64_t value) {
  check(sqlite3_bind_int64(handle_, index, value));
}

void statement::bind_null(int index) { check(sqlite3_bind_null(handle_, index)); }

void statement::check(int code) const {
  if (code != SQLITE_OK) {
    database_.fail(code);
  }
}

statement::execution::~execution() { sqlite3_reset(of_.handle_); }

bool statement::execution::step() {
  const auto code = sqlite3_step(of_.handle_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    of_.check(code);
  }
  return code == SQLITE_ROW;
}

std::int64_t statement::execution::integer(int column) const {
  return sqlite3_column_int64(of_.handle_, column);
}

std::string_view statement::execution::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(of_.handle_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(of_.handle_, column))};
}

bool statement::execution::is_null(int column) const {
  return sqlite3_column_type(of_.handle_, column) == SQLITE_NULL;
}

transaction::transaction(connection& database, kind of) : database_(database) {
  database_.run(of == kind::writing ? "BEGIN IMMEDIATE" : "BEGIN");
}

transaction::~transaction() {
  // SQLite has rolled back by itself after some errors, a full disk among them.
  if (!sqlite3_get_autocommit(database_.handle())) {
    sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void transaction::commit() { database_.run("COMMIT"); }

} // namespace dispatch::sqlite
