#pragma once

#include "messages/time.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3;
struct sqlite3_stmt;

/// A small RAII layer over the C API. Failures are thrown as `sqlite::error`, and caught where the
/// store's port begins.
namespace dispatch::sqlite {

/// What SQLite said, and where.
class error : public std::runtime_error {
public:
  explicit error(const std::string& what, bool damaged = false)
      : std::runtime_error(what), damaged_(damaged) {}

  /// Whether the file's content is at fault, rather than the disk, the system or a caller.
  bool damaged() const { return damaged_; }

private:
  bool damaged_;
};

/// One connection to one file. Not thread-safe.
class connection {
public:
  /// Opens or creates. `read_only` refuses every change to the content.
  connection(const std::filesystem::path& file, bool read_only);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Runs statements that answer nothing of interest.
  void run(const char* sql);

  /// Rows that the last statement inserted, updated or deleted.
  int changes() const;

  /// Throws what SQLite says about its last call.
  [[noreturn]] void fail(int code) const;

  sqlite3* handle() const { return handle_; }

private:
  sqlite3* handle_ = nullptr;
};

/// Bytes to be bound as a blob; plain strings are bound as text.
struct blob {
  std::string_view bytes;
};

/// A prepared statement, used through `use`.
class statement {
public:
  statement(connection& database, std::string_view sql);
  ~statement();
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;

  /// One execution, which ends with its lifetime. At most one per statement at a time.
  class execution {
  public:
    explicit execution(statement& of) : of_(of) {}
    ~execution();
    execution(const execution&) = delete;
    execution& operator=(const execution&) = delete;

    /// Moves to the next row; false: there is none, and the statement is done.
    bool step();

    /// Columns of the current row from 0; views hold until the next step.
    std::int64_t integer(int column) const;
    std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
    timestamp time(int column) const { return timestamp{duration{integer(column)}}; }
    std::string_view bytes(int column) const;
    bool is_null(int column) const;

  private:
    statement& of_;
  };

  /// Binds ?1, ?2, ... in order. Strings and blobs must outlive the execution.
  template <class... Values> execution use(const Values&... values) {
    auto index = 0;
    (bind(++index, values), ...);
    return execution{*this};
  }

  /// Executes a statement that answers no rows.
  template <class... Values> void run(const Values&... values) { use(values...).step(); }

private:
  template <class Value>
  requires(std::is_integral_v<Value> || std::is_enum_v<Value>) void bind(int index, Value value) {
    bind_integer(index, static_cast<std::int64_t>(value));
  }

  template <class Value> void bind(int index, const std::optional<Value>& value) {
    value ? bind(index, *value) : bind_null(index);
  }

  void bind(int index, timestamp at) { bind_integer(index, at.time_since_epoch().count()); }
  void bind(int index, const std::string& text) { bind(index, std::string_view{text}); }
  void bind(int index, std::string_view text);
  void bind(int index, blob value);
  void bind_integer(int index, std::int64_t value);
  void bind_null(int index);
  void check(int code) const;

  connection& database_;
  sqlite3_stmt* handle_ = nullptr;
};

/// Rolled back at the end of its lifetime, unless committed.
class transaction {
public:
  enum class kind { writing, reading };

  explicit transaction(connection& database, kind of = kind::writing);
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  void commit();

private:
  connection& database_;
};

} // namespace dispatch::sqlite
