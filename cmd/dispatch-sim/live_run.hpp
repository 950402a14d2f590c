#pragma once

#include "cmd/dispatch-sim/city/city.hpp"
#include "cmd/dispatch-sim/mailbox.hpp"
#include "cmd/dispatch-sim/outbox.hpp"
#include "cmd/dispatch-sim/report.hpp"
#include "cmd/shared/progress_line.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/nats/ports/input_feed.hpp"
#include "messages/ports/clock.hpp"
#include "messages/result.hpp"
#include "messages/wire/subjects.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace dispatch::sim {

struct live_settings {
  std::string root = wire::default_root;
  std::string zone;
  std::string neighbour = {}; ///< zone to which riders go and from which they come; empty: none
  zone_clock clock;           ///< of the zone
  std::string sender = "sim";
  std::uint64_t events_after = 0; ///< sequence of the output stream behind which it begins
  std::uint64_t neighbour_events_after = 0;
  duration grace = std::chrono::hours{2};
  /// Why the run has to end; end `failed` with a failure, or `interrupted`. Asked now and then.
  std::function<std::optional<run_end>()> stop_asked;
  /// Why a zone that has not announced anything yet never will; nullopt: it may. Asked now and
  /// then.
  std::function<std::optional<std::string>()> why_silent = [] { return std::nullopt; };
  /// Whether no order is placed any more, whatever is planned. Asked now and then.
  std::function<bool()> closed = [] { return false; };
};

/// A city that drives a live zone over NATS: commands and positions go out, and everything that
/// happens follows from the zone's output stream. One loop on the calling thread.
class live_run final : private city_voice {
public:
  live_run(std::shared_ptr<nats::connection> on, live_settings settings, const scenario& plan,
           const rider_habits& habits, const policy& rules);
  ~live_run() override;

  /// Goes on until all orders have ended and all commands have their outcome, or `grace` has
  /// passed since the last order. Fails when the output stream cannot be followed, and when the
  /// zone decides nothing, saying why.
  result<run_end> run(cli::progress_line& progress);

  const city& people() const { return city_; }
  const outbox& commands() const { return outbox_; }

  /// Adds what became of this run to a report.
  void add_to(run_report& report) const;

private:
  std::string tell(const entity_ref& target, const command_body& command) override;
  std::string wish(const entity_ref& target, const command_body& command) override;
  std::string move(const std::string& rider, bool back) override;
  void report_position(const std::string& rider, const place& at) override;

  void send(const outgoing& what);
  status take_events();
  status take_neighbour();
  status take_event(const stored_message& message);
  void take_acks(outbox::clock::time_point deadline);
  outbox::clock::time_point next_wake(bool acting) const;
  std::optional<run_end> end_reached();
  status check_silence();
  timestamp zone_now() const;
  std::string progress_text() const;

  const std::shared_ptr<nats::connection> connection_;
  const live_settings settings_;
  const scenario& plan_;
  const wire::subjects subjects_;
  const std::string dead_prefix_;
  const std::shared_ptr<mailbox> mailbox_; ///< outlives the run while answers are due
  outbox outbox_;
  city city_;
  nats::nats_input_feed feed_;
  std::optional<nats::nats_input_feed> neighbour_feed_;
  bool more_events_ = false; ///< some may be left in the feed
  std::optional<run_end> ending_;
  outbox::clock::time_point drain_until_;
  outbox::clock::time_point silence_checked_;
  outbox::clock::time_point started_;
  outbox::clock::time_point ended_;
};

} // namespace dispatch::sim
