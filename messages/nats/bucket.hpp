#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::nats {

struct bucket_entry {
  std::string key; ///< one or more subject tokens
  std::string value;
  std::uint64_t revision = 0;
  timestamp stored_at = {}; ///< the server's wall clock
};

/// A key-value bucket in NATS' usual layout (stream KV_<name>), read from its leader. Revisions
/// guard people's edits only: a replicated nats-server before 2.9.21 does not enforce them.
class bucket {
public:
  /// How long values are kept.
  struct keeping {
    int values_per_key = 8;
    std::chrono::seconds max_age{0}; ///< 0: for ever
  };

  /// Creates the bucket unless it exists.
  static status create(connection& on, const std::string& name, int replicas, keeping kept);
  static status create(connection& on, const std::string& name, int replicas) {
    return create(on, name, replicas, keeping{});
  }

  /// The settings of the stream below it, as the server's API has them.
  static nlohmann::json config_of(const std::string& name, int replicas, keeping kept);

  bucket(std::shared_ptr<connection> on, std::string name);

  /// nullopt when there is no such key.
  result<std::optional<bucket_entry>> get(const std::string& key);

  /// Stores a value if the key's revision is `expected` (0: there is none) and returns its new
  /// one. Fails, saying so, when somebody else was faster.
  result<std::uint64_t> put(const std::string& key, const std::string& value,
                            std::uint64_t expected);

  /// Stores a value whatever the key's revision is, and returns its new one.
  result<std::uint64_t> set(const std::string& key, const std::string& value);

  /// By key; with a prefix only the keys below it, such as `z1` of `z1.17`.
  result<std::vector<bucket_entry>> list(const std::string& prefix = {});

  /// Deletes the key if its revision is `expected`.
  status erase(const std::string& key, std::uint64_t expected);

private:
  struct latest;
  result<latest> latest_of(const std::string& key);
  result<std::uint64_t> store(const std::string& key, const std::string& value,
                              const char* operation, std::optional<std::uint64_t> expected);

  const std::shared_ptr<connection> connection_;
  const std::string name_;
};

} // namespace dispatch::nats
