#include "tests/integration/workload.hpp"

#include "actors/commit_log/log_verifier.hpp"
#include "cmd/audit/audit_zone.hpp"
#include "cmd/dispatch-sim/city/synthetic_city.hpp"
#include "cmd/dispatch-sim/live_run.hpp"
#include "cmd/dispatch-sim/zone_limits.hpp"
#include "cmd/shared/progress_line.hpp"
#include "persistence/files/archive.hpp"

#include <optional>
#include <sstream>

namespace dispatch::integration {

namespace {

using namespace std::chrono_literals;

constexpr auto speed = 2400.0;
constexpr auto clock_lead = 1s;

const sim::rider_habits habits{.position_interval = 5min};

/// Two seconds without an owner are more than an hour of the city, and no reason to give up.
policy patient() {
  policy policy;
  policy.max_wait = 24h;
  return policy;
}

timestamp wall_now() { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }

/// Digests included.
result<audit::audit_report> audited(nats::connection& on, const std::string& zone,
                                    audit::audit_options how,
                                    const audit::archived_records& archived = {}) {
  log_verifier verifier;
  how.fold = [&](std::uint64_t sequence, std::string_view bytes) {
    return verifier.verify(sequence, bytes);
  };
  return audit::audit_zone(on, "dispatch", zone, std::move(how), archived);
}

} // namespace

audit::audit_report audit_running(nats::connection& on, const std::string& zone) {
  return value_of(audited(on, zone, {}));
}

audit::audit_report audit_at_rest(nats::connection& on, const std::string& zone,
                                  const std::filesystem::path& data) {
  const files::archive archive{{files::archive_directory(data, zone)}};
  return value_of(
      audited(on, zone, {.at_rest = true}, [&](const auto& visit) { return archive.scan(visit); }));
}

workload::workload(site& where, const std::string& zone, const retention_rules& kept)
    : on_(where.on()),
      plan_(sim::synthetic_city({.orders = 12, .riders = 10, .stations = 4, .hours = 0.25})) {
  definition_.name = zone;
  definition_.retention = kept;
  definition_.clock = {
      .wall_origin = wall_now() + clock_lead, .simulated_origin = plan_.begins, .factor = speed};
  definition_.policy =
      sim::policy_at_speed(patient(), speed, habits.think_max, habits.position_interval);
  where.create_zone(definition_);
  outcome_ = std::async(std::launch::async, [this] { return run(); });
}

workload::~workload() {
  given_up_ = true;
  if (outcome_.valid()) {
    outcome_.wait();
  }
}

sim::run_report workload::run() {
  sim::live_settings settings;
  settings.zone = definition_.name;
  settings.clock = definition_.clock;
  settings.grace = 24h;
  settings.stop_asked = [this] {
    return given_up_ ? std::optional{sim::run_end::interrupted} : std::nullopt;
  };
  sim::live_run live{on_, std::move(settings), plan_, habits, definition_.policy};
  std::ostringstream unread;
  cli::progress_line progress{unread, false};
  sim::run_report report;
  report.orders = plan_.orders.size();
  report.delivered_min = plan_.delivered_min;
  if (const auto end = live.run(progress)) {
    report.ended = *end;
  } else {
    report.failure = end.error().what;
  }
  live.add_to(report);
  return report;
}

sim::run_report workload::finish() {
  if (outcome_.wait_for(patience) != std::future_status::ready) {
    throw std::runtime_error("the orders do not end");
  }
  auto report = outcome_.get();
  const auto judged = value_of(audited(*on_, definition_.name, {.clock = definition_.clock}));
  report.audit_clean = judged.clean();
  report.audit_text = audit::to_text(judged);
  return report;
}

} // namespace dispatch::integration
