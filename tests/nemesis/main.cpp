#include "cmd/shared/command_line.hpp"
#include "tests/nemesis/scenarios.hpp"

#include <algorithm>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

/// Runs zones on several dispatchd under a steady load while faults are injected, and judges what
/// is left.
namespace {

using namespace dispatch;
using namespace dispatch::nemesis;
using namespace std::chrono_literals;

constexpr auto mix = "mix";
constexpr std::size_t mix_times = 100;
constexpr std::size_t mix_rests_every = 5;
/// Of a test that this machine does not allow.
constexpr int status_of_skipped = 77;

struct options {
  run_settings run;
  std::optional<std::size_t> times; ///< else as often as the scenario says
  std::vector<std::string> without; ///< of a mix
  std::chrono::seconds span{0};
  bool as_json = false;
};

std::optional<cli::exit_code> parse(int argc, const char* const* argv, options& into) {
  CLI::App app{"Injects faults into a cluster under load, and audits what is left."};
  std::string known = "  mix: all that the machine allows, in random order, 100 times\n";
  std::vector<std::string> names{mix};
  for (const auto& each : scenarios()) {
    known += std::string{"  "} + each.name + ": " + each.about + ", " + std::to_string(each.times) +
             " times" + (each.servers_min > 1 ? ", several servers\n" : "\n");
    names.emplace_back(each.name);
  }
  app.footer("Scenarios:\n" + known);
  auto& of = into.run.cluster;
  app.add_option("--scenario", into.run.scenario, "what is done")
      ->required()
      ->check(CLI::IsMember(names));
  app.add_option("--without", into.without, "a kind that a mix shall not have")
      ->check(CLI::IsMember(names));
  app.add_option("--times", into.times,
                 "how often, instead of as the scenario says; 0: only start and judge");
  cli::add_span(app, "--for", into.span, "how long, instead of how often")->default_str("");
  app.add_option("--servers", of.servers, "nats-servers, each with all streams")
      ->check(CLI::IsMember(std::vector<std::size_t>{1, 3, 5}))
      ->capture_default_str();
  app.add_option("--nodes", of.nodes, "dispatchd processes")
      ->check(CLI::Range(2, 9))
      ->capture_default_str();
  app.add_option("--zones", of.zones.count, "zones")->capture_default_str();
  app.add_option("--standbys", of.zones.standbys, "of each zone")->capture_default_str();
  app.add_option("--cities", of.zones.cities, "zones in which a city lives, of four at most one")
      ->capture_default_str();
  app.add_option("--quiet", of.zones.quiet, "zones without commands but probes, likewise")
      ->capture_default_str();
  app.add_flag("--operators,!--no-operators", of.zones.operators,
               "every second of the rest has operators");
  app.add_option("--rate", into.run.rate, "commands per second and zone")->capture_default_str();
  app.add_option("--seed", into.run.seed, "of the choice of victims")->capture_default_str();
  app.add_option("--keep", of.keep, "directory in which all stores and logs are left");
  const std::map<std::string, bool> formats{{"text", false}, {"json", true}};
  app.add_option("-o,--output", into.as_json, "text or json")
      ->transform(CLI::CheckedTransformer(formats).description(""));
  return cli::parse(app, argc, argv, std::cout, std::cerr);
}

/// All kinds, each once before any comes again.
class deck {
public:
  deck(std::vector<const scenario*> kinds, std::uint64_t seed)
      : kinds_(std::move(kinds)), random_(seed) {}

  fault_function next() {
    if (drawn_ % kinds_.size() == 0) {
      std::ranges::shuffle(kinds_, random_);
    }
    return kinds_[drawn_++ % kinds_.size()]->strike;
  }

  /// Names of kinds that were never drawn.
  std::vector<std::string> never() const {
    std::vector<std::string> names;
    for (auto i = drawn_; i < kinds_.size(); ++i) {
      names.emplace_back(kinds_[i]->name);
    }
    return names;
  }

private:
  std::vector<const scenario*> kinds_;
  std::mt19937_64 random_;
  std::size_t drawn_ = 0;
};

/// What is wanted and possible; says what is not. A single kind gets the servers that it needs.
std::vector<const scenario*> choose(options& wanted) {
  std::vector<const scenario*> chosen;
  for (const auto& each : scenarios()) {
    const auto mixed = wanted.run.scenario == mix;
    if (mixed ? !each.mixes : wanted.run.scenario != each.name) {
      continue;
    }
    if (std::ranges::count(wanted.without, each.name) > 0) {
      continue;
    }
    auto& servers = wanted.run.cluster.servers;
    auto obstacle = obstacle_to(each.needs);
    if (wanted.run.scenario != mix) {
      servers = std::max(servers, each.servers_min);
    } else if (servers < each.servers_min) {
      obstacle = "it needs --servers " + std::to_string(each.servers_min);
    }
    if (obstacle) {
      std::cerr << "without " << each.name << ": " << *obstacle << '\n';
    } else {
      chosen.push_back(&each);
    }
  }
  return chosen;
}

run_result run_all(options& wanted, const std::vector<const scenario*>& chosen) {
  auto& with = wanted.run.cluster.with;
  for (const auto* each : chosen) {
    with.proxies |= each->needs.proxies;
    with.small_disks |= each->needs.small_disks;
    with.own_clocks |= each->needs.own_clocks;
    with.thread_limits |= each->needs.thread_limits;
    with.users |= each->needs.users;
  }
  const auto mixed = wanted.run.scenario == mix;
  if (mixed) {
    wanted.run.allowed.epochs_per_fault = 0;
  } else {
    const auto& only = *chosen.front();
    wanted.run.allowed = only.allowed;
    if (only.change != nullptr) {
      only.change(wanted.run.cluster);
    }
  }
  schedule when{
      .times = wanted.times, .span = wanted.span, .rest_every = mixed ? mix_rests_every : 1};
  if (!when.times && when.span == 0s) {
    when.times = mixed ? mix_times : chosen.front()->times;
  }
  deck faults{chosen, wanted.run.seed};
  auto result = run{wanted.run}.go(when, [&] { return faults.next(); });
  if (when.times.value_or(1) > 0) {
    for (const auto& name : faults.never()) {
      result.violations.push_back(name + " was never injected");
    }
  }
  return result;
}

} // namespace

int main(int argc, char** argv) {
  options wanted;
  if (const auto code = parse(argc, argv, wanted)) {
    return static_cast<int>(*code);
  }
  try {
    prepare_machine();
    const auto chosen = choose(wanted);
    if (chosen.empty()) {
      return status_of_skipped;
    }
    const auto result = run_all(wanted, chosen);
    std::cout << (wanted.as_json ? to_json(result) : to_text(result));
    return result.good() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "FAILED: " << error.what() << '\n';
    return 1;
  }
}
