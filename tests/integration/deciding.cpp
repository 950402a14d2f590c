#include "tests/integration/deciding.hpp"

#include "actors/zone/zone_actor.hpp"
#include "messages/memory/streams.hpp"
#include "messages/nats/ports/commit_log.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "persistence/memory_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <mutex>
#include <thread>

namespace dispatch::integration {

namespace {

/// Later than all recorded times, so that nothing is ever waited for.
class last_day final : public wall_clock {
public:
  timestamp now() const override {
    return timestamp{std::chrono::sys_days{std::chrono::year{2100} / 1 / 1}};
  }
};

struct scheduler_config : caf::actor_system_config {
  explicit scheduler_config(std::size_t threads) { set("scheduler.max-threads", threads); }
};

/// A scripted zone on in-memory twins, run by a scheduler with threads.
class deciding_zone {
public:
  deciding_zone(const zone_definition& definition, std::size_t threads)
      : config_(threads), system_(config_) {
    zone_options options;
    options.settings.definition = definition;
    options.ports.feed = std::make_shared<memory::feed>(std::make_shared<memory::input_stream>());
    options.ports.log = std::make_shared<memory::log>(log_);
    options.ports.sink = std::make_shared<memory::sink>(out_);
    options.ports.positions = std::make_shared<memory::positions>();
    options.ports.store = std::make_shared<memory_store>();
    options.ports.clock = std::make_shared<last_day>();
    options.metrics = metrics_;
    options.on_halted = [this](const std::string& cause, cure) {
      const std::lock_guard lock(mutex_);
      cause_ = cause;
    };
    options.scripted = true;
    zone_ = spawn_zone(system_, std::move(options));
    caf::anon_send(zone_, open_zone{});
  }

  ~deciding_zone() { caf::anon_send_exit(zone_, caf::exit_reason::kill); }

  /// Returns when the turn is committed.
  void decide(const record& recorded) {
    if (recorded.kind == record_kind::open) {
      // What an epoch begins with is read from the store, and nobody of the epoch before may
      // still write or announce.
      reach(metrics_->materialised_record, recorded.number - 1);
      reach(metrics_->announced_record, recorded.number - 1);
    }
    caf::anon_send(zone_, decide_again{std::make_shared<const record>(recorded)});
    reach(metrics_->committed_record, recorded.number);
  }

  std::vector<memory::fenced_stream::message> log() const { return log_->all(); }

  /// Everything announced, once it is as much as expected.
  std::vector<memory::fenced_stream::message> announced(std::uint64_t last_record) {
    reach(metrics_->announced_record, last_record);
    return out_->all();
  }

private:
  void reach(const std::atomic<std::uint64_t>& what, std::uint64_t number) const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (what < number) {
      if (metrics_->halted || std::chrono::steady_clock::now() > deadline) {
        const std::lock_guard lock(mutex_);
        throw std::runtime_error("record " + std::to_string(number) + " is not reached: " + cause_);
      }
      std::this_thread::yield();
    }
  }

  std::shared_ptr<memory::fenced_stream> log_ = std::make_shared<memory::fenced_stream>();
  std::shared_ptr<memory::fenced_stream> out_ = std::make_shared<memory::fenced_stream>();
  std::shared_ptr<zone_metrics> metrics_ = std::make_shared<zone_metrics>();
  mutable std::mutex mutex_; ///< guards cause_
  std::string cause_;
  scheduler_config config_;
  caf::actor_system system_;
  zone_actor zone_;
};

/// How much a record announces.
std::size_t announcements_in(const record& r) {
  return r.dead_letters.size() + static_cast<std::size_t>(std::ranges::count_if(
                                     r.events, [](const event& e) { return announced(e.body); }));
}

} // namespace

std::vector<std::string> stored_log(const site& where, const std::string& zone) {
  nats::nats_commit_log log(where.on(), wire::log_stream("dispatch", zone), "unused");
  std::vector<std::string> records;
  const auto last = value_of(log.state()).last_sequence;
  value_of(log.scan(1, last, [&](std::uint64_t, std::string_view bytes) {
    records.emplace_back(bytes);
    return true;
  }));
  return records;
}

std::optional<std::string> difference_when_decided_again(const zone_definition& definition,
                                                         const std::vector<std::string>& log,
                                                         std::size_t threads) {
  deciding_zone again(definition, threads);
  std::size_t announcements = 0;
  for (const auto& bytes : log) {
    const auto r = value_of(wire::decode_record(bytes));
    again.decide(r);
    announcements += announcements_in(r);
  }
  const auto repeated = again.log();
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (i >= repeated.size() || repeated[i].body != log[i]) {
      return "recorded: " + value_of(wire::record_to_json(log[i])) + "\nagain:    " +
             (i < repeated.size() ? value_of(wire::record_to_json(repeated[i].body)) : "nothing");
    }
  }
  const auto out = again.announced(log.size()).size();
  if (out != announcements) {
    return std::to_string(out) + " announcements instead of " + std::to_string(announcements);
  }
  return std::nullopt;
}

} // namespace dispatch::integration
