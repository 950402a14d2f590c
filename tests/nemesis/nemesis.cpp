#include "cmd/shared/command_line.hpp"
#include "tests/integration/workload.hpp"
#include "tests/nemesis/cluster.hpp"
#include "tests/nemesis/report.hpp"

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <random>

/// Runs zones on several dispatchd under a steady load while faults are injected, and judges what
/// is left.
namespace {

using namespace dispatch;
using namespace dispatch::nemesis;
using namespace std::chrono_literals;

struct options {
  std::string scenario;
  cluster_settings cluster;
  std::optional<std::size_t> times; ///< else as often as the scenario says
  double rate = 10.0;
  std::uint64_t seed = 1;
  bool as_json = false;
};

/// A run in progress. A scenario injects one fault at a time and says whom it struck.
class run {
public:
  run(const options& wanted)
      : wanted_(wanted), random_(wanted.seed), cluster_(wanted.cluster),
        load_(cluster_.where().on(), cluster_.zones(), wanted.rate) {}

  run_result go(const std::function<void(run&)>& strike, std::size_t times) try {
    result_ = {.scenario = wanted_.scenario,
               .seed = wanted_.seed,
               .planned = times,
               .balance_s = cluster_.balance_s(),
               .began = steady::now(),
               .faults = {},
               .samples = {},
               .violations = {}};
    load_.await_outcomes(all_zones(), result_.began);
    for (std::size_t i = 0; i < times; ++i) {
      strike(*this);
      const auto& last = result_.faults.back();
      std::cerr << (i + 1) << "/" << times << "  " << last.kind << " " << last.whom << ", "
                << last.zones.size() << " zones, " << static_cast<int>(last.recovery_ms) << " ms\n";
      cluster_.await_balance();
      load_.settle();
    }
    load_.finish();
    judge();
    return std::move(result_);
  } catch (const std::exception& error) {
    std::cerr << cluster_.logs();
    result_.violations.emplace_back(error.what());
    return std::move(result_);
  }

  /// `kill -9` of a node; another one goes on with its zones, then it comes back.
  void kill_owner() {
    const auto node = some_owner();
    begin("kill -9 node", node, cluster_.zones_of(node));
    cluster_.kill(node);
    recovered();
    cluster_.start(node);
  }

  /// A node sleeps until others have its zones, and wakes with what it had in hand.
  void pause_owner() {
    const auto node = some_owner();
    begin("SIGSTOP node", node, cluster_.zones_of(node));
    cluster_.pause(node);
    recovered();
    cluster_.resume(node);
  }

  /// An operator empties a node and lets it have its zones again.
  void drain_node() {
    const auto node = some_owner();
    begin("drain node", node, cluster_.zones_of(node));
    cluster_.drain(node);
    cluster_.await(node + " without zones", [&] { return cluster_.zones_of(node).empty(); });
    recovered();
    cluster_.undrain(node);
  }

  /// A node ends as it is asked to, and comes back.
  void stop_node() {
    const auto node = some_owner();
    begin("SIGTERM node", node, cluster_.zones_of(node));
    cluster_.stop(node);
    recovered();
    cluster_.start(node);
  }

  /// `kill -9` of the server, which starts again on its store.
  void kill_server() {
    begin("kill -9 nats-server", "", all_zones());
    cluster_.where().kill_server();
    recovered();
  }

private:
  std::vector<std::size_t> all_zones() const {
    std::vector<std::size_t> all(cluster_.zones().size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] = i;
    }
    return all;
  }

  /// The owner of a random zone.
  std::string some_owner() {
    return cluster_.owners().at(cluster_.zones()[random_() % cluster_.zones().size()]);
  }

  void begin(const std::string& kind, const std::string& whom, std::vector<std::size_t> zones) {
    result_.faults.push_back({kind, whom, steady::now(), std::move(zones), 0.0});
  }

  void recovered() {
    auto& last = result_.faults.back();
    load_.await_outcomes(last.zones, last.at);
    last.recovery_ms = std::chrono::duration<double, std::milli>(steady::now() - last.at).count();
  }

  void judge() {
    result_.samples = load_.samples();
    for (const auto& node : cluster_.nodes()) {
      cluster_.stop(node);
    }
    for (const auto& zone : cluster_.zones()) {
      const auto audited = integration::audit_at_rest(*cluster_.where().on(), zone);
      for (const auto& found : audited.violations) {
        result_.violations.push_back("zone " + zone + ", record " + std::to_string(found.record) +
                                     ": " + found.sentence);
      }
      records_ += audited.records;
      epochs_ += audited.epochs;
    }
    std::cerr << "audited " << records_ << " records, " << epochs_ << " epochs\n";
  }

  const options& wanted_;
  std::mt19937_64 random_;
  cluster cluster_;
  load load_;
  run_result result_;
  std::uint64_t records_ = 0;
  std::uint64_t epochs_ = 0;
};

struct scenario {
  std::size_t times;
  void (run::*strike)();
  const char* about;
};

const std::map<std::string, scenario>& scenarios() {
  static const std::map<std::string, scenario> all{
      {"owner-kill", {100, &run::kill_owner, "kill -9 of nodes that own zones"}},
      {"owner-pause", {200, &run::pause_owner, "SIGSTOP of an owner past its lease, then SIGCONT"}},
      {"drain", {50, &run::drain_node, "an operator drains a node and gives it back"}},
      {"rolling", {20, &run::stop_node, "SIGTERM of a node, and a new one in its place"}},
      {"server-kill", {20, &run::kill_server, "kill -9 of nats-server"}},
  };
  return all;
}

std::optional<cli::exit_code> parse(int argc, const char* const* argv, options& into) {
  CLI::App app{"Injects faults into a cluster under load, and audits what is left."};
  std::string known;
  std::vector<std::string> names;
  for (const auto& [name, what] : scenarios()) {
    known += "  " + name + ": " + what.about + ", " + std::to_string(what.times) + " times\n";
    names.push_back(name);
  }
  app.footer("Scenarios:\n" + known);
  app.add_option("--scenario", into.scenario, "what is done")
      ->required()
      ->check(CLI::IsMember(names));
  app.add_option("--times", into.times,
                 "how often, instead of as the scenario says; 0: only start and judge");
  app.add_option("--nodes", into.cluster.nodes, "dispatchd processes")
      ->check(CLI::Range(2, 9))
      ->capture_default_str();
  app.add_option("--zones", into.cluster.zones, "zones")->capture_default_str();
  app.add_option("--standbys", into.cluster.standbys, "of each zone")->capture_default_str();
  app.add_option("--rate", into.rate, "commands per second and zone")->capture_default_str();
  app.add_option("--seed", into.seed, "of the choice of victims")->capture_default_str();
  const std::map<std::string, bool> formats{{"text", false}, {"json", true}};
  app.add_option("-o,--output", into.as_json, "text or json")
      ->transform(CLI::CheckedTransformer(formats).description(""));
  return cli::parse(app, argc, argv, std::cout, std::cerr);
}

} // namespace

int main(int argc, char** argv) {
  options wanted;
  if (const auto code = parse(argc, argv, wanted)) {
    return static_cast<int>(*code);
  }
  try {
    const auto& chosen = scenarios().at(wanted.scenario);
    const auto times = wanted.times.value_or(chosen.times);
    const auto result = run{wanted}.go([&](run& with) { (with.*chosen.strike)(); }, times);
    std::cout << (wanted.as_json ? to_json(result) : to_text(result));
    return result.good() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "FAILED: " << error.what() << '\n';
    return 1;
  }
}
