#include "cmd/dispatchd/housekeeper.hpp"

#include "actors/support/logging.hpp"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace dispatch::daemon {

namespace {

constexpr auto interval = std::chrono::seconds{1};

} // namespace

housekeeper::housekeeper(const zone_keeper& zones, std::string name, chore_of which)
    : zones_(zones), name_(std::move(name)), chore_of_(std::move(which)),
      thread_([this] { run(); }) {}

housekeeper::~housekeeper() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  // A round under way ends with its zone.
  zones_.visit([this](const zone_runtime& zone) { chore_of_(zone)->stop(); });
  thread_.join();
}

/// False: it is time to end.
bool housekeeper::wait() {
  std::unique_lock lock{mutex_};
  return !changed_.wait_for(lock, interval, [this] { return stopping_; });
}

void housekeeper::run() {
  while (wait()) {
    go_round();
  }
}

void housekeeper::go_round() {
  std::vector<std::pair<std::string, std::weak_ptr<chore>>> zones;
  zones_.visit([&](const zone_runtime& zone) {
    if (zone.standing().running) {
      zones.emplace_back(zone.definition().name, chore_of_(zone));
    }
  });
  for (const auto& [name, one] : zones) {
    const auto due = one.lock();
    const auto done = due ? due->go_round() : status{nothing{}};
    const auto what = done ? std::string{} : done.error().what;
    if (auto& known = complaints_[name]; known != what) {
      known = what;
      if (!what.empty()) {
        log::warning({name, name_, {}}, what);
      }
    }
  }
}

} // namespace dispatch::daemon
