#pragma once

#include "messages/ports/waybill_signer.hpp"
#include "messages/signing/key.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace dispatch::signing {

/// Signs with a key of this process, on a thread of its own, in the order of asking.
class local_signer final : public waybill_signer {
public:
  explicit local_signer(private_key key);
  ~local_signer() override;

  void sign(std::string document, std::function<void(std::optional<signature>)> done) override;

  /// Ends the thread. What has not been signed then is never answered.
  void stop();

private:
  struct job {
    std::string document;
    std::function<void(std::optional<signature>)> done;
  };

  void work();

  const private_key key_;
  std::mutex mutex_; ///< guards the next two
  std::deque<job> jobs_;
  bool stopping_ = false;
  std::condition_variable changed_;
  std::thread thread_; ///< last: it uses all the others
};

} // namespace dispatch::signing
