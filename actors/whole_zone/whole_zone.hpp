#pragma once

#include "actors/domain/planning/dispatcher.hpp"
#include "actors/turn/turn.hpp"
#include "actors/whole_zone/entity_hall.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dispatch {

/// A zone without actors, streams and stores: turns, deadlines and matches are the product's.
class whole_zone {
public:
  template <class State> using book = std::map<std::string, std::shared_ptr<const State>>;

  /// What reaches the zone at once.
  struct arrivals {
    std::vector<command> commands = {};
    std::vector<travel_answer> travel = {}; ///< from the routing engine
  };

  /// What a turn came to.
  struct outcome {
    std::vector<event> events;
    std::vector<decision> decisions;
    std::vector<domain::wanted_travel> wanted; ///< of the routing engine
    bool happened = false;
    bool with_input = false; ///< what arrived, or deadlines
  };

  explicit whole_zone(dispatch::policy policy);

  /// Deadlines that are due, what arrived, and a match if one is due; else nothing happens.
  outcome take_turn(timestamp now, arrivals arrived, std::chrono::seconds local_offset);

  /// Told of each record, and of the bytes that were reserved for it when its offers were made.
  std::function<void(std::size_t reserved, const record& made)> on_record;

  /// When there is something to do without a command.
  std::optional<timestamp> next_due() const;

  dispatch::policy policy;
  book<order> orders;
  book<rider> riders;
  book<station> stations;
  bool paused = false;

private:
  void run_rounds(turn& current);
  void observe(turn& current);
  void add_deadlines(std::vector<command>& commands, timestamp now) const;

  entity_hall entities_;
  domain::dispatcher desk_;
  std::uint64_t number_ = 0; ///< of the last turn
};

} // namespace dispatch
