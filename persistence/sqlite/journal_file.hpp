#pragma once

#include "messages/result.hpp"
#include "persistence/store.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace dispatch {

namespace sqlite {
class reader;
} // namespace sqlite

/// The journal of a zone's store, read beside the process that may be using it.
class journal_file {
public:
  /// Fails when the data directory holds no store of the zone, or one that cannot be read.
  static result<std::unique_ptr<journal_file>> open(const std::filesystem::path& data_dir,
                                                    const std::string& zone);
  ~journal_file();

  result<store_position> position();

  /// The record as it lay in the log; nullopt when it is not kept.
  result<std::optional<std::string>> record(std::uint64_t number);

private:
  explicit journal_file(std::filesystem::path file);

  const std::filesystem::path file_;
  std::unique_ptr<sqlite::reader> reader_;
};

} // namespace dispatch
