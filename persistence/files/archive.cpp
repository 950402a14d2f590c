#include "persistence/files/archive.hpp"

#include "messages/limits.hpp"
#include "persistence/files/packing.hpp"

#include <algorithm>
#include <cstdio>
#include <system_error>
#include <utility>

namespace dispatch::files {

namespace {

constexpr std::size_t read_bytes = 256 * 1024;
constexpr const char* extension = ".records";

/// Visits the records of one file until `visit` returns false. The first frame says where it
/// begins.
status read_records(const std::filesystem::path& path,
                    const std::function<bool(std::uint64_t number, std::uint64_t log_sequence,
                                             std::string_view bytes)>& visit) {
  const auto damaged = [&](const std::string& what) {
    return failure{path.string() + ": " + what};
  };
  auto source = read_file(path, read_bytes);
  if (!source) {
    return source.error();
  }
  frame_reader reader{std::move(*source), archive_kind};
  std::optional<std::pair<std::uint64_t, std::uint64_t>> next;
  for (;;) {
    const auto frame = reader.next();
    if (!frame) {
      return damaged(frame.error().what);
    }
    if (!*frame) {
      return nothing{};
    }
    if (next) {
      if (!visit(next->first++, next->second++, **frame)) {
        return nothing{};
      }
      continue;
    }
    try {
      unpacker begin{**frame};
      const auto number = begin.number();
      next = {number, begin.number()};
    } catch (const bad_packing& error) {
      return damaged(error.what());
    }
  }
}

} // namespace

std::filesystem::path archive_directory(const std::filesystem::path& data,
                                        const std::string& zone) {
  return data / "archive" / zone;
}

archive_writer::archive_writer(std::filesystem::path directory)
    : directory_(std::move(directory)) {}

status archive_writer::put(std::uint64_t number, std::uint64_t log_sequence,
                           std::string_view bytes) {
  if (file_ && file_->bytes() >= limits::archive_bytes_max) {
    if (auto finished = finish(); !finished) {
      return finished;
    }
  }
  if (!file_) {
    std::error_code error;
    std::filesystem::create_directories(directory_, error);
    if (error) {
      return failure{"cannot create " + directory_.string() + ": " + error.message()};
    }
    auto made = frame_writer::create(directory_ / std::to_string(number), archive_kind);
    if (!made) {
      return made.error();
    }
    file_.emplace(std::move(*made));
    first_ = number;
    if (auto begun = file_->put(packer{}.number(number).number(log_sequence).take()); !begun) {
      return begun;
    }
  }
  last_ = number;
  return file_->put(bytes);
}

status archive_writer::finish() {
  if (!file_) {
    return nothing{};
  }
  auto finished = file_->finish(
      directory_ / (std::to_string(first_) + "-" + std::to_string(last_) + extension), true);
  file_.reset();
  return finished;
}

std::vector<archive::file> archive::files() const {
  std::vector<file> found;
  std::error_code error;
  for (const auto& directory : directories_) {
    for (const auto& entry : std::filesystem::directory_iterator{directory, error}) {
      file one{0, 0, entry.path()};
      if (one.path.extension() == extension &&
          std::sscanf(one.path.stem().c_str(), "%lu-%lu", &one.first, &one.last) == 2) {
        found.push_back(std::move(one));
      }
    }
  }
  std::ranges::sort(found, {}, &file::first);
  return found;
}

status archive::scan(const visitor& visit) const {
  std::uint64_t done = 0;
  for (const auto& one : files()) {
    if (one.last <= done) {
      continue;
    }
    auto read = read_records(
        one.path, [&](std::uint64_t number, std::uint64_t log_sequence, std::string_view bytes) {
          if (number > done) {
            visit(log_sequence, bytes);
            done = number;
          }
          return true;
        });
    if (!read) {
      return read;
    }
  }
  return nothing{};
}

result<std::optional<std::string>> archive::find(std::uint64_t number) const {
  std::optional<std::string> found;
  for (const auto& one : files()) {
    if (number < one.first || number > one.last) {
      continue;
    }
    auto read =
        read_records(one.path, [&](std::uint64_t at, std::uint64_t, std::string_view bytes) {
          if (at == number) {
            found = bytes;
          }
          return at < number;
        });
    if (!read) {
      return read.error();
    }
    break;
  }
  return found;
}

} // namespace dispatch::files
