#include "tests/simulation/contenders.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

/// What befalls the nodes, and what is under way between them and the streams.
namespace dispatch::testing {

namespace {

using namespace std::chrono_literals;

struct named_fault {
  memory::fault what;
  const char* name;
};

/// The last two need a caller who does not block until the answer comes.
constexpr std::array<named_fault, 7> faults_of_writes = {{
    {memory::fault::lose_request, "request lost"},
    {memory::fault::lose_answer, "answer lost"},
    {memory::fault::delay, "late"},
    {memory::fault::duplicate, "repeated"},
    {memory::fault::full, "refused as full"},
    {memory::fault::hold_request, "request under way"},
    {memory::fault::hold_answer, "answer under way"},
}};
constexpr std::size_t faults_of_blocking_writes = 5;

} // namespace

void contenders::disturb() {
  if (auto& n = some_node(); owns(n) && awake(n) && random_.chance(20)) {
    keep_house(n);
  }
  if (random_.chance(2)) {
    damage_snapshot();
  }
  if (auto& n = some_node(); awake(n) && random_.chance(12)) {
    plan_for(n);
  }
  disturb_clock(some_node());
  disturb_streams();
  for (auto& n : nodes_) {
    if (n.paused && random_.chance(15)) {
      wake(n);
    }
  }
  open_somewhere(nullptr);
}

/// What the store of a node that begins can do without.
void contenders::note_start(const node& n) {
  const auto first = streams.log->first_sequence();
  const auto last = n.store->position()->number;
  if (first > 1 && last == 0) {
    ++faults_["started without a disk, the log trimmed"];
  } else if (first > last + 1) {
    ++faults_["started behind the log's beginning"];
  }
}

/// Ships, archives and trims, while others act and until the node dies of it.
void contenders::keep_house(node& n) {
  const auto newest = [&] {
    return streams.snapshots->empty() ? 0 : streams.snapshots->rbegin()->first;
  };
  const auto shipped = newest();
  const auto first = streams.log->first_sequence();
  if (random_.chance(20)) {
    n.crash_in_call = random_.pick(1, 20);
  }
  const auto done = n.upkeep->go_round();
  faults_["snapshots shipped"] += newest() != shipped ? 1 : 0;
  faults_["log trimmed"] += streams.log->first_sequence() != first ? 1 : 0;
  if (n.dead) {
    ++faults_["crash while shipping or trimming"];
    bury(n);
  } else if (!done && nodes_.size() == 1) { // Others may remove what it reads.
    violated(n.connection->name + " cannot keep house: " + done.error().what);
  }
}

/// One of the two that every node can rely on.
void contenders::damage_snapshot() {
  auto& shelf = *streams.snapshots;
  const auto complete =
      std::ranges::count_if(shelf, [](const auto& one) { return one.second.manifest.has_value(); });
  if (complete < 2 || shelf.contains(damaged_snapshot_)) {
    return;
  }
  auto newest = std::prev(shelf.end());
  while (!newest->second.manifest) {
    --newest;
  }
  damaged_snapshot_ = newest->first;
  ++faults_["snapshot damaged"];
  auto& chunks = newest->second.chunks;
  const auto which =
      std::next(chunks.begin(), static_cast<std::ptrdiff_t>(random_.below(chunks.size())));
  if (random_.chance(50)) {
    chunks.erase(which);
  } else {
    which->second.back() = static_cast<char>(which->second.back() ^ 1);
  }
}

void contenders::plan_for(node& n) {
  switch (random_.pick(1, 6)) {
  case 1:
    ++faults_["crash at rest"];
    crash(n);
    bury(n);
    return;
  case 2:
    n.crash_after = random_.pick(1, 60);
    return;
  case 3:
    n.crash_in_call = random_.pick(1, 8);
    return;
  case 4:
    n.store->fail_next_write("injected");
    ++faults_["write to the store failed"];
    return;
  default:
    n.pause_after = random_.pick(1, 60);
  }
}

void contenders::disturb_clock(node& n) {
  if (random_.chance(2)) {
    const auto seconds = static_cast<int>(clock_jump_ / duration{1s});
    n.clock->set_ahead(duration{1s} * random_.pick(-seconds, seconds));
    ++faults_["clock jumped"];
  } else if (random_.chance(10)) {
    n.clock->set_ahead(duration{1ms} * random_.pick(-500, 500));
  }
}

void contenders::disturb_streams() {
  for (const auto& stream : {streams.log, streams.out}) {
    if (random_.chance(15)) {
      stream->release_delayed();
    } else if (stream->under_way() > 0 && random_.chance(40)) {
      const auto which = random_.below(stream->under_way());
      if (random_.chance(65)) {
        stream->arrive(which);
      } else {
        stream->time_out(which);
      }
    }
  }
  watch_.look();
}

/// Seldom while somebody owns the zone and is awake.
void contenders::open_somewhere(const node* not_here) {
  const auto owned = std::ranges::any_of(nodes_, [](const node& n) { return owns(n) && awake(n); });
  auto& n = some_node();
  const auto could = !n.process || (up(n) && n.process->halted());
  if (&n != not_here && could && random_.chance(owned ? 5 : 50)) {
    start(n);
  }
}

void contenders::on_call(node& n, memory::connection::call what) {
  using call = memory::connection::call;
  watch_.look();
  if (calm_) {
    return;
  }
  const auto blocks = opening(n);
  if (n.crash_in_call > 0 && --n.crash_in_call == 0) {
    ++faults_[blocks ? "crash while opening" : "crash in a call"];
    crash(n);
    return;
  }
  if (!interfering_ && nodes_.size() > 1 && random_.chance(blocks ? 25 : 5)) {
    interfere(n);
  }
  if (what == call::append && random_.chance(8)) {
    strike(*streams.log, blocks ? "OPEN" : "append", blocks);
  } else if (what == call::publish && random_.chance(8)) {
    strike(*streams.out, "announcement", false);
  }
}

/// The others go on while the caller's call is on its way, or the caller stands still before it.
void contenders::interfere(const node& caller) {
  interfering_ = true;
  ++faults_[opening(caller) ? "others act while one is opening" : "others act during a call"];
  for (auto i = random_.pick(1, 100); i > 0; --i) {
    if (random_.chance(10)) {
      open_somewhere(&caller);
    }
    if (random_.chance(5)) {
      disturb_streams();
    }
    if (auto& other = some_node(); &other != &caller) {
      step(other);
    }
  }
  interfering_ = false;
}

void contenders::strike(memory::fenced_stream& stream, const std::string& what, bool blocking) {
  const auto choices = blocking ? faults_of_blocking_writes : faults_of_writes.size();
  const auto& chosen = faults_of_writes.at(random_.below(choices));
  std::vector<memory::fault> list;
  if (&stream == streams.out.get()) {
    list.resize(random_.below(4), memory::fault::none);
  }
  list.push_back(chosen.what);
  stream.inject(std::move(list));
  ++faults_[what + ": " + chosen.name];
}

} // namespace dispatch::testing
