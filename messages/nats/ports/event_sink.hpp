#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/ports/event_sink.hpp"

#include <memory>
#include <string>
#include <thread>

namespace dispatch::nats {

/// Publishes to the output stream, pipelined: at most `in_flight_max` messages are unconfirmed.
///
/// Each message carries the stream's expected last sequence and, behind an unconfirmed one, that
/// message's id as the expected last id. Without the id, someone else's message in the place of a
/// refused one would let the next one in. So a message that is stored proves that all before it
/// are, and only each `messages_per_ack`-th asks for an answer. No answer within
/// limits::port_timeout is `unknown`.
///
/// Once a batch is not stored, it and all batches behind it end the same way, and so does every
/// further publish until tail() is called: who does not know yet must not go on behind a hole.
class nats_event_sink final : public event_sink {
public:
  static constexpr std::size_t in_flight_max = 8192;
  static constexpr std::size_t messages_per_ack = 64;

  nats_event_sink(std::shared_ptr<connection> on, std::string stream);
  nats_event_sink(const nats_event_sink&) = delete;
  nats_event_sink& operator=(const nats_event_sink&) = delete;

  /// Ends what is not yet done as `unknown`.
  ~nats_event_sink() override;

  void publish(std::vector<announcement> events, std::uint64_t expected_last,
               std::function<void(publish_result)> done) override;
  result<stream_state> tail() override;
  result<std::optional<std::string>> id_at(std::uint64_t sequence) override;

private:
  struct batch;
  struct shared_state;

  const std::shared_ptr<connection> connection_;
  const std::string stream_;
  const std::shared_ptr<shared_state> state_; ///< outlives the sink while answers are due
  std::thread sender_;
};

} // namespace dispatch::nats
