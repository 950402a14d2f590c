#include "tests/nemesis/run.hpp"

#include "tests/integration/workload.hpp"

#include <algorithm>
#include <iostream>
#include <numeric>
#include <utility>

namespace dispatch::nemesis {

run::run(const run_settings& wanted)
    : wanted_(wanted), random_(wanted.seed), cluster_(wanted.cluster),
      load_(cluster_.on(), cluster_.zones(), wanted.rate) {
  result_.scenario = wanted.scenario;
  result_.seed = wanted.seed;
  result_.balance_s = cluster_.balance_s();
}

run_result run::go(const schedule& when, const std::function<fault_function()>& next) try {
  result_.began = steady::now();
  result_.planned = when.times;
  load_.await_outcomes(all_zones(), result_.began);
  strike_all(when, next);
  load_.finish();
  judge();
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

std::string run::some_zone() { return cluster_.zones()[random(cluster_.zones().size())]; }

std::string run::some_owner() { return cluster_.owner_of(some_zone()); }

void run::begin(const std::string& kind, const std::string& whom, std::vector<std::size_t> zones) {
  result_.faults.push_back({kind, whom, steady::now(), std::move(zones), 0.0});
}

void run::recovered() {
  auto& last = result_.faults.back();
  load_.await_outcomes(last.zones, last.at);
  last.recovery_ms = std::chrono::duration<double, std::milli>(steady::now() - last.at).count();
}

void run::judge() {
  result_.samples = load_.samples();
  for (const auto& node : cluster_.nodes()) {
    cluster_.stop(node);
  }
  std::uint64_t records = 0;
  std::uint64_t epochs = 0;
  for (const auto& zone : cluster_.zones()) {
    const auto audited = integration::audit_at_rest(*cluster_.on(), zone);
    for (const auto& found : audited.violations) {
      violated("zone " + zone + ", record " + std::to_string(found.record) + ": " + found.sentence);
    }
    records += audited.records;
    epochs += audited.epochs;
  }
  std::cerr << "audited " << records << " records, " << epochs << " epochs\n";
}

} // namespace dispatch::nemesis
