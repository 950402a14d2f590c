#pragma once

#include "tests/nemesis/cluster.hpp"
#include "tests/nemesis/load.hpp"

#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace dispatch::nemesis {

/// Compares twice a second what the nodes say of themselves on /readyz with whether their zones
/// answer commands.
class truth_watch {
public:
  truth_watch(const cluster& nodes, const load& commands);
  truth_watch(const truth_watch&) = delete;
  truth_watch& operator=(const truth_watch&) = delete;
  ~truth_watch();

  /// What was said and not so, for people: a node was ready while its zone, or a zone of nobody,
  /// left a command unanswered; or a node was unready while all its zones answered.
  std::vector<std::string> lies() const;

private:
  using owners = std::map<std::string, std::string>;

  void watch();
  void look();
  std::set<std::string> ready_nodes() const;
  void judge_zone(std::size_t zone, const owners& by, const std::set<std::string>& ready,
                  const std::map<std::size_t, steady::time_point>& unanswered);
  void judge_node(const std::string& node, const owners& by, bool is_ready,
                  const std::map<std::size_t, steady::time_point>& unanswered);
  void tell(const std::string& lie);

  const cluster& nodes_;
  const load& commands_;

  /// Who is to answer for a zone, and since when that one says that all is well.
  struct promise {
    std::string of;
    steady::time_point since;
  };
  std::map<std::size_t, promise> promises_;           ///< by zone; of the watching thread
  std::map<std::string, steady::time_point> unready_; ///< since; of the watching thread

  mutable std::mutex mutex_; ///< guards all below, down to the thread
  std::condition_variable changed_;
  bool stopping_ = false;
  std::set<std::string> lies_;

  std::thread thread_;
};

} // namespace dispatch::nemesis
