#pragma once

#include "messages/nats/ports/input_feed.hpp"
#include "messages/records/event.hpp"
#include "messages/records/record.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace dispatch::ctl {

/// One message of a zone's output stream.
struct announced {
  std::uint64_t sequence = 0;
  std::string body; ///< as it is encoded
  std::variant<event, dead_letter> what;
};

/// What an announcement says. Throws cli::stop when it is none.
announced as_announced(std::uint64_t sequence, std::string_view subject, std::string body);

/// For `-o json`: with its sequence.
nlohmann::ordered_json to_json(const announced& message);

/// Reads a zone's output stream, or those of its messages whose subject a filter picks.
class output_reader {
public:
  using clock = std::chrono::steady_clock;

  /// Begins behind `after`.
  output_reader(std::shared_ptr<nats::connection> on, const std::string& root,
                const std::string& zone, const std::string& filter, std::uint64_t after);
  output_reader(const output_reader&) = delete;
  output_reader& operator=(const output_reader&) = delete;
  ~output_reader();

  /// nullopt when nothing has come until then. Throws cli::stop when the stream breaks.
  std::optional<announced> next(clock::time_point until);

private:
  nats::nats_input_feed feed_;
  std::deque<stored_message> taken_;
  std::mutex mutex_; ///< guards `available_`
  std::condition_variable changed_;
  bool available_ = false;
};

} // namespace dispatch::ctl
