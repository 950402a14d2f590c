#include "cmd/dispatchd/zones/zone_store.hpp"

#include "persistence/files/archive.hpp"
#include "persistence/sqlite/sqlite_store.hpp"

#include <system_error>
#include <utility>

namespace dispatch::daemon {

namespace {

failure cannot(const std::string& doing, const std::filesystem::path& directory,
               const std::error_code& error) {
  return {"cannot " + doing + " " + directory.string() + ": " + error.message()};
}

} // namespace

result<std::unique_ptr<store>> open_store(const std::filesystem::path& data,
                                          const zone_definition& definition) {
  const auto& zone = definition.name;
  auto opened = sqlite_store::open({.data_dir = data,
                                    .zone = zone,
                                    .replace_damaged = true,
                                    .incarnation = definition.incarnation});
  if (!opened) {
    return opened.error();
  }
  const auto archives = files::archive_directory(data, zone);
  if (std::error_code error; (*opened)->is_new_incarnation() && std::filesystem::exists(archives)) {
    const auto former = files::archive_directory(data, zone + ".former");
    std::filesystem::remove_all(former, error);
    std::filesystem::rename(archives, former, error);
    if (error) {
      return cannot("set aside", archives, error);
    }
  }
  return std::unique_ptr<store>{std::move(*opened)};
}

status remove_store(const std::filesystem::path& data, const std::string& zone) {
  if (auto removed = sqlite_store::remove_files({.data_dir = data, .zone = zone}); !removed) {
    return removed;
  }
  std::error_code error;
  const auto archives = files::archive_directory(data, zone);
  std::filesystem::remove_all(archives, error);
  return error ? status{cannot("remove", archives, error)} : status{nothing{}};
}

} // namespace dispatch::daemon
