#include "cmd/dispatch-bench/measures/relay.hpp"

#include "cmd/dispatch-bench/stream_reader.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/limits.hpp"
#include "messages/nats/ports/commit_log.hpp"
#include "messages/nats/ports/event_sink.hpp"
#include "messages/wire/subjects.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <iterator>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace dispatch::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t commands_per_record = 256;
constexpr auto look_up_interval = 200ms;

/// What the ports have answered.
struct progress {
  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t appended = 0;  ///< records
  std::uint64_t announced = 0; ///< records
  std::optional<std::string> failed;

  template <class Condition> void wait(Condition met) {
    std::unique_lock lock(mutex);
    while (!changed.wait_for(lock, look_up_interval, [&] { return failed || met(); })) {
      stop_if_interrupted();
    }
    if (failed) {
      throw cli::stop(cli::exit_code::failed, "relay: " + *failed);
    }
  }

  void note(bool stored, std::uint64_t& count, const std::string& detail) {
    const std::lock_guard lock(mutex);
    ++count;
    if (!stored) {
      failed = detail;
    }
    changed.notify_one();
  }
};

class relay_run {
public:
  relay_run(site& at, const std::string& zone, const output_sizes& like)
      : record_bytes_(static_cast<double>(like.record_bytes) / static_cast<double>(like.commands)),
        event_bytes_(like.event_bytes / like.events),
        events_per_command_(static_cast<double>(like.events) / static_cast<double>(like.commands)),
        zone_(zone), input_prefix_(wire::subjects{}.commands_of_zone(zone).size() - 1),
        output_prefix_(wire::subjects{}.events_of_zone(zone)),
        log_(at.connect("relay-commit", true), wire::log_stream("dispatch", zone),
             wire::subjects{}.log(zone)),
        sink_(at.connect("relay-announce"), wire::output_stream("dispatch", zone)),
        reader_(at.connect("relay-input"), wire::input_stream("dispatch", zone), 0) {
    output_prefix_.pop_back();
  }

  /// Takes at least so many commands into a record, and at most `commands_per_record`.
  void run(std::uint64_t commands, std::size_t commands_min) {
    for (std::uint64_t taken = 0; taken < commands;) {
      std::vector<stored_message> turn;
      while (turn.size() < std::min<std::uint64_t>(commands_min, commands - taken)) {
        auto more = reader_.next(commands_per_record - turn.size());
        std::ranges::move(more, std::back_inserter(turn));
      }
      taken += turn.size();
      commit(std::move(turn));
    }
    wait_for_append();
    said_.wait([this] { return said_.announced == records_; });
  }

private:
  /// Appends behind the last record, when that is stored, and announces as soon as this one is.
  void commit(std::vector<stored_message> turn) {
    wait_for_append();
    const auto bytes = record_bytes_ * static_cast<double>(turn.size());
    const auto behind = records_++;
    in_hand_ = std::move(turn);
    log_.append(std::string(static_cast<std::size_t>(bytes), 'r'), behind,
                zone_ + "/1/" + std::to_string(records_), [this](const append_result& result) {
                  const auto stored = result.outcome == append_outcome::stored;
                  if (stored) {
                    announce();
                  }
                  said_.note(stored, said_.appended, result.detail);
                });
  }

  void wait_for_append() {
    said_.wait([this] {
      return said_.appended == records_ &&
             said_.announced + limits::unannounced_records_max > records_;
    });
  }

  /// On the thread that heard of the append. Nothing else is in hand until that is noted.
  void announce() {
    std::vector<announcement> events;
    for (const auto& command : std::exchange(in_hand_, {})) {
      owed_ += events_per_command_;
      for (; owed_ >= 1.0; owed_ -= 1.0) {
        auto body = command.id; // by which its reader knows it
        body.resize(event_bytes_, ' ');
        events.push_back(
            {.subject = output_prefix_ + command.subject.substr(input_prefix_),
             .id = zone_ + "/1/" + std::to_string(records_) + "/" + std::to_string(events.size()),
             .trace = {},
             .body = std::move(body)});
      }
    }
    const auto after = std::exchange(published_, published_ + events.size());
    sink_.publish(std::move(events), after, [this](const publish_result& result) {
      said_.note(result.outcome == publish_outcome::stored, said_.announced, result.detail);
    });
  }

  const double record_bytes_; ///< of a command
  const std::size_t event_bytes_;
  const double events_per_command_;
  const std::string zone_;
  const std::size_t input_prefix_; ///< characters of a subject up to the zone and its dot
  std::string output_prefix_;
  std::uint64_t records_ = 0;           ///< handed to the log
  std::vector<stored_message> in_hand_; ///< what the last of them consumed
  std::uint64_t published_ = 0;
  double owed_ = 0.0;
  progress said_;
  nats::nats_commit_log log_;
  nats::nats_event_sink sink_;
  stream_reader reader_;
};

} // namespace

double relay(site& at, const std::string& zone, std::uint64_t commands, const output_sizes& like) {
  const auto began = steady::now();
  relay_run{at, zone, like}.run(commands, commands_per_record);
  return seconds_between(began, steady::now());
}

namespace {

latencies relay_paced(site& at, const std::string& zone, std::span<const bench_command> commands,
                      double per_second, const output_sizes& like) {
  auto running = std::async(std::launch::async, [&] {
    relay_run{at, zone, like}.run(commands.size(), 1);
  });
  return measure_paced(at,
                       {.name = zone,
                        .wait_until_announced = [&](std::uint64_t) { running.get(); },
                        .command_of = [](const std::string& body) { return number_of(body); }},
                       commands, 1, per_second);
}

} // namespace

latencies relay_at_rate(site& at, const relayed_load& load, double per_second,
                        const output_sizes& like) {
  at.create_streams(load.zone);
  const auto commands = workload{load.seed, load.zone, load.orders_ready_at}.next(
      static_cast<std::size_t>(per_second * static_cast<double>(load.span.count())));
  const auto found = relay_paced(at, load.zone, commands, per_second, like);
  at.delete_streams(load.zone);
  return found;
}

} // namespace dispatch::bench
