#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/nats/pull_consumer.hpp"
#include "messages/ports/position_feed.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace dispatch::nats {

/// What is done about a stream of positions that does not exist, and about messages in it that are
/// no positions. May be empty.
struct position_upkeep {
  std::function<status()> restore = {};              ///< creates it; may block
  std::function<void(std::string_view)> notice = {}; ///< told, for people, when that fails
  /// Told of every message that makes no place, and why.
  std::function<void(std::string_view subject, std::string_view why)> unreadable = {};
};

/// The newest position of each rider, from the stream's last message per subject. While the stream
/// does not exist it has it created again, or waits for it.
class nats_position_feed final : public position_feed {
public:
  /// Of the Content-Type header and the body. Fails when they make no place.
  using decoder =
      std::function<result<place>(std::string_view content_type, std::string_view body)>;

  /// `filter` is the zone's positions subject; the rider is a subject's last token.
  nats_position_feed(std::shared_ptr<connection> on, std::string stream, std::string filter,
                     decoder decode, position_upkeep how = {});
  ~nats_position_feed() override;

  void start(std::function<void()> on_available) override;
  std::vector<rider_position> take(std::size_t riders_max) override;
  void stop() override;

private:
  struct newest {
    place at;
    timestamp stored_at;
  };

  std::optional<std::uint64_t> begin();
  /// Has the stream created; a failure that lasts is a complaint. False: not yet.
  bool restore();
  void complain(const std::string& what);
  bool accept(const incoming& message, const delivery& from);
  void tell_available();

  const std::shared_ptr<connection> connection_;
  const std::string stream_;
  const std::string filter_;
  const decoder decode_;
  const position_upkeep upkeep_;

  std::mutex control_mutex_; ///< held by start and stop
  std::mutex mutex_;         ///< guards all below
  std::shared_ptr<pull_consumer> consumer_;
  std::function<void()> on_available_;
  std::map<std::string, newest, std::less<>> moved_; ///< not yet taken, by rider
  std::string taken_last_;
  std::size_t accepted_ = 0; ///< not yet released
  std::size_t accepted_bytes_ = 0;
  bool notify_due_ = false;
  std::string complaint_;                      ///< told already
  std::chrono::milliseconds restore_pause_{0}; ///< after the last failure; 0: none
  std::chrono::steady_clock::time_point restore_not_before_;
};

} // namespace dispatch::nats
