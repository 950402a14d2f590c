#include "persistence/sqlite/zone_files.hpp"

#include "messages/entities/entity.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace dispatch::sqlite {

namespace {

constexpr auto owner_only = mode_t{0600};

failure system_failure(const std::string& doing, const std::filesystem::path& file) {
  return {"cannot " + doing + " " + file.string() + ": " + std::system_category().message(errno)};
}

status make_directory(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::create_directories(path, error)) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  }
  if (error) {
    return failure{"cannot create the data directory " + path.string() + ": " + error.message()};
  }
  return nothing{};
}

std::string holder(int descriptor) {
  std::array<char, 32> text{};
  const auto size = ::pread(descriptor, text.data(), text.size(), 0);
  return size > 0 ? std::string{text.data(), static_cast<std::size_t>(size)} : "unknown";
}

} // namespace

std::filesystem::path zone_file(const std::filesystem::path& data_dir, const std::string& zone,
                                const char* extension) {
  return data_dir / (zone + "." + extension);
}

result<file_lock> file_lock::take(const std::filesystem::path& data_dir, const std::string& zone) {
  if (!valid_id(zone)) {
    return failure{"`" + zone + "` cannot be a zone's name: use 1 to 64 letters, digits, - or _"};
  }
  if (auto made = make_directory(data_dir); !made) {
    return made.error();
  }
  const auto path = zone_file(data_dir, zone, "lock");
  const auto descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only);
  if (descriptor < 0) {
    return system_failure("open", path);
  }
  file_lock lock{descriptor};
  const auto pid = std::to_string(::getpid());
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return system_failure("lock", path);
    }
    const auto by = holder(descriptor);
    return failure{"zone " + zone + " in " + data_dir.string() +
                   (by == pid ? " is still being closed by this process"
                              : " is in use by process " + by +
                                    ": stop that process, or use another data directory")};
  }
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    return system_failure("write", path);
  }
  return lock;
}

file_lock::~file_lock() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

status create_private(const std::filesystem::path& file) {
  const auto descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, owner_only);
  if (descriptor < 0) {
    return system_failure("create", file);
  }
  ::close(descriptor);
  return nothing{};
}

} // namespace dispatch::sqlite
