#pragma once

#include "cmd/client/sender.hpp"
#include "cmd/dispatch-sim/city/city.hpp"
#include "cmd/dispatch-sim/report.hpp"
#include "cmd/shared/progress_line.hpp"
#include "messages/nats/connection/connection.hpp"
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
           const rider_habits& habits, const policy& policy);

  /// Goes on until all orders have ended and all commands have their outcome, or `grace` has
  /// passed since the last order. Fails when the output stream cannot be followed, and when the
  /// zone decides nothing, saying why.
  result<run_end> run(cli::progress_line& progress);

  const city& people() const { return city_; }

  /// Adds what became of this run to a report.
  void add_to(run_report& report) const;

private:
  std::string tell(const entity_ref& target, const command_body& command) override;
  std::string wish(const entity_ref& target, const command_body& command) override;
  std::string move(const std::string& rider, bool back) override;
  void report_position(const std::string& rider, const place& at) override;

  client::sender_settings sender_to(const std::string& zone, std::uint64_t after) const;
  std::string say(client::sender& to, const std::string& zone, const entity_ref& target,
                  const command_body& command, const std::string& by);
  status work();
  std::size_t waiting() const;
  client::steady::time_point next_wake(bool acting) const;
  std::optional<run_end> end_reached();
  status check_silence();
  timestamp zone_now() const;
  std::string progress_text() const;

  const std::shared_ptr<nats::connection> connection_;
  const live_settings settings_;
  const scenario& plan_;
  const wire::subjects subjects_;
  const std::shared_ptr<client::bell> bell_;
  city city_;
  std::optional<client::sender> zone_; ///< from run() on, as the other
  std::optional<client::sender> neighbour_;
  std::uint64_t said_ = 0;
  std::optional<failure> unsaid_; ///< why a command could not be said
  std::optional<run_end> ending_;
  client::steady::time_point drain_until_;
  client::steady::time_point silence_checked_;
  client::steady::time_point started_;
  client::steady::time_point ended_;
};

} // namespace dispatch::sim
