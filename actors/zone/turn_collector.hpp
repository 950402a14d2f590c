#pragma once

#include "actors/errands/travel_desk.hpp"
#include "actors/errands/waybill_desk.hpp"
#include "actors/zone/input_reader.hpp"
#include "actors/zone/quarantine.hpp"
#include "actors/zone/turn_inputs.hpp"
#include "actors/zone/zone_actor.hpp"
#include "actors/zone/zone_memory.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dispatch {

/// From where a turn takes what is not an input.
struct turn_sources {
  waybill_desk& waybills;
  travel_desk& travel;
  bool clock_is_wrong = false; ///< then no deadline passes
};

/// Collects what a turn consists of: due deadlines, waybills, positions of riders, the commands
/// that came in, and travel times. What an aborted turn gives back comes first, one at a time.
class turn_collector {
public:
  turn_collector(const zone_options& options, zone_memory& memory);

  /// The zone was opened.
  void begin(caution care);

  /// What the next turn decides, maybe nothing.
  turn_inputs collect(const turn_sources& from);

  /// More may be there that is not told again.
  bool has_more() const { return has_more_; }

  /// Why the input cannot be read on.
  const std::optional<failure>& broken() const { return input_.broken(); }

  /// The input stream is to be asked where it ends. Says so once per question.
  bool wants_input_end() { return std::exchange(barrier_.wanted, false); }

  /// False when the stream did not say: it has to be asked again.
  bool note_input_end(const input_ends& message);

  /// The process has survived deciding.
  void end_attempt() { attempts_.end(); }

  /// The turn was taken back. A single command that throws becomes a dead letter.
  void give_back(turn_inputs aborted, const std::string& cause);

  /// The turn is committed, and the zone's memory knows it.
  void note_committed(const turn_inputs& committed);

  /// Commands are decided one at a time, after owners who died.
  bool is_careful() const { return attempts_.is_careful(); }

private:
  /// What aborted turns gave back. The first `one_by_one` are decided alone.
  struct given_back {
    std::deque<turn_item> items;
    std::size_t one_by_one = 0;
    std::vector<travel_answer> travel;
  };

  /// Deadlines pass only when every input stored before them has been applied.
  struct input_barrier {
    bool wanted = false; ///< the stream is to be asked
    bool asking = false; ///< it has not answered
    std::optional<input_ends> known;
  };

  void collect_together(const turn_sources& from);
  void collect_one(const turn_sources& from);
  void collect_deadlines(std::size_t most, bool clock_is_wrong);
  void collect_waybills(std::size_t most, waybill_desk& from);
  void collect_positions(std::size_t most);
  void collect_input(std::size_t most, bool clock_is_wrong);
  void add(command own);
  dead_letter bury_own(const command& own, std::string reason, const std::string& cause);

  const zone_options& options_;
  zone_memory& memory_;
  careful_attempts attempts_;
  input_reader input_;
  given_back again_;
  input_barrier barrier_;
  turn_inputs inputs_; ///< as far as they are collected
  bool has_more_ = false;
};

} // namespace dispatch
