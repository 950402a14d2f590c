#pragma once

#include "cmd/dispatchd/zones/zone_keeper.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace dispatch::daemon {

/// Goes round the zones that run here and does one chore of each, one at a time, so that what it
/// takes of processor, disk and network is bounded, however many zones there are.
class housekeeper {
public:
  using chore_of = std::function<std::shared_ptr<chore>(const zone_runtime&)>;

  /// `name` is for the log.
  housekeeper(const zone_keeper& zones, std::string name, chore_of which);
  housekeeper(const housekeeper&) = delete;
  housekeeper& operator=(const housekeeper&) = delete;

  /// The zones have to be gone, or stopped, for this to be quick.
  ~housekeeper();

private:
  void run();
  void go_round();
  bool wait();

  const zone_keeper& zones_;
  const std::string name_;
  const chore_of chore_of_;
  std::map<std::string, std::string> complaints_; ///< reported already, by zone
  std::mutex mutex_;                              ///< guards stopping_
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace dispatch::daemon
