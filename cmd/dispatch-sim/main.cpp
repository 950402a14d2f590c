#include "cmd/audit/audit_zone.hpp"
#include "cmd/dispatch-sim/city/baseline.hpp"
#include "cmd/dispatch-sim/live_run.hpp"
#include "cmd/dispatch-sim/local_dispatchd.hpp"
#include "cmd/dispatch-sim/options.hpp"
#include "cmd/dispatch-sim/policy_file.hpp"
#include "cmd/dispatch-sim/report.hpp"
#include "cmd/dispatch-sim/zone_limits.hpp"
#include "cmd/dispatch-sim/zone_setup.hpp"
#include "cmd/shared/json_output.hpp"
#include "cmd/shared/table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <iostream>
#include <string>
#include <utility>

namespace {

using namespace dispatch;
using namespace dispatch::sim;
using cli::exit_code;
using cli::value_or_stop;

/// How long after its creation the clock of a zone begins: the zone is open by then.
constexpr std::chrono::seconds clock_lead{2};

/// By how much wall time what is due may come later: longer than a nats-server takes to start.
constexpr duration late_max = std::chrono::seconds{10};

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);
extern "C" void on_signal(int) { interrupted = true; }

timestamp wall_now() { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }

/// The definition of the zone that is driven, and where its output begins for this run.
struct driven_zone {
  zone_definition definition;
  std::uint64_t events_after = 0;
  std::string sender = "sim";
  std::string neighbour = {}; ///< empty: riders stay
  std::uint64_t neighbour_events_after = 0;
};

driven_zone reuse_zone(nats::connection& on, const options& wanted, zone_definition definition,
                       scenario& city) {
  if (!wanted.reuse) {
    throw cli::stop(exit_code::conflict,
                    "zone " + wanted.zone + " exists; --reuse uses it, --zone names another one");
  }
  driven_zone zone{.definition = std::move(definition)};
  zone.events_after =
      value_or_stop(end_of_output(on, wanted.connection.root, wanted.zone), exit_code::unavailable);
  const auto run = std::to_string(wall_now().time_since_epoch() / std::chrono::seconds{1});
  zone.sender += run;
  prefix_ids(city, run + "-");
  const auto begins = zone.definition.clock.to_zone(wall_now() + clock_lead);
  shift(city, begins - city.begins);
  return zone;
}

driven_zone set_up_zone(const std::shared_ptr<nats::connection>& on, const options& wanted,
                        const policy& base, scenario& city) {
  const auto& root = wanted.connection.root;
  auto existing = value_or_stop(find_zone(on, root, wanted.zone), exit_code::unavailable);
  if (existing) {
    return reuse_zone(*on, wanted, std::move(*existing), city);
  }
  driven_zone zone;
  zone.definition = {.name = wanted.zone,
                     .retention = {},
                     .clock = {.wall_origin = wall_now() + clock_lead,
                               .simulated_origin = city.begins,
                               .factor = wanted.speed},
                     .policy = policy_at_speed(base, wanted.speed, wanted.habits.think_max,
                                               wanted.habits.position_interval)};
  value_or_stop(create_zone(on, root, zone.definition), exit_code::failed);
  return zone;
}

/// Another zone beside, of the same clock and policy.
void set_up_neighbour(const std::shared_ptr<nats::connection>& on, const std::string& root,
                      driven_zone& zone) {
  auto beside = zone.definition;
  beside.name += "-beside";
  const auto existing = value_or_stop(find_zone(on, root, beside.name), exit_code::unavailable);
  if (existing) {
    zone.neighbour_events_after =
        value_or_stop(end_of_output(*on, root, beside.name), exit_code::unavailable);
  } else {
    value_or_stop(create_zone(on, root, beside), exit_code::failed);
  }
  zone.neighbour = beside.name;
}

/// Of a zone beside what was found before, if anything.
void add_audit(run_report& report, nats::connection& on, const std::string& root,
               const std::string& zone, const zone_clock& clock) {
  auto fastest = clock.factor;
  for (const auto& change : clock.changes) {
    fastest = std::max(fastest, change.factor);
  }
  const auto late_by_max = duration{static_cast<duration::rep>(late_max.count() * fastest)};
  const auto audited =
      audit::audit_zone(on, root, zone, {.clock = clock, .late_by_max = late_by_max});
  report.audit_clean = report.audit_clean.value_or(true) && audited && audited->clean();
  report.audit_text += audited ? audit::to_text(*audited) : audited.error().what + "\n";
}

run_report drive(const std::shared_ptr<nats::connection>& on, const options& wanted,
                 const policy& base, scenario& city, const local_dispatchd* own) {
  auto zone = set_up_zone(on, wanted, base, city);
  if (!city.transfers.empty()) {
    set_up_neighbour(on, wanted.connection.root, zone);
  }
  const auto& policy = zone.definition.policy;
  run_report report;
  report.source = source_of(wanted);
  report.zone = wanted.zone;
  report.speed = zone.definition.clock.speed();
  report.seed = wanted.seed;
  report.orders = city.orders.size();
  report.delivered_min = city.delivered_min;
  report.riders = city.riders.size();
  report.stations = city.stations.size();
  report.limits = policy;
  report.warnings = city.warnings;
  live_settings settings;
  settings.root = wanted.connection.root;
  settings.zone = wanted.zone;
  settings.clock = zone.definition.clock;
  settings.sender = zone.sender;
  settings.events_after = zone.events_after;
  settings.neighbour = zone.neighbour;
  settings.neighbour_events_after = zone.neighbour_events_after;
  settings.grace = std::max<duration>(wanted.grace, city.grace);
  settings.stop_asked = [own]() -> std::optional<run_end> {
    if (interrupted) {
      return run_end::interrupted;
    }
    return own != nullptr && own->ended() ? std::optional{run_end::failed} : std::nullopt;
  };
  settings.why_silent = [&] { return why_silent(*on, wanted.connection.root, wanted.zone); };
  live_run run{on, std::move(settings), city, wanted.habits, policy};
  cli::progress_line progress{std::cerr, cli::stderr_is_terminal()};
  const auto end = run.run(progress);
  progress.finish();
  report.ended = end ? *end : run_end::failed;
  if (!end) {
    report.failure = end.error().what;
  } else if (const auto gone = own != nullptr ? own->ended() : std::nullopt) {
    report.failure = gone->what;
  }
  run.add_to(report);
  if (wanted.baseline) {
    report.nearest = nearest_free_rider(city, policy);
  }
  if (report.ended == run_end::all_ended || report.ended == run_end::grace_passed) {
    report.unserved.merge(ask_what_was_missing(*on, wanted.connection.root, wanted.zone,
                                               needs_explanation(run.people())));
    add_audit(report, *on, wanted.connection.root, wanted.zone, zone.definition.clock);
    if (!zone.neighbour.empty()) {
      add_audit(report, *on, wanted.connection.root, zone.neighbour, zone.definition.clock);
    }
  }
  return report;
}

exit_code run(options wanted) {
  auto policy = wanted.policy_file.empty() ? dispatch::policy{} : policy_in(wanted.policy_file);
  auto city = value_or_stop(scenario_of(wanted, policy), exit_code::usage);
  std::unique_ptr<local_dispatchd> own;
  auto flags = wanted.connection;
  if (!wanted.live_server) {
    own = value_or_stop(local_dispatchd::start(wanted.keep, wanted.speed), exit_code::failed);
    flags.server = own->url();
  }
  const auto settings =
      value_or_stop(cli::connection_settings_of(flags, "dispatch-sim"), exit_code::unavailable);
  auto on = cli::connect_or_stop(settings);
  const auto report = drive(on, wanted, policy, city, own.get());
  if (wanted.json) {
    cli::print_json(std::cout, to_json(report));
  } else {
    print(std::cout, report);
  }
  if (report.ended == run_end::interrupted) {
    return exit_code::interrupted;
  }
  return report.good() ? exit_code::done : exit_code::failed;
}

} // namespace

int main(int argc, char** argv) {
  const auto parsed = parse_options(argc, argv, std::cout, std::cerr);
  if (const auto* code = std::get_if<exit_code>(&parsed)) {
    return static_cast<int>(*code);
  }
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  try {
    const auto& wanted = std::get<options>(parsed);
    return static_cast<int>(wanted.benchmark ? mdrp::run(*wanted.benchmark, std::cout, std::cerr)
                            : wanted.check   ? mdrp::run(*wanted.check, std::cout, std::cerr)
                                             : run(wanted));
  } catch (const cli::stop& why) {
    std::cerr << "dispatch-sim: " << cli::printable(why.what()) << '\n';
    return static_cast<int>(why.code());
  }
}
