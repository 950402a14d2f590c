#include "tests/simulation/contenders.hpp"

#include "actors/turn/snapshot.hpp"
#include "persistence/files/archive.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace dispatch::testing {

using namespace std::chrono_literals;

namespace {

/// The node that settles may meet several commands that kill it, none of which anybody has noted.
constexpr int deaths_in_a_row_max = 80;

/// So small that every snapshot has several.
constexpr std::size_t chunk_bytes = 1024;

} // namespace

contenders::contenders(dice& random, int nodes, policy policy)
    : random_(random), policy_(std::move(policy)), watch_(streams) {
  streams.log->set_clock(clock);
  if (random_.chance(50)) {
    streams.log->remember_ids();
    streams.out->remember_ids();
  }
  nodes_.resize(static_cast<std::size_t>(nodes));
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].name = "n" + std::to_string(i + 1);
    nodes_[i].clock = std::make_shared<virtual_clock>(clock);
  }
}

contenders::~contenders() = default;

void contenders::start(node& n) {
  if (n.process) {
    crash(n);
    bury(n);
  }
  for (const auto& other : nodes_) {
    if (owns(other)) {
      ++faults_[other.paused ? "opened while the owner is paused" : "opened beside an owner"];
    }
  }
  note_start(n);
  n.connection = std::make_shared<memory::connection>();
  n.connection->name = n.name + "." + std::to_string(++n.lives);
  n.connection->before_call = [this, &n, by = n.connection.get()](memory::connection::call what) {
    if (by->up) {
      on_call(n, what);
    }
  };
  n.process = std::make_unique<virtual_node>(
      virtual_process{.streams = streams,
                      .kept = n.store,
                      .clock = n.clock,
                      .policy = policy_,
                      .owner = n.connection->name,
                      .connection = n.connection,
                      .deciding = [this, &n, by = n.connection.get()](const command& c) {
                        if (by->up && c.target.id.starts_with(poison)) {
                          ++faults_["killed by a command"];
                          crash(n);
                        }
                      }});
  retention::settings how;
  how.definition.name = "z";
  how.definition.retention = {.log = 0s, .snapshot_interval = 20s, .snapshot_records = 30};
  how.data = directory_.path();
  how.chunk_bytes = chunk_bytes;
  n.upkeep = std::make_unique<retention>(std::move(how), n.process->ports());
  if (!calm_ && random_.chance(8)) {
    n.crash_in_call = random_.pick(1, 12);
  }
}

/// From here on the process has no effect; the store stays as it is now, if it survives.
void contenders::crash(node& n) {
  n.process->cut_off();
  n.dead = true;
  n.store = n.store->copy();
  if (calm_) {
    return;
  }
  if (random_.chance(30) &&
      n.store->lose_last(static_cast<std::uint64_t>(random_.pick(1, 20))) > 0) {
    ++faults_["store torn"];
  }
  if (random_.chance(10)) {
    n.store = std::make_shared<memory_store>();
    ++faults_["disk lost"];
  }
}

void contenders::bury(node& n) {
  n.upkeep.reset();
  n.process.reset();
  n.dead = n.paused = n.given_up = false;
  n.slept = duration{0};
  n.crash_after = n.pause_after = n.crash_in_call = 0;
}

void contenders::wake(node& n) {
  if (owns(n) && watch_.opener() != n.connection->name) {
    ++faults_["woken after another opened"];
  }
  n.paused = false;
  n.process->let_pass(std::exchange(n.slept, duration{0}));
}

bool contenders::step(node& n) {
  if (!awake(n) || !n.process->step()) {
    return false;
  }
  watch_.look();
  if (n.dead) {
    bury(n);
    return true;
  }
  judge_end(n);
  if (n.pause_after > 0 && --n.pause_after == 0) {
    ++faults_["paused"];
    n.paused = true;
  }
  if (n.crash_after > 0 && --n.crash_after == 0) {
    ++faults_["crash between two messages"];
    crash(n);
    bury(n);
  }
  return true;
}

/// Its store could not be written.
bool contenders::calls_for_opening(const node& n) {
  return n.process->halted() && n.process->cured_by() == cure::reopening &&
         n.process->cause() == "injected";
}

/// Without a damaged stream a zone is given up for a newer owner, or opened anew for its store.
void contenders::judge_end(node& n) {
  if (!n.process->halted() || n.given_up || damaged_) {
    return;
  }
  n.given_up = true;
  const auto of_store = calls_for_opening(n);
  ++faults_[of_store ? "store not written while opening" : "owner fenced"];
  if (!of_store && n.process->cured_by() != cure::ownership) {
    violated(n.connection->name + " halted: " + n.process->cause());
  }
}

void contenders::work() {
  for (auto idle = false; !idle;) {
    idle = true;
    const auto first = random_.below(nodes_.size());
    for (std::size_t i = 0; i < nodes_.size() && idle; ++i) {
      idle = !step(nodes_[(first + i) % nodes_.size()]);
    }
  }
}

void contenders::pass(duration by) {
  constexpr duration tick = 100ms;
  for (duration passed{0}; passed < by; passed += tick) {
    clock->advance(tick);
    for (auto& n : nodes_) {
      if (n.paused) {
        n.slept += tick;
      } else if (n.process) {
        n.process->let_pass(tick);
      }
    }
    work();
  }
}

bool contenders::settle() {
  calm_ = true;
  streams.log->inject({});
  streams.out->inject({});
  for (auto& n : nodes_) {
    n.crash_after = n.pause_after = n.crash_in_call = 0;
    n.clock->set_ahead(duration{0});
    if (n.paused) {
      wake(n);
    }
  }
  streams.log->release_delayed();
  streams.out->release_delayed();
  work();
  for (auto& n : nodes_) {
    if (opening(n)) { // It would try again, after the one that settles.
      crash(n);
      bury(n);
    }
  }
  settler_ = &some_node();
  auto deaths = 0;
  do {
    start(*settler_);
    pass(2s);
  } while ((!settler_->process || calls_for_opening(*settler_)) && ++deaths < deaths_in_a_row_max);
  if (!settler_->process) {
    violated("commands keep killing the node that settles");
    return false;
  }
  expect_settled();
  return violation().empty();
}

void contenders::expect_all_archived() {
  const auto all = streams.log->all();
  std::uint64_t last = 0;
  const files::archive archived{{files::archive_directory(directory_.path(), "z")}};
  const auto scanned = archived.scan([&](std::uint64_t sequence, std::string_view bytes) {
    if (sequence != last + 1 || bytes != all.at(sequence - 1).body) {
      violated("the archive is not what was in the log, at sequence " + std::to_string(sequence));
    }
    last = sequence;
  });
  if (!scanned || streams.log->first_sequence() > last + 1) {
    violated("the log was trimmed of what is not archived");
  }
}

void contenders::expect_settled() {
  if (!owns(*settler_)) {
    violated("the zone is not owned by the node that settles: " + settler_->process->cause());
  }
}

bool contenders::damage_streams() {
  if (!settle()) {
    return false;
  }
  for (auto& n : nodes_) {
    if (&n != settler_ && n.process) {
      crash(n);
      bury(n);
    }
  }
  damaged_ = true;
  const auto log = streams.log->all();
  const auto out = streams.out->all();
  if (random_.chance(30)) {
    lose_disk_and_end();
    return false;
  }
  const auto down = random_.chance(50);
  if (down) {
    crash(*settler_);
    bury(*settler_);
  }
  const auto which = random_.pick(1, 7); // Bits: at least one of the streams.
  if ((which & 1) != 0) {
    truncate(*streams.log, "LOG");
  }
  if ((which & 2) != 0) {
    truncate(*streams.out, "OUT");
  }
  if ((which & 4) != 0) {
    ++faults_["IN lost its end"];
    const auto last = streams.in->state().last_sequence;
    streams.in->truncate(last - std::min<std::uint64_t>(last - 1, random_.below(8) + 1));
  }
  if (!down) { // Something to commit and to announce.
    ++faults_["streams damaged under an owner"];
    streams.in->publish("dispatch.in.z.zone.z.pause.ops", "{}", clock->now());
    work();
    pass(2s);
    if (settler_->process->halted() && settler_->process->cured_by() == cure::person) {
      violated("damaged streams were not repaired: " + settler_->process->cause());
    }
  }
  start(*settler_);
  pass(2s);
  expect_settled();
  expect_prefix(*streams.log, log, "LOG");
  expect_prefix(*streams.out, out, "OUT");
  damaged_ = false;
  return violation().empty();
}

void contenders::truncate(memory::fenced_stream& stream, const char* name) {
  ++faults_[std::string{name} + " lost its end"];
  const auto last = stream.last_sequence();
  auto most = last - 1;
  if (&stream == streams.log.get()) {
    // No more than the journal can restore; it must also have the record at the new end.
    for (most = 0; most + 1 < last && *settler_->store->journal(last - most - 1); ++most) {
    }
  }
  stream.truncate(last - std::min<std::uint64_t>(most, random_.below(8) + 1));
}

/// Without its store a node can only know what was announced.
void contenders::lose_disk_and_end() {
  ++faults_["LOG lost its end, the disk is lost"];
  const auto keep = std::min(streams.log->last_sequence(), watch_.last_announced()) - 1;
  streams.log->truncate(keep);
  crash(*settler_);
  bury(*settler_);
  settler_->store = std::make_shared<memory_store>();
  start(*settler_);
  pass(2s);
  const auto& end = *settler_->process;
  if (!end.halted() || end.cured_by() != cure::person ||
      end.cause().find("regressed") == std::string::npos) {
    violated("the lost end of the log was not noticed: " + end.cause());
  }
  if (streams.log->last_sequence() != keep) {
    violated("something was appended to a log that had lost its end");
  }
}

void contenders::expect_prefix(const memory::fenced_stream& stream,
                               const std::vector<memory::fenced_stream::message>& before,
                               const char* name) {
  const auto now = stream.all();
  const auto same = [](const auto& one, const auto& other) {
    return one.id == other.id && one.body == other.body;
  };
  if (now.size() < before.size() || !std::equal(before.begin(), before.end(), now.begin(), same)) {
    violated(std::string{name} + " was not restored as it had been");
  }
}

std::optional<rider> contenders::look_up(const std::string& id) {
  const auto furthest = std::ranges::max_element(
      nodes_, {}, [](const node& n) { return n.store->position()->number; });
  const auto loaded = furthest->store->load(std::array{entity_ref{entity_kind::rider, id}});
  if (!loaded || !loaded->front()) {
    return std::nullopt;
  }
  const auto decoded = decode_state(entity_kind::rider, *loaded->front());
  return *std::get<std::shared_ptr<const rider>>(*decoded);
}

void contenders::report_position(const std::string& rider, const place& at) {
  for (auto& n : nodes_) {
    if (n.process) {
      n.process->positions().publish(rider, at, clock->now());
    }
  }
}

const std::string& contenders::violation() const {
  return violation_.empty() ? watch_.violation() : violation_;
}

const fault_counts& contenders::faults() {
  faults_["announced by a former owner"] = watch_.late_announcements();
  return faults_;
}

void contenders::violated(const std::string& what) {
  if (violation_.empty()) {
    violation_ = what;
  }
}

} // namespace dispatch::testing
