#include "cmd/dispatch-bench/relay.hpp"

#include "cmd/dispatch-bench/stream_reader.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/limits.hpp"
#include "messages/nats/commit_log.hpp"
#include "messages/nats/event_sink.hpp"
#include "messages/wire/subjects.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
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
  relay_run(site& at, const std::string& zone, std::uint64_t commands, const output_sizes& like)
      : record_(like.record_bytes * commands_per_record / commands, 'r'),
        event_(like.event_bytes / like.events, 'e'),
        events_per_command_(static_cast<double>(like.events) / static_cast<double>(commands)),
        zone_(zone), log_(at.connect("relay-commit", true), wire::log_stream("dispatch", zone),
                          wire::subjects{}.log(zone)),
        sink_(at.connect("relay-announce"), wire::output_stream("dispatch", zone)) {}

  /// Appends behind the last record, which must be stored by then, and announces what the last one
  /// consumed.
  void turn(std::vector<std::string> subjects) {
    wait_for_append();
    announce_last();
    log_.append(record_, records_, zone_ + "/1/" + std::to_string(records_ + 1),
                [this](const append_result& result) {
                  said_.note(result.outcome == append_outcome::stored, said_.appended,
                             result.detail);
                });
    ++records_;
    subjects_ = std::move(subjects);
  }

  void finish() {
    wait_for_append();
    announce_last();
    said_.wait([this] { return said_.announced == records_; });
  }

private:
  void wait_for_append() {
    said_.wait([this] {
      return said_.appended == records_ &&
             said_.announced + limits::unannounced_records_max > records_;
    });
  }

  void announce_last() {
    if (subjects_.empty()) {
      return;
    }
    std::vector<announcement> events;
    for (const auto& subject : std::exchange(subjects_, {})) {
      owed_ += events_per_command_;
      for (; owed_ >= 1.0; owed_ -= 1.0) {
        events.push_back(
            {.subject = subject,
             .id = zone_ + "/1/" + std::to_string(records_) + "/" + std::to_string(events.size()),
             .trace = {},
             .body = event_});
      }
    }
    const auto after = std::exchange(published_, published_ + events.size());
    sink_.publish(std::move(events), after, [this](const publish_result& result) {
      said_.note(result.outcome == publish_outcome::stored, said_.announced, result.detail);
    });
  }

  const std::string record_;
  const std::string event_;
  const double events_per_command_;
  const std::string zone_;
  std::uint64_t records_ = 0;         ///< handed to the log
  std::vector<std::string> subjects_; ///< of the last record's events
  std::uint64_t published_ = 0;
  double owed_ = 0.0;
  progress said_;
  nats::nats_commit_log log_;
  nats::nats_event_sink sink_;
};

} // namespace

double relay(site& at, const std::string& zone, std::uint64_t commands, const output_sizes& like) {
  relay_run run{at, zone, commands, like};
  const auto in = wire::subjects{}.commands_of_zone(zone);
  const auto out = wire::subjects{}.events_of_zone(zone);
  const auto prefix = in.size() - 1;
  const auto on = at.connect("relay-input");
  const auto began = steady::now();
  stream_reader reader{on, wire::input_stream("dispatch", zone), 0};
  for (std::uint64_t taken = 0; taken < commands;) {
    std::vector<std::string> subjects;
    while (subjects.size() < commands_per_record && taken < commands) {
      for (const auto& message : reader.next(commands_per_record - subjects.size())) {
        subjects.push_back(out.substr(0, out.size() - 1) + message.subject.substr(prefix));
        ++taken;
      }
    }
    run.turn(std::move(subjects));
  }
  run.finish();
  return seconds_between(began, steady::now());
}

} // namespace dispatch::bench
