#include "tests/nemesis/usage.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

namespace dispatch::nemesis {

namespace {

namespace fs = std::filesystem;

fs::path about(pid_t process) { return fs::path{"/proc"} / std::to_string(process); }

std::size_t entries_of(const fs::path& directory) {
  std::error_code gone;
  const fs::directory_iterator all{directory, gone};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::uint64_t resident_bytes(pid_t process) {
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  std::ifstream{about(process) / "statm"} >> all >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t size_of(const fs::path& file) {
  std::error_code none;
  const auto size = fs::file_size(file, none);
  return none ? 0 : size;
}

} // namespace

std::size_t open_descriptors(pid_t process) { return entries_of(about(process) / "fd"); }

std::size_t threads(pid_t process) { return entries_of(about(process) / "task"); }

std::uint64_t wal_bytes(const fs::path& data, const std::string& zone) {
  return size_of(data / (zone + ".db-wal"));
}

node_usage usage_of(pid_t process, const fs::path& data) {
  node_usage used;
  used.process = process;
  used.rss_bytes = resident_bytes(process);
  used.descriptors = open_descriptors(process);
  for (const auto& file : fs::directory_iterator{data}) {
    if (file.path().extension() == ".db-wal") {
      used.wal_bytes = std::max(used.wal_bytes, size_of(file.path()));
    }
  }
  std::ifstream log{data.string() + ".log"};
  used.log_lines = static_cast<std::uint64_t>(
      std::count(std::istreambuf_iterator<char>{log}, std::istreambuf_iterator<char>{}, '\n'));
  return used;
}

} // namespace dispatch::nemesis
