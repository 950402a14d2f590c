#include "tests/nemesis/run.hpp"

#include "messages/nats/stream_admin.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/workload.hpp"
#include "tests/integration/zone_client.hpp"
#include "tests/nemesis/ledger.hpp"

#include <algorithm>
#include <iostream>
#include <numeric>
#include <utility>

namespace dispatch::nemesis {

namespace {

constexpr std::size_t surprises_told = 5;
/// Of a city, so that it shows how it lives after the last fault.
constexpr std::size_t orders_after_faults = 24;
/// Orders that are under way at once.
constexpr std::size_t burst = 500;

std::vector<spoken_zone> spoken_zones(const std::vector<planned_zone>& plans) {
  std::vector<spoken_zone> zones;
  for (const auto& each : plans) {
    zones.push_back({each.definition.name, each.kind});
  }
  return zones;
}

} // namespace

run::run(const run_settings& wanted)
    : wanted_(wanted), random_(wanted.seed), cluster_(wanted.cluster),
      load_(cluster_.on(), spoken_zones(cluster_.plans()), wanted.rate), truth_(cluster_, load_) {
  for (const auto zone : all_zones()) {
    const auto& plan = cluster_.plans()[zone];
    if (plan.kind == zone_kind::city) {
      cities_[zone] = std::make_unique<city_life>(cluster_.on(), plan.definition, zone + 1);
    }
  }
  result_.scenario = wanted.scenario;
  result_.seed = wanted.seed;
  result_.balance_s = cluster_.balance_s();
}

run_result run::go(const schedule& when, const std::function<fault_function()>& next) try {
  result_.began = steady::now();
  result_.planned = when.times;
  answered();
  for (const auto& node : cluster_.nodes()) {
    usage_[node].before = cluster_.usage(node);
  }
  strike_all(when, next);
  judge_cities();
  judge_positions();
  load_.finish();
  judge_costs();
  judge_zones();
  return std::move(result_);
} catch (const std::exception& error) {
  std::cerr << cluster_.logs();
  violated(error.what());
  result_.samples = load_.samples();
  return std::move(result_);
}

void run::strike_all(const schedule& when, const std::function<fault_function()>& next) {
  const auto goes_on = [&](std::size_t done) {
    return when.times ? done < *when.times : steady::now() < result_.began + when.span;
  };
  for (std::size_t done = 0; goes_on(done);) {
    cluster_.supervise();
    next()(*this);
    ++done;
    const auto& last = result_.faults.back();
    std::cerr << done << "  " << last.kind << " " << last.whom << ", " << last.zones.size()
              << " zones, " << static_cast<int>(last.recovery_ms) << " ms\n";
    if (done % when.rest_every == 0 || !goes_on(done)) {
      rest();
    }
  }
}

void run::rest() {
  cluster_.where().await_health();
  cluster_.await_balance();
  load_.settle();
}

std::vector<std::size_t> run::all_zones() const {
  std::vector<std::size_t> all(cluster_.zones().size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

std::vector<std::size_t> run::only(const std::string& zone) const {
  const auto& zones = cluster_.zones();
  return {static_cast<std::size_t>(std::ranges::find(zones, zone) - zones.begin())};
}

std::vector<std::size_t> run::zones_of(const std::vector<zone_kind>& kinds) const {
  auto zones = all_zones();
  std::erase_if(zones, [&](std::size_t zone) {
    return std::ranges::count(kinds, cluster_.plans()[zone].kind) == 0;
  });
  return zones;
}

std::string run::some_zone(const std::vector<zone_kind>& among) {
  const auto fitting = among.empty() ? all_zones() : zones_of(among);
  return cluster_.zones()[fitting.at(random(fitting.size()))];
}

std::string run::some_owner() { return cluster_.owner_of(some_zone()); }

void run::begin(const std::string& kind, const std::string& whom, std::vector<std::size_t> zones,
                std::vector<std::size_t> moved) {
  result_.faults.push_back({kind, whom, steady::now(), std::move(zones), 0.0, std::move(moved)});
}

void run::answered() { load_.await_outcomes(all_zones(), steady::now(), integration::patience); }

void run::recovered() {
  auto& last = result_.faults.back();
  load_.await_outcomes(last.zones, last.at, wanted_.allowed.recovery_max);
  last.recovery_ms = std::chrono::duration<double, std::milli>(steady::now() - last.at).count();
}

void run::place_many(const std::string& zone, std::size_t orders) {
  integration::zone_client client{cluster_.on(), zone};
  const auto body = integration::order_body();
  const auto round = std::to_string(steady::now().time_since_epoch().count()) + "-";
  for (std::size_t i = 0; i < orders; ++i) {
    const auto order = "many" + round + std::to_string(i);
    const auto subject = std::string{wire::default_root} + ".in." + zone + ".order." + order;
    integration::value_of(cluster_.on()->publish((subject + ".place").c_str(), nullptr, {}, body));
    if (i % burst == burst - 1) {
      client.await_event("order." + order + ".placed");
    }
  }
}

std::chrono::duration<double> run::outages_of(std::size_t zone) const {
  std::chrono::duration<double> sum{0};
  for (const auto& each : result_.faults) {
    if (std::ranges::count(each.zones, zone) > 0) {
      sum += std::chrono::duration<double, std::milli>{each.recovery_ms};
    }
  }
  return sum;
}

void run::judge_cities() {
  for (const auto& [zone, city] : cities_) {
    city->close_after(orders_after_faults);
  }
  for (const auto& [zone, city] : cities_) {
    const auto outcome = city->finish(outages_of(zone));
    result_.violations.insert(result_.violations.end(), outcome.complaints.begin(),
                              outcome.complaints.end());
    std::cerr << "city " << cluster_.zones()[zone] << ": " << outcome.delivered << " of "
              << outcome.placed << " orders delivered, click to door p90 "
              << outcome.click_to_door_p90 << " of " << outcome.click_to_door_p90_max
              << " minutes\n";
  }
}

/// They are a hint and may get lost, but those that come must be kept.
void run::judge_positions() {
  const auto stream = wire::position_stream(wire::default_root);
  const auto kept = nats::describe_stream(*cluster_.on(), stream);
  if (!cities_.empty() && (!kept || kept->state.messages == 0)) {
    violated("no position of a rider is kept" + (kept ? "" : ": " + kept.error().what));
  }
}

/// While the nodes still run.
void run::judge_costs() {
  result_.ended = steady::now();
  result_.samples = load_.samples();
  result_.openings = load_.openings();
  for (const auto& node : cluster_.nodes()) {
    const auto& used = usage_[node].after = cluster_.usage(node);
    std::cerr << node << ": " << (used.rss_bytes >> 20U) << " MiB, write-ahead log "
              << (used.wal_bytes >> 10U) << " KiB, " << used.descriptors << " descriptors, "
              << used.log_lines << " lines\n";
  }
  const auto surprises = load_.surprises();
  for (std::size_t i = 0; i < std::min(surprises.size(), surprises_told); ++i) {
    violated(surprises[i]);
  }
  if (surprises.size() > surprises_told) {
    violated("so many answers were not the expected ones: " + std::to_string(surprises.size()));
  }
  for (const auto& all : {truth_.lies(), excesses(wanted_.allowed, result_, usage_)}) {
    result_.violations.insert(result_.violations.end(), all.begin(), all.end());
  }
}

std::set<std::string> run::announced_in(std::size_t zone) const {
  std::set<std::string> ids;
  for (const auto& sample : result_.samples) {
    if (sample.zone == zone) {
      ids.insert(sample.id);
    }
  }
  return ids;
}

void run::judge_zones() {
  for (const auto& node : cluster_.nodes()) {
    cluster_.stop(node);
  }
  std::uint64_t records = 0;
  std::uint64_t epochs = 0;
  for (const auto zone : all_zones()) {
    const auto& name = cluster_.zones()[zone];
    const auto audited = integration::audit_at_rest(*cluster_.on(), name);
    for (const auto& found : audited.violations) {
      violated("zone " + name + ", record " + std::to_string(found.record) + ": " + found.sentence);
    }
    if (const auto lost = lost_commands(cluster_.on(), name, announced_in(zone)); !lost.empty()) {
      violated("zone " + name + " announced " + std::to_string(lost.size()) +
               " commands that its log does not know, among them " + *lost.begin());
    }
    records += audited.records;
    epochs += audited.epochs;
  }
  std::cerr << "audited " << records << " records, " << epochs << " epochs\n";
}

} // namespace dispatch::nemesis
