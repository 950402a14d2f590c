#pragma once

#include "actors/errands/circuit_breaker.hpp"
#include "messages/entities/travel.hpp"
#include "messages/limits.hpp"
#include "messages/time.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch {

/// Which orders of a zone want travel times, what the routing engine has been asked for them, and
/// what is to be handed out. It asks nobody and reads no clock; times are wall time.
///
///   wanted --> questions wait --> asked --> answered --> the last one has ended: handed out
///                    |              | the time limit passes, or the engine fails
///                    |              v
///                    +------> ended without times, and not asked again
///              (breaker open)
///
/// Nothing here is remembered: a zone that opens asks for what its searches want.
class travel_desk {
public:
  struct wanted {
    std::string order;
    std::vector<travel_leg> legs;
  };

  /// All legs of a question are of one vehicle, its places the centres of their cells: each once
  /// in `from` and once in `to`, together at most `limits::travel_places_per_question`.
  struct numbered_question {
    std::uint64_t number = 0;
    travel_question question;
  };

  /// Without an engine everything that is wanted is ready at once, without times.
  explicit travel_desk(bool has_engine) : has_engine_(has_engine) {}

  /// Takes in what an order wants, in the place of what it wanted before, which is not handed out
  /// any more. It is handed out once, when all its questions have ended.
  void want(wanted travel);

  /// What the engine is to be asked now. To be called whenever something has changed, and at
  /// next_look().
  std::vector<numbered_question> ask(timestamp now);

  /// The engine's answer, maybe after its time, or twice.
  void answer(std::uint64_t number, const std::optional<travel_table>& table, timestamp now);

  /// The next answers to be handed out, those of who has wanted longest first: at most so many
  /// orders and so many times, but one order. Times are ordered by leg.
  std::vector<travel_answer> take(std::size_t orders, std::size_t times);

  bool has_ready() const { return !ready_.empty(); }

  /// When a time limit passes.
  std::optional<timestamp> next_look() const;

  /// Whether orders get no times because the engine is left alone.
  bool is_out() const { return breaker_.now_in() != circuit_breaker::phase::closed; }

private:
  /// What an order wants, until it is taken.
  struct wish {
    std::uint64_t number = 0;
    std::size_t open = 0; ///< questions that have not ended
    std::vector<travel_time> times;
  };

  struct question {
    std::string order;
    std::uint64_t wish = 0; ///< number
    std::vector<travel_leg> legs;
    timestamp asked;
  };

  wish* find(const question& of);
  void end_overdue(timestamp now);
  void end(const question& answered, const travel_table* table);
  void finish(const std::string& order, wish& ended);

  bool has_engine_;
  circuit_breaker breaker_{limits::travel_failures_max, limits::travel_pause};
  std::uint64_t last_wish_ = 0;
  std::uint64_t last_question_ = 0;
  std::unordered_map<std::string, wish> wishes_; ///< by order
  std::deque<question> waiting_;                 ///< some are of former wishes
  std::map<std::uint64_t, question> asked_;      ///< by number, so in the order of asking
  std::map<std::uint64_t, travel_answer> ready_; ///< by number of the wish
};

} // namespace dispatch
