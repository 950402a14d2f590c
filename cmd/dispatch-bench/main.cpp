#include "cmd/dispatch-bench/measures/cold_start.hpp"
#include "cmd/dispatch-bench/measures/match.hpp"
#include "cmd/dispatch-bench/measures/nodes.hpp"
#include "cmd/dispatch-bench/measures/pipeline.hpp"
#include "cmd/dispatch-bench/measures/rates.hpp"
#include "cmd/dispatch-bench/measures/sign.hpp"
#include "cmd/dispatch-bench/measures/waybills.hpp"
#include "cmd/dispatch-bench/report.hpp"
#include "cmd/dispatch-bench/site.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"

#include <chrono>
#include <csignal>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace dispatch;
using namespace dispatch::bench;
using cli::exit_code;

const char* const about =
    R"(Measures zones of dispatchd processes of its own, on a nats-server of its own.)";

const char* const pipeline_about =
    R"(Commands through the whole pipeline: pulled, decided, committed, remembered, announced.)";
const char* const latency_about =
    R"(From a command to its first event, at several rates: of a relay and of a zone in turn.)";
const char* const cold_start_about =
    R"(A node that starts on a zone full of riders and orders: when it first decides something.)";
const char* const nodes_about =
    R"(Many zones, drained by one node and then by several: what the others add.)";
const char* const idle_about = R"(Many zones in which nothing happens: what they take.)";

const char* const match_about =
    R"(One match of the dispatcher in memory, without rules and with ten.)";
const char* const sign_about = R"(Waybills signed and verified by one thread.)";
const char* const waybill_about =
    R"(From an order to its signed waybill at the rider who accepted it, with riders in plenty.)";

const char* const examples = R"(Examples:
  dispatch-bench pipeline
  dispatch-bench pipeline --commands 100000 --repeat 3 -o json
  dispatch-bench latency --rates 100,1000,10000
  dispatch-bench cold-start --entities 1000000
  dispatch-bench nodes --zones 8 --nodes 2
  dispatch-bench idle --zones 1000 --nodes 3
  dispatch-bench match --orders 1000 --riders 2000
  dispatch-bench sign
  dispatch-bench waybill --rate 500 --seconds 20

Exit codes: 0 done, 1 failed, 2 wrong arguments, 130 interrupted.)";

struct options {
  pipeline_options pipeline;
  rates_options rates;
  std::size_t entities = 100'000;
  nodes_options nodes;
  idle_options idle;
  match_options match;
  std::chrono::seconds signing{2};
  waybill_options waybill;
  std::size_t repeat = 1;
  bool json = false;
  std::function<figures()> measure; ///< of the subcommand
};

CLI::Option& add_seconds(CLI::App& to, std::chrono::seconds& into, const std::string& what) {
  return *to.add_option_function<unsigned>(
                "--seconds", [&into](unsigned s) { into = std::chrono::seconds{s}; }, what)
              ->check(CLI::Range(1, 3600))
              ->default_str(std::to_string(into.count()));
}

void describe_pipeline(CLI::App& app, options& into) {
  app.add_option("--commands", into.pipeline.commands, "commands that wait for the zone")
      ->check(CLI::Range(1'000, 3'000'000))
      ->capture_default_str();
  add_seconds(app, into.pipeline.live, "how long 10,000 commands/s are published for the latency");
  app.add_option("--seed", into.pipeline.seed, "of the commands")->capture_default_str();
}

void describe_latency(CLI::App& app, options& into) {
  app.add_option("--rates", into.rates.per_second, "commands per second, one after the other")
      ->delimiter(',')
      ->check(CLI::Range(1.0, 100'000.0))
      ->capture_default_str();
  add_seconds(app, into.rates.span, "how long each rate lasts, for the relay and for the zone");
  app.add_option("--seed", into.rates.seed, "of the commands")->capture_default_str();
}

void describe_cold_start(CLI::App& app, options& into) {
  app.add_option("--entities", into.entities, "riders and orders that wait asleep")
      ->check(CLI::Range(100, 5'000'000))
      ->capture_default_str();
}

void describe_nodes(CLI::App& app, options& into) {
  app.add_option("--zones", into.nodes.zones, "how many")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--nodes", into.nodes.nodes, "how many, after one alone")
      ->check(CLI::Range(2, 16))
      ->capture_default_str();
  app.add_option("--standbys", into.nodes.standbys, "of each zone")
      ->check(CLI::Range(0, 15))
      ->capture_default_str();
  app.add_option("--commands", into.nodes.commands, "that wait for each zone")
      ->check(CLI::Range(1'000, 1'000'000))
      ->capture_default_str();
  app.add_option("--seed", into.nodes.seed, "of the commands")->capture_default_str();
}

void describe_idle(CLI::App& app, options& into) {
  app.add_option("--zones", into.idle.zones, "how many")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  app.add_option("--nodes", into.idle.nodes, "how many")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  app.add_option("--standbys", into.idle.standbys, "of each zone")
      ->check(CLI::Range(0, 15))
      ->capture_default_str();
  add_seconds(app, into.idle.span, "how long is looked on");
}

void describe_match(CLI::App& app, options& into) {
  app.add_option("--orders", into.match.orders, "that wait")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--riders", into.match.riders, "who are idle")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--seed", into.match.seed, "of the places")->capture_default_str();
}

void describe_sign(CLI::App& app, options& into) {
  add_seconds(app, into.signing, "how long each algorithm signs, and verifies");
}

void describe_waybill(CLI::App& app, options& into) {
  app.add_option("--rate", into.waybill.rate, "orders per second")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  // Positions of riders count for three minutes.
  add_seconds(app, into.waybill.span, "how long, after 2 s that do not count")
      .check(CLI::Range(1, 120));
  app.add_option_function<unsigned>(
         "--match-interval-ms",
         [&into](unsigned ms) { into.waybill.match_interval = std::chrono::milliseconds{ms}; },
         "of the zone's policy; a match plans for all orders that wait")
      ->check(CLI::Range(1, 60'000))
      ->default_str(std::to_string(into.waybill.match_interval.count()));
  app.add_option("--seed", into.waybill.seed, "of the places")->capture_default_str();
}

std::optional<exit_code> parse_options(int argc, char** argv, options& into) {
  CLI::App app{about, "dispatch-bench"};
  app.footer(examples);
  app.require_subcommand(1);
  const auto add = [&](const char* name, const char* what, auto describe,
                       std::function<figures()> measure) {
    auto& verb = *app.add_subcommand(name, what);
    describe(verb, into);
    verb.add_option("--repeat", into.repeat, "take the medians of so many repetitions")
        ->check(CLI::Range(1, 99))
        ->capture_default_str();
    verb.add_option_function<std::string>(
            "-o,--output", [&into](const std::string& form) { into.json = form == "json"; },
            "table or json")
        ->check(CLI::IsMember({"table", "json"}))
        ->default_str("table");
    verb.callback([&into, measure = std::move(measure)] { into.measure = measure; });
  };
  add("pipeline", pipeline_about, describe_pipeline,
      [&into] { return measure_pipeline(into.pipeline); });
  add("latency", latency_about, describe_latency, [&into] { return measure_rates(into.rates); });
  add("cold-start", cold_start_about, describe_cold_start,
      [&into] { return measure_cold_start(into.entities); });
  add("nodes", nodes_about, describe_nodes, [&into] { return measure_nodes(into.nodes); });
  add("idle", idle_about, describe_idle, [&into] { return measure_idle(into.idle); });
  add("match", match_about, describe_match, [&into] { return measure_match(into.match); });
  add("sign", sign_about, describe_sign, [&into] { return measure_signing(into.signing); });
  add("waybill", waybill_about, describe_waybill,
      [&into] { return measure_waybills(into.waybill); });
  return cli::parse(app, argc, argv, std::cout, std::cerr);
}

extern "C" void on_signal(int) { interrupt(); }

} // namespace

int main(int argc, char** argv) {
  options wanted;
  if (const auto code = parse_options(argc, argv, wanted)) {
    return static_cast<int>(*code);
  }
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  try {
    std::vector<figures> repetitions;
    while (repetitions.size() < wanted.repeat) {
      repetitions.push_back(wanted.measure());
    }
    const auto found = medians(repetitions);
    if (wanted.json) {
      print_json(std::cout, found);
    } else {
      print_table(std::cout, found);
    }
    return static_cast<int>(exit_code::done);
  } catch (const cli::stop& why) {
    std::cerr << "dispatch-bench: " << why.what() << '\n';
    return static_cast<int>(why.code());
  }
}
