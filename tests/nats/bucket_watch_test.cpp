#include "messages/nats/bucket.hpp"
#include "messages/nats/bucket_watch.hpp"
#include "tests/nats/fixture.hpp"

using namespace dispatch;
using namespace dispatch::nats;
using namespace dispatch::nats::testing;

namespace {

/// A watch, and a way to wait for what it sees.
class watched {
public:
  explicit watched(const std::shared_ptr<connection>& on)
      : watch_(on, "zones", [this] {
          const std::lock_guard lock(mutex_);
          changed_.notify_all();
        }) {}

  void await(const std::function<bool(const bucket_watch::entries&)>& so) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return so(watch_.now()); })) {
      throw std::runtime_error("the watch does not see it");
    }
  }

  const bucket_watch& watch() const { return watch_; }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bucket_watch watch_; ///< last: it calls back until it is gone
};

bool holds(const bucket_watch::entries& all, const std::string& key, const std::string& value) {
  const auto found = all.find(key);
  return found != all.end() && found->second.value == value;
}

} // namespace

TEST_CASE_FIXTURE(installation, "a watch sees what was there, and every change") {
  check_ok(bucket::create(*on(), "zones", 1));
  bucket zones(on(), "zones");
  const auto first = value_of(zones.put("hanoi", "a", 0));
  watched seen(on());
  seen.await([](const auto& all) { return holds(all, "hanoi", "a"); });
  CHECK(seen.watch().now().at("hanoi").revision == first);

  const auto version = seen.watch().version();
  value_of(zones.set("hanoi", "b"));
  const auto hue = value_of(zones.put("hue", "c", 0));
  seen.await([](const auto& all) { return holds(all, "hanoi", "b") && holds(all, "hue", "c"); });
  CHECK(seen.watch().version() > version);

  check_ok(zones.erase("hue", hue));
  seen.await([](const auto& all) { return !all.contains("hue"); });
  value_of(zones.set("hue", "d"));
  seen.await([](const auto& all) { return holds(all, "hue", "d"); });
}

TEST_CASE_FIXTURE(installation, "a watch waits for its bucket") {
  watched seen(on());
  check_ok(bucket::create(*on(), "zones", 1));
  value_of(bucket(on(), "zones").put("hanoi", "a", 0));
  seen.await([](const auto& all) { return holds(all, "hanoi", "a"); });
}
