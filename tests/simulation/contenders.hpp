#pragma once

#include "actors/upkeep/retention.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/simulation/stream_watch.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/virtual_city.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dispatch::testing {

/// An order whose id begins so kills whoever decides a command of it.
inline constexpr auto poison = "poison";

/// How often each kind of fault really happened.
using fault_counts = std::map<std::string, std::uint64_t>;

/// Nodes that contend for one zone over the same streams, each with a store of its own that
/// survives its crashes and a clock that is not quite right, and all that befalls them. Nobody
/// keeps them from opening the zone while somebody else owns it.
class contenders {
public:
  contenders(dice& random, int nodes, dispatch::policy policy);
  ~contenders();
  contenders(const contenders&) = delete;
  contenders& operator=(const contenders&) = delete;

  /// By how much a clock may jump, either way.
  void let_clocks_jump(duration most) { clock_jump_ = most; }

  /// Perhaps something happens to a process, to what is under way, to a store or to a clock; and
  /// perhaps a node opens the zone.
  void disturb();
  /// Delivers messages, one here and one there, until nobody who is awake has any.
  void work();
  void pass(duration by);

  /// No more faults. Who was paused wakes, what is under way arrives, and one node opens the zone
  /// for good. False when that proved impossible.
  bool settle();
  /// Whether the node that settles still owns the zone.
  void expect_settled();
  /// Whether the archives and the log together hold every record.
  void expect_all_archived();

  /// Ends everybody but one node and lets streams lose their ends, as a server does whose backup is
  /// restored. With its store the node must restore what was committed and announced. Without, and
  /// when something announced is lost, it must stop and append nothing: then this returns false.
  bool damage_streams();

  /// The rider as the node that has come furthest shows it; nullopt: unknown.
  std::optional<rider> look_up(const std::string& id);
  void report_position(const std::string& rider, const place& at);

  /// The first thing that must never be; empty: none.
  const std::string& violation() const;
  const fault_counts& faults();

  city_streams streams;
  std::shared_ptr<virtual_clock> clock = std::make_shared<virtual_clock>(); ///< the server's

private:
  struct node {
    std::string name;
    int lives = 0;
    std::shared_ptr<virtual_clock> clock;
    std::shared_ptr<memory_store> store = std::make_shared<memory_store>();
    std::shared_ptr<memory::connection> connection;
    std::unique_ptr<virtual_node> process; ///< null: down
    std::unique_ptr<retention> upkeep;     ///< of the process
    bool dead = false;                     ///< crashed in a call, which has to return first
    bool paused = false;
    duration slept{0};   ///< while paused
    int crash_after = 0; ///< so many messages; 0: no crash is planned
    int pause_after = 0;
    int crash_in_call = 0; ///< the how many-th call on a stream from now
    bool given_up = false; ///< the end of its process has been judged
  };

  static bool up(const node& n) { return n.process && !n.dead; }
  static bool awake(const node& n) { return up(n) && !n.paused; }
  static bool owns(const node& n) { return up(n) && n.process->running(); }
  static bool opening(const node& n) {
    return up(n) && !n.process->running() && !n.process->halted();
  }
  node& some_node() { return nodes_[random_.below(nodes_.size())]; }

  void start(node& n);
  void note_start(const node& n);
  void keep_house(node& n);
  void damage_snapshot();
  void crash(node& n);
  void bury(node& n);
  void wake(node& n);
  bool step(node& n);
  static bool calls_for_opening(const node& n);
  void judge_end(node& n);

  void plan_for(node& n);
  void disturb_clock(node& n);
  void disturb_streams();
  void open_somewhere(const node* not_here);

  void on_call(node& n, memory::connection::call what);
  void interfere(const node& caller);
  void strike(memory::fenced_stream& stream, const std::string& what, bool opening);

  void truncate(memory::fenced_stream& stream, const char* name);
  void lose_disk_and_end();
  void expect_prefix(const memory::fenced_stream& stream,
                     const std::vector<memory::fenced_stream::message>& before, const char* name);
  void violated(const std::string& what);

  dice& random_;
  policy policy_;
  stream_watch watch_;
  temporary_directory directory_;      ///< archives survive the loss of a node's store
  std::uint64_t damaged_snapshot_ = 0; ///< its number
  std::vector<node> nodes_;
  node* settler_ = nullptr;
  duration clock_jump_{0};
  bool calm_ = false;
  bool interfering_ = false;
  bool damaged_ = false;
  fault_counts faults_;
  std::string violation_;
};

} // namespace dispatch::testing
