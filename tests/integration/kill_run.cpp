#include "cmd/dispatch-sim/zone_setup.hpp"
#include "cmd/shared/command_line.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/deciding.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/workload.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <mutex>
#include <optional>
#include <poll.h>
#include <random>

/// Drives a zone with dispatch-sim while dispatchd and nats-server are killed again and again.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto zone = "kill";
constexpr std::size_t scheduler_threads = 4;

struct options {
  std::string data; ///< empty: a synthetic city
  std::string from = "11:00";
  std::string to = "15:00";
  std::string speed = "240";
  std::string orders = "300";
  std::string riders = "120";
  std::string hours = "1";
  unsigned kills_dispatchd = 20;
  unsigned kills_server = 3;
  std::chrono::milliseconds every = 3s;
  std::uint64_t seed = 1;
};

/// Tells when the zone announces something.
class announcements {
public:
  explicit announcements(nats::connection& on)
      : subscription_(value_of(
            on.subscribe(wire::subjects{}.events_of_zone(zone),
                         [this](const nats::incoming& message) { take(message.subject()); }))) {}

  /// Waits for an announcement after `since`: for any, or for that of an opening.
  void wait(bool opening, steady::time_point since) {
    std::unique_lock lock(mutex_);
    const auto& seen = opening ? opened_ : any_;
    if (!changed_.wait_for(lock, patience, [&] { return seen > since; })) {
      throw std::runtime_error("the zone announces nothing any more");
    }
  }

private:
  void take(std::string_view subject) {
    const std::lock_guard lock(mutex_);
    any_ = steady::now();
    if (subject.ends_with(".opened") && subject.find(".zone.") != std::string_view::npos) {
      opened_ = any_;
    }
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  steady::time_point any_;
  steady::time_point opened_;
  nats::subscription subscription_; ///< last: it calls back until it is gone
};

enum class victim : std::uint8_t { dispatchd, server, both };

const char* name_of(victim who) {
  constexpr std::array names{"dispatchd    ", "nats-server  ", "both         "};
  return names.at(static_cast<std::size_t>(who));
}

std::string seconds_text(steady::duration span) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%7.2f", std::chrono::duration<double>(span).count());
  return text.data();
}

/// Who is to be killed, in a random order. Every second kill of the server takes dispatchd along.
std::vector<victim> plan_of(const options& wanted, std::mt19937_64& random) {
  std::vector<victim> plan;
  for (unsigned i = 0; i < wanted.kills_server; ++i) {
    plan.push_back(i % 2 == 1 && i / 2 < wanted.kills_dispatchd ? victim::both : victim::server);
  }
  const auto along = static_cast<unsigned>(std::ranges::count(plan, victim::both));
  plan.insert(plan.end(), wanted.kills_dispatchd - along, victim::dispatchd);
  std::shuffle(plan.begin(), plan.end(), random);
  return plan;
}

/// One run: the processes, and what was done to them.
class kill_run {
public:
  explicit kill_run(options wanted)
      : wanted_(std::move(wanted)), random_(wanted_.seed), heard_(*where_.on()),
        node_(std::in_place, where_) {}

  /// Whether all that was planned was done and nothing was lost.
  bool run() try {
    start_city();
    const auto begin = steady::now();
    const auto plan = plan_of(wanted_, random_);
    std::size_t done = 0;
    for (; done < plan.size() && !city_ended(); ++done) {
      const auto killed = steady::now();
      std::cout << seconds_text(killed - begin) << " s  kill -9 " << name_of(plan[done])
                << std::flush;
      recoveries_.push_back(strike(plan[done]));
      std::cout << "recovered after " << recoveries_.back().count() << " ms" << std::endl;
    }
    const auto status = integration::wait_for_end(city_, 30min);
    std::ifstream report(where_.directory() / "sim.txt");
    std::cout << '\n' << report.rdbuf() << '\n';
    return judge(done == plan.size(), status);
  } catch (const std::exception& error) {
    std::cout << "\nFAILED: " << error.what() << '\n' << node_->log();
    return false;
  }

private:
  void start_city() {
    std::vector<std::string> command{DISPATCH_SIM_PROGRAM};
    if (wanted_.data.empty()) {
      command.insert(command.end(), {"synthetic", "--orders", wanted_.orders, "--couriers",
                                     wanted_.riders, "--hours", wanted_.hours});
    } else {
      command.insert(command.end(),
                     {"replay", wanted_.data, "--from", wanted_.from, "--to", wanted_.to});
    }
    command.insert(command.end(), {"--speed", wanted_.speed, "--seed", std::to_string(wanted_.seed),
                                   "--zone", zone, "--server", where_.url(), "--grace", "12h"});
    const auto begin = steady::now();
    city_ = value_of(nats::process_handle::start(command, where_.directory() / "sim.txt"));
    heard_.wait(true, begin);
  }

  /// Waits for the next kill; true when the city has ended before, or dispatchd by itself.
  bool city_ended() {
    std::uniform_real_distribution<double> spread(0.5, 1.5);
    const auto span = spread(random_) * static_cast<double>(wanted_.every.count());
    std::array<pollfd, 2> ends{
        pollfd{.fd = city_.wait_descriptor(), .events = POLLIN, .revents = 0},
        pollfd{.fd = node_->process().wait_descriptor(), .events = POLLIN, .revents = 0}};
    return ::poll(ends.data(), ends.size(), static_cast<int>(span)) != 0;
  }

  /// Kills, and waits until the zone works again: until it is opened by the next dispatchd, or
  /// announces something through the next server.
  std::chrono::milliseconds strike(victim who) {
    const auto since = steady::now();
    if (who == victim::dispatchd) {
      node_->kill();
    } else {
      where_.kill_server([&] {
        if (who == victim::both) {
          node_->kill();
        }
      });
    }
    const auto back = steady::now();
    if (who != victim::server) {
      node_.emplace(where_);
    }
    heard_.wait(who != victim::server, back);
    return std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - since);
  }

  bool judge(bool all_killed, int status) {
    if (!all_killed) {
      std::cout << "FAILED: only " << recoveries_.size() << " kills were done, "
                << (node_->process().runs() ? "" : "dispatchd ended by itself; ")
                << "the city ended too early\n";
    }
    if (status != 0) {
      std::cout << "FAILED: dispatch-sim ended with " << status << "\n" << node_->log();
    }
    const auto ended = node_->stop();
    if (ended != 0) {
      std::cout << "FAILED: dispatchd ended with " << ended << ", asked to stop\n" << node_->log();
    }
    const auto audited = audit_at_rest(*where_.on(), zone);
    std::cout << "\nAudit of the zone at rest\n" << audit::to_text(audited);
    if (audited.open_orders() != 0) {
      std::cout << "FAILED: " << audited.open_orders() << " orders have not ended\n";
    }
    const auto again = follows_from_its_commands();
    std::ranges::sort(recoveries_);
    std::cout << "kills " << recoveries_.size() << ", recovery median "
              << (recoveries_.empty() ? 0 : recoveries_[recoveries_.size() / 2].count())
              << " ms, longest " << (recoveries_.empty() ? 0 : recoveries_.back().count())
              << " ms\n";
    return all_killed && status == 0 && ended == 0 && audited.clean() &&
           audited.open_orders() == 0 && again;
  }

  /// Whether the log that is left follows from the commands that it holds.
  bool follows_from_its_commands() {
    const auto definition = value_of(sim::find_zone(where_.on(), "dispatch", zone));
    const auto log = stored_log(where_, zone);
    const auto begin = steady::now();
    const auto difference = difference_when_decided_again(*definition, log, scheduler_threads);
    if (difference) {
      std::cout << "FAILED: decided again, the log differs\n" << *difference << '\n';
      return false;
    }
    std::cout << log.size() << " records decided again by " << scheduler_threads << " threads in"
              << seconds_text(steady::now() - begin) << " s: the same bytes\n";
    return true;
  }

  const options wanted_;
  std::mt19937_64 random_;
  site where_;
  announcements heard_;
  std::optional<dispatchd> node_;
  nats::process_handle city_;
  std::vector<std::chrono::milliseconds> recoveries_;
};

std::optional<cli::exit_code> parse(int argc, const char* const* argv, options& into) {
  CLI::App app{"Kills dispatchd and nats-server while a city runs, and audits what is left."};
  app.add_option("--data", into.data, "recorded day; without one the city is synthetic")
      ->check(CLI::ExistingDirectory);
  app.add_option("--from", into.from, "of the recorded day")->capture_default_str();
  app.add_option("--to", into.to, "of the recorded day")->capture_default_str();
  app.add_option("--orders", into.orders, "of the synthetic city")->capture_default_str();
  app.add_option("--couriers", into.riders, "of the synthetic city")->capture_default_str();
  app.add_option("--hours", into.hours, "of the synthetic city")->capture_default_str();
  app.add_option("--speed", into.speed, "zone seconds per wall second")->capture_default_str();
  app.add_option("--kills-dispatchd", into.kills_dispatchd, "how often")->capture_default_str();
  app.add_option("--kills-server", into.kills_server, "how often")->capture_default_str();
  cli::add_span(app, "--every", into.every, "from a recovery to the next kill, on average");
  app.add_option("--seed", into.seed, "of the kills and the city")->capture_default_str();
  return cli::parse(app, argc, argv, std::cout, std::cerr);
}

} // namespace

int main(int argc, char** argv) {
  options wanted;
  if (const auto code = parse(argc, argv, wanted)) {
    return static_cast<int>(*code);
  }
  try {
    std::cout << "seed " << wanted.seed << '\n';
    const auto good = kill_run{wanted}.run();
    std::cout << (good ? "verdict: good\n" : "verdict: not good\n");
    return good ? 0 : 1;
  } catch (const std::exception& error) {
    std::cout << "FAILED: " << error.what() << '\n';
    return 1;
  }
}
