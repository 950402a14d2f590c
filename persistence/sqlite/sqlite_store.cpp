#include "persistence/sqlite/sqlite_store.hpp"

#include "persistence/sqlite/checkpointer.hpp"
#include "persistence/sqlite/reader.hpp"
#include "persistence/sqlite/statement.hpp"
#include "persistence/sqlite/writer.hpp"
#include "persistence/sqlite/zone_files.hpp"

#include <functional>
#include <system_error>

namespace dispatch {

template <class Action>
auto sqlite_store::attempt(const std::string& doing, Action action) -> result<decltype(action())> {
  try {
    return action();
  } catch (const sqlite::error& error) {
    if (error.damaged()) {
      damaged_ = true;
    }
    return failure{
        "cannot " + doing + " " + file_.string() + ": " + error.what() +
        (error.damaged() ? "; the file is damaged: remove it, it is rebuilt from the log" : "")};
  }
}

template <class Action>
auto sqlite_store::read(const std::string& doing, Action action)
    -> result<decltype(action(std::declval<sqlite::reader&>()))> {
  const std::lock_guard lock{reader_mutex_};
  return attempt(doing, [&] { return action(*reader_); });
}

sqlite_store::sqlite_store(std::filesystem::path file, sqlite::file_lock lock)
    : file_{std::move(file)}, lock_{std::make_unique<sqlite::file_lock>(std::move(lock))} {}

result<std::unique_ptr<sqlite_store>> sqlite_store::open(const settings& options) {
  auto lock = sqlite::file_lock::take(options.data_dir, options.zone);
  if (!lock) {
    return lock.error();
  }
  const auto file = sqlite::zone_file(options.data_dir, options.zone, "db");
  if (auto made = sqlite::create_private(file); !made) {
    return made.error();
  }
  auto opened = std::unique_ptr<sqlite_store>{new sqlite_store{file, std::move(*lock)}};
  auto done = opened->attempt("open", [&] {
    opened->writer_ = std::make_unique<sqlite::writer>(file);
    opened->reader_ = std::make_unique<sqlite::reader>(file);
    opened->checkpointer_ = std::make_unique<sqlite::checkpointer>(file);
    opened->written_ = opened->reader_->position().number;
    return nothing{};
  });
  if (!done && opened->damaged_ && options.replace_damaged) {
    opened.reset();
    if (auto removed = remove_files(options); !removed) {
      return removed.error();
    }
    auto anew = options;
    anew.replace_damaged = false;
    return open(anew);
  }
  if (!done) {
    return done.error();
  }
  if (options.incarnation) {
    const auto own = opened->attempt("compare the incarnation of",
                                     [&] { return opened->belongs_to(*options.incarnation); });
    if (!own) {
      return own.error();
    }
    if (!*own) {
      opened.reset();
      if (auto aside = set_aside_files(options); !aside) {
        return aside.error();
      }
      auto anew = open(options);
      if (anew) {
        (*anew)->new_incarnation_ = true;
      }
      return anew;
    }
  }
  return opened;
}

bool sqlite_store::belongs_to(const std::string& incarnation) {
  const auto known = reader_->incarnation();
  if (known != incarnation && written_ == 0) {
    writer_->set_incarnation(incarnation);
  }
  return known == incarnation || written_ == 0;
}

namespace {

constexpr auto extensions = {"db", "db-wal", "db-shm"};

/// Does it to each file of the zone that there is.
status for_each_file(const sqlite_store::settings& of, const std::string& doing,
                     const std::function<void(const std::filesystem::path&, const char* extension,
                                              std::error_code&)>& action) {
  auto lock = sqlite::file_lock::take(of.data_dir, of.zone);
  if (!lock) {
    return lock.error();
  }
  for (const auto* extension : extensions) {
    const auto file = sqlite::zone_file(of.data_dir, of.zone, extension);
    std::error_code error;
    action(file, extension, error);
    if (error && error != std::errc::no_such_file_or_directory) {
      return failure{"cannot " + doing + " " + file.string() + ": " + error.message()};
    }
  }
  return nothing{};
}

} // namespace

status sqlite_store::remove_files(const settings& options) {
  return for_each_file(options, "remove",
                       [](const std::filesystem::path& file, const char*, std::error_code& error) {
                         std::filesystem::remove(file, error);
                       });
}

status sqlite_store::set_aside_files(const settings& options) {
  return for_each_file(
      options, "set aside",
      [&](const std::filesystem::path& file, const char* extension, std::error_code& error) {
        const auto former = options.zone + ".former";
        std::filesystem::rename(file, sqlite::zone_file(options.data_dir, former, extension),
                                error);
      });
}

sqlite_store::~sqlite_store() {
  checkpointer_.reset();
  reader_.reset();
  // When this fails, the next open checks the file.
  if (writer_) {
    (void)attempt("close", [&] {
      damaged_ ? writer_->condemn() : writer_->close();
      return nothing{};
    });
  }
}

status sqlite_store::write(std::span<const materialisation> records) {
  if (records.empty()) {
    return nothing{};
  }
  for (auto next = written_; const auto& record : records) {
    if (record.position.number != ++next) {
      return failure{"record " + std::to_string(record.position.number) + " cannot be written to " +
                     file_.string() + ", where record " + std::to_string(next) + " is next"};
    }
  }
  const std::lock_guard lock{writer_mutex_};
  return attempt("write records to", [&] {
    if (checkpointer_->is_behind()) {
      writer_->move_log();
    }
    writer_->write(records);
    checkpointer_->note_write();
    written_ = records.back().position.number;
    return nothing{};
  });
}

status sqlite_store::write_announced(const announced_position& position) {
  const std::lock_guard lock{writer_mutex_};
  return attempt("write the announced position to", [&] {
    writer_->write(position);
    return nothing{};
  });
}

status sqlite_store::write_attempted(const std::optional<attempted_command>& command) {
  const std::lock_guard lock{writer_mutex_};
  return attempt("note what is decided in", [&] {
    writer_->write(command);
    return nothing{};
  });
}

status sqlite_store::forget(timestamp before, std::uint64_t first_kept) {
  for (auto more = true; more;) {
    const std::lock_guard lock{writer_mutex_};
    const auto forgotten =
        attempt("forget old records of", [&] { return writer_->forget(before, first_kept); });
    if (!forgotten) {
      return forgotten.error();
    }
    more = *forgotten;
  }
  return nothing{};
}

status sqlite_store::copy_to(store_sink& to) {
  // A connection of its own: readings share one, and would wait for seconds.
  auto copied = attempt("copy", [&] { return sqlite::reader{file_}.copy_to(to); });
  return copied ? std::move(*copied) : status{copied.error()};
}

status sqlite_store::become(const std::function<status(store_sink&)>& from) {
  const std::lock_guard lock{writer_mutex_};
  auto copied = attempt("write a copy into", [&] { return writer_->become(from); });
  if (!copied) {
    return copied.error();
  }
  checkpointer_->note_write();
  const auto now = position();
  if (!now) {
    return now.error();
  }
  written_ = now->number;
  return std::move(*copied);
}

result<store_position> sqlite_store::position() {
  return read("read the position of", [](auto& reader) { return reader.position(); });
}

result<announced_position> sqlite_store::announced() {
  return read("read the announced position of", [](auto& reader) { return reader.announced(); });
}

result<std::optional<attempted_command>> sqlite_store::attempted() {
  return read("read what was being decided from", [](auto& reader) { return reader.attempted(); });
}

result<std::vector<std::optional<std::string>>>
sqlite_store::load(std::span<const entity_ref> entities) {
  return read("load states from", [&](auto& reader) { return reader.load(entities); });
}

status sqlite_store::for_each_live(
    const std::function<void(const entity_ref&, std::string_view, waiting_reason)>& visit) {
  return read("read the live entities of", [&](auto& reader) {
    reader.for_each_live(visit);
    return nothing{};
  });
}

status sqlite_store::for_each_applied(timestamp since,
                                      const std::function<void(const applied_id&)>& visit) {
  // On a connection of its own: a million ids are read while the states are.
  return attempt("read the applied ids of", [&] {
    sqlite::reader{file_}.for_each_applied(since, visit);
    return nothing{};
  });
}

result<std::vector<entity_row>> sqlite_store::list(entity_kind kind, std::string_view wanted,
                                                   std::string_view after, std::size_t limit) {
  return read("list entities of",
              [&](auto& reader) { return reader.list(kind, wanted, after, limit); });
}

result<std::optional<entity_row>> sqlite_store::get(const entity_ref& entity) {
  return read("read an entity of", [&](auto& reader) { return reader.get(entity); });
}

result<std::vector<std::uint64_t>> sqlite_store::touched(const entity_ref& entity) {
  return read("read an entity's history from",
              [&](auto& reader) { return reader.touched(entity); });
}

result<std::optional<std::string>> sqlite_store::journal(std::uint64_t number) {
  return read("read the journal of", [&](auto& reader) { return reader.journal(number); });
}

} // namespace dispatch
