#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

struct __natsMsg; // NOLINT(bugprone-reserved-identifier): nats.c names it so.

namespace dispatch::nats {

/// Where used messages go. nats.c 3.4 frees messages on a thread of its own and wakes it for each
/// one that is destroyed while it sleeps (`natsGC_collect`); destroyed together they wake it once.
/// Holds a bounded number and size. Thread-safe.
class message_bin {
public:
  message_bin() = default;
  message_bin(const message_bin&) = delete;
  message_bin& operator=(const message_bin&) = delete;
  ~message_bin();

  /// Takes ownership. A null pointer is ignored.
  void discard(__natsMsg* message);

private:
  std::mutex mutex_;
  std::vector<__natsMsg*> held_;
  std::size_t held_bytes_ = 0;
};

} // namespace dispatch::nats
