#include "cmd/dispatchd/data_directory.hpp"

#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/random_text.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace dispatch::daemon {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void stop_failed(const std::string& doing, const fs::path& file) {
  throw cli::stop(cli::exit_code::failed, "cannot " + doing + " " + file.string() + ": " +
                                              std::system_category().message(errno));
}

/// What the file says: process, run, and the file itself.
struct signature {
  std::string process;
  std::string run;
  std::string of_file;
};

signature signature_in(int file) {
  std::array<char, 256> text{};
  const auto size = ::pread(file, text.data(), text.size(), 0);
  std::istringstream words{std::string{text.data(), size > 0 ? static_cast<std::size_t>(size) : 0}};
  signature read;
  words >> read.process >> read.run >> read.of_file;
  return read;
}

/// Tells the file from its copies: those on other machines, too.
std::string name_of_file(int file) {
  std::string boot;
  std::ifstream{"/proc/sys/kernel/random/boot_id"} >> boot;
  struct stat about {};
  ::fstat(file, &about);
  return boot + ":" + std::to_string(about.st_dev) + ":" + std::to_string(about.st_ino);
}

} // namespace

data_directory::data_directory(nats::descriptor lock, std::string ended_run)
    : lock_(std::move(lock)), run_(cli::random_text()), ended_run_(std::move(ended_run)) {}

data_directory data_directory::take(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    throw cli::stop(cli::exit_code::failed,
                    "cannot create " + path.string() + ": " + error.message());
  }
  const auto file = path / "node-lock";
  nats::descriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (lock.number() < 0) {
    stop_failed("open", file);
  }
  const auto before = signature_in(lock.number());
  if (::flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      stop_failed("lock", file);
    }
    throw cli::stop(cli::exit_code::conflict,
                    path.string() + " is in use by process " + before.process +
                        ": stop that process, or use another directory with --data");
  }
  const auto is_original = before.of_file == name_of_file(lock.number());
  data_directory taken{std::move(lock), is_original ? before.run : std::string{}};
  taken.sign(file);
  return taken;
}

void data_directory::sign(const fs::path& file) const {
  const auto text =
      std::to_string(::getpid()) + " " + run_ + " " + name_of_file(lock_.number()) + "\n";
  if (::ftruncate(lock_.number(), 0) != 0 ||
      ::pwrite(lock_.number(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    stop_failed("write", file);
  }
}

} // namespace dispatch::daemon
