#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/nats/pull_consumer.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace dispatch::nats {

/// What is in a key-value bucket, kept up to date by what its stream delivers. While the bucket
/// does not exist it waits for it. All members may be called from any thread.
class bucket_watch {
public:
  struct entry {
    std::string value;
    std::uint64_t revision = 0;
    std::chrono::steady_clock::time_point arrived; ///< when this revision was first seen
  };
  using entries = std::map<std::string, entry>;

  /// `on_change` is called from another thread after entries() has changed; it must only hand over.
  bucket_watch(std::shared_ptr<connection> on, const std::string& name,
               std::function<void()> on_change);
  bucket_watch(const bucket_watch&) = delete;
  bucket_watch& operator=(const bucket_watch&) = delete;
  ~bucket_watch();

  /// Whether the bucket is being read. False while it does not exist, or may not be read.
  bool reads() const;

  entries now() const;

  /// Changes whenever now() does.
  std::uint64_t version() const;

private:
  bool accept(const incoming& message, const delivery& from);
  void arrived();

  const std::string prefix_; ///< of the subjects
  const std::function<void()> on_change_;

  mutable std::mutex mutex_; ///< guards all below
  entries entries_;
  std::uint64_t version_ = 0;
  std::map<std::string, std::uint64_t> erased_; ///< keys deleted last at that revision
  std::uint64_t delivered_ = 0;                 ///< sequence of the consumer's last message
  std::size_t accepted_ = 0;                    ///< not yet released
  std::size_t accepted_bytes_ = 0;
  std::shared_ptr<pull_consumer> consumer_;
};

} // namespace dispatch::nats
