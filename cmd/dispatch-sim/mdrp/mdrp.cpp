#include "cmd/dispatch-sim/mdrp/mdrp.hpp"

#include "actors/domain/planning/planner.hpp"
#include "cmd/dispatch-sim/mdrp/check.hpp"
#include "cmd/dispatch-sim/mdrp/day.hpp"
#include "cmd/dispatch-sim/mdrp/solution.hpp"
#include "cmd/dispatch-sim/mdrp/summary.hpp"
#include "cmd/dispatch-sim/policy_file.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/json_output.hpp"
#include "cmd/shared/progress_line.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <ostream>
#include <thread>

namespace dispatch::sim::mdrp {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

constexpr std::size_t jobs_max = 1024;

policy policy_of(const options& asked) {
  auto made = asked.policy_file.empty() ? policy{} : policy_in(asked.policy_file);
  if (asked.policy_file.empty()) {
    made.planner = "horizon";
  }
  if (!asked.planner.empty()) {
    made.planner = asked.planner;
  }
  if (const auto fault = domain::fault_of(made)) {
    throw stop(exit_code::usage, *fault);
  }
  return made;
}

/// Instances that several threads serve.
class batch {
public:
  batch(std::vector<instance> instances, const policy& base, std::string solutions,
        std::ostream& err)
      : instances_(std::move(instances)), base_(base), solutions_(std::move(solutions)),
        summaries_(instances_.size()), progress_(err, cli::stderr_is_terminal()) {}

  std::vector<summary> run(std::size_t jobs) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < std::min(jobs, instances_.size()); ++i) {
      threads.emplace_back([this] { serve_some(); });
    }
    for (auto& thread : threads) {
      thread.join();
    }
    progress_.finish();
    if (!failed_.empty()) {
      throw stop(exit_code::failed, failed_);
    }
    return std::move(summaries_);
  }

private:
  void serve_some() {
    for (auto i = next_++; i < instances_.size(); i = next_++) {
      const auto& one = instances_[i];
      const auto begin = std::chrono::steady_clock::now();
      const auto day =
          serve(one, policy_for(one, base_), [&](int minute) { tell(one.name, minute); });
      summaries_[i] = summarise(one, day);
      keep(one, day);
      summaries_[i].seconds =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      ++done_;
    }
  }

  void keep(const instance& of, const served_day& day) {
    if (solutions_.empty()) {
      return;
    }
    const auto written =
        write_solution(std::filesystem::path{solutions_} / of.name, solution_of(of, day));
    if (!written) {
      const std::scoped_lock lock{mutex_};
      failed_ = written.error().what;
    }
  }

  void tell(const std::string& name, int minute) {
    const std::scoped_lock lock{mutex_};
    progress_.show(std::to_string(done_) + " of " + std::to_string(instances_.size()) + " done, " +
                   name + " at " + std::to_string(minute / 60) + ":00");
  }

  const std::vector<instance> instances_;
  const policy& base_;
  const std::string solutions_;
  std::vector<summary> summaries_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> done_{0};
  std::mutex mutex_;
  std::string failed_; ///< why a solution is not kept; empty: all are
  cli::progress_line progress_;
};

} // namespace

void describe(CLI::App& verb, options& asked) {
  verb.description("Serve instances of the public Meal Delivery Routing Problem");
  verb.add_option("DIR", asked.directories, "hold orders.txt, couriers.txt, restaurants.txt")
      ->required()
      ->check(CLI::ExistingDirectory);
  verb.add_option("--policy", asked.policy_file, "zone definition whose policy is taken")
      ->check(CLI::ExistingFile);
  verb.add_option("--planner", asked.planner, domain::planner_names() + "; instead of the policy's")
      ->type_name("NAME");
  cli::add_number(verb, "--jobs", asked.jobs, "instances at once; 0: one for each processor", 0,
                  jobs_max);
  verb.add_option("--solutions", asked.solutions,
                  "write the files that the public evaluator reads, below this directory")
      ->type_name("DIR");
  verb.add_option("-o,--output", asked.output, "form of the report")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->type_name("FORM")
      ->capture_default_str();
  verb.footer(R"(The turns, the entities and the planner are those of a zone; nothing else runs, and
the clock goes from minute to minute as fast as the machine can. Couriers accept at once. The
policy's speeds, services and customs are those of the instance. Figures are minutes and dollars,
by the definitions of the public evaluator.

Example:
  dispatch-sim mdrp mdrplib/public_instances/*)");
}

exit_code run(const options& asked, std::ostream& out, std::ostream& err) {
  const auto base = policy_of(asked);
  std::vector<instance> instances;
  for (const auto& directory : asked.directories) {
    instances.push_back(value_or_stop(read_instance(directory), exit_code::usage));
  }
  const auto processors = std::max(1U, std::thread::hardware_concurrency());
  auto all = batch{std::move(instances), base, asked.solutions, err}.run(
      asked.jobs > 0 ? asked.jobs : processors);
  const auto mean = mean_of(all);
  if (asked.output == "json") {
    auto rows = nlohmann::json::array();
    for (const auto& one : all) {
      rows.push_back(to_json(one));
    }
    cli::print_json(out, {{"instances", std::move(rows)}, {"mean", to_json(mean)}});
    return exit_code::done;
  }
  all.push_back(mean);
  if (asked.output == "csv") {
    print_csv(out, all);
  } else {
    print_table(out, all);
  }
  return exit_code::done;
}

void describe(CLI::App& verb, check_options& asked) {
  verb.description("Check a solution of the Meal Delivery Routing Problem, rule by rule");
  verb.add_option("INSTANCE", asked.instance, "directory of the instance")
      ->required()
      ->check(CLI::ExistingDirectory);
  verb.add_option("SOLUTION", asked.solution, "directory of the solution's three files")
      ->required()
      ->check(CLI::ExistingDirectory);
  verb.footer(R"(Every time is computed again from when couriers set out, where to, and what they
collect, and has to be the one that the files say. Ends with 1 when a rule is broken.

Example:
  dispatch-sim mdrp mdrplib/public_instances/0o100t100s1p100 --solutions out
  dispatch-sim mdrp-check mdrplib/public_instances/0o100t100s1p100 out/0o100t100s1p100)");
}

exit_code run(const check_options& asked, std::ostream& out, std::ostream& err) {
  const auto of = value_or_stop(read_instance(asked.instance), exit_code::usage);
  const auto solution = value_or_stop(read_solution(asked.solution), exit_code::usage);
  const auto found = violations_of(of, solution);
  for (const auto& violation : found) {
    out << violation << '\n';
  }
  if (!found.empty()) {
    err << found.size() << " violations\n";
    return exit_code::failed;
  }
  print_table(out, {summarise(of, served_by(of, solution))});
  return exit_code::done;
}

} // namespace dispatch::sim::mdrp
