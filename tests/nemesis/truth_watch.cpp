#include "tests/nemesis/truth_watch.hpp"

#include "cmd/shared/endpoint_file.hpp"
#include "tests/integration/harness.hpp"

#include <algorithm>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 500ms;
constexpr auto page_timeout = 400ms;
constexpr auto unanswered_max = 5s;
constexpr auto unready_max = 30s;
/// A zone that works answers within this.
constexpr auto answered_within = 1s;

} // namespace

truth_watch::truth_watch(const cluster& nodes, const load& commands)
    : nodes_(nodes), commands_(commands), thread_([this] { watch(); }) {}

truth_watch::~truth_watch() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::vector<std::string> truth_watch::lies() const {
  const std::scoped_lock lock{mutex_};
  return {lies_.begin(), lies_.end()};
}

void truth_watch::tell(const std::string& lie) {
  const std::scoped_lock lock{mutex_};
  lies_.insert(lie);
}

void truth_watch::watch() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    lock.unlock();
    look();
    lock.lock();
    changed_.wait_for(lock, look_every, [&] { return stopping_; });
  }
}

/// A node that does not answer is not ready.
std::set<std::string> truth_watch::ready_nodes() const {
  std::set<std::string> ready;
  for (const auto& node : nodes_.nodes()) {
    const auto at = cli::read_endpoint(nodes_.data(node));
    const auto answer = at ? integration::http_get(at->http, "/readyz", page_timeout) : "";
    if (answer.find(" 200 ") < answer.find('\n')) {
      ready.insert(node);
    }
  }
  return ready;
}

void truth_watch::look() {
  const auto ready = ready_nodes();
  const auto by = nodes_.owners();
  const auto unanswered = commands_.unanswered();
  for (std::size_t zone = 0; zone < nodes_.zones().size(); ++zone) {
    judge_zone(zone, by, ready, unanswered);
  }
  for (const auto& node : nodes_.nodes()) {
    judge_node(node, by, ready.contains(node), unanswered);
  }
}

void truth_watch::judge_zone(std::size_t zone, const owners& by, const std::set<std::string>& ready,
                             const std::map<std::size_t, steady::time_point>& unanswered) {
  const auto& name = nodes_.zones()[zone];
  const auto owner = by.find(name);
  const auto of = owner == by.end() ? std::string{"nobody"} : owner->second;
  const auto is_promised = owner == by.end() ? !ready.empty() : ready.contains(of);
  const auto now = steady::now();
  auto& promised = promises_[zone];
  if (!is_promised || promised.of != of) {
    promised = {is_promised ? of : std::string{}, now};
    return;
  }
  const auto waits = unanswered.find(zone);
  if (waits != unanswered.end() && std::max(waits->second, promised.since) + unanswered_max < now) {
    tell(of == "nobody" ? "nodes are ready, and nobody runs zone " + name
                        : of + " is ready, and zone " + name + " does not answer");
  }
}

void truth_watch::judge_node(const std::string& node, const owners& by, bool is_ready,
                             const std::map<std::size_t, steady::time_point>& unanswered) {
  const auto now = steady::now();
  std::size_t owned = 0;
  auto all_answer = true;
  for (std::size_t zone = 0; zone < nodes_.zones().size(); ++zone) {
    const auto owner = by.find(nodes_.zones()[zone]);
    if (owner != by.end() && owner->second == node) {
      ++owned;
      const auto waits = unanswered.find(zone);
      all_answer =
          all_answer && (waits == unanswered.end() || waits->second + answered_within > now);
    }
  }
  if (is_ready || owned == 0 || !all_answer) {
    unready_.erase(node);
    return;
  }
  const auto [since, first] = unready_.emplace(node, now);
  if (since->second + unready_max < now) {
    tell(node + " is not ready, and all its zones answer");
  }
}

} // namespace dispatch::nemesis
