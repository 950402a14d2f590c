#include "persistence/sqlite/journal_file.hpp"

#include "persistence/sqlite/reader.hpp"
#include "persistence/sqlite/statement.hpp"
#include "persistence/sqlite/zone_files.hpp"

#include <system_error>
#include <utility>

namespace dispatch {

namespace {

template <class Action>
auto reading(const std::filesystem::path& file, Action action) -> result<decltype(action())> {
  try {
    return action();
  } catch (const sqlite::error& error) {
    return failure{"cannot read " + file.string() + ": " + error.what()};
  }
}

} // namespace

journal_file::journal_file(std::filesystem::path file) : file_(std::move(file)) {}
journal_file::~journal_file() = default;

result<std::unique_ptr<journal_file>> journal_file::open(const std::filesystem::path& data_dir,
                                                         const std::string& zone) {
  auto file = sqlite::zone_file(data_dir, zone, "db");
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return failure{"there is no store of zone " + zone + " at " + file.string()};
  }
  auto opened = std::unique_ptr<journal_file>{new journal_file{std::move(file)}};
  auto done = reading(opened->file_, [&] {
    opened->reader_ = std::make_unique<sqlite::reader>(opened->file_);
    return nothing{};
  });
  if (!done) {
    return done.error();
  }
  return opened;
}

result<store_position> journal_file::position() {
  return reading(file_, [&] { return reader_->position(); });
}

result<std::optional<std::string>> journal_file::record(std::uint64_t number) {
  return reading(file_, [&] { return reader_->journal(number); });
}

} // namespace dispatch
