#pragma once

#include "cmd/client/agenda.hpp"
#include "cmd/dispatch-sim/city/rider_agent.hpp"
#include "cmd/dispatch-sim/city/scenario.hpp"
#include "cmd/dispatch-sim/city/shelves.hpp"
#include "messages/policy.hpp"
#include "messages/records/command.hpp"
#include "messages/records/event.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch::sim {

/// Where a city says what happens.
class city_voice {
public:
  virtual ~city_voice() = default;

  /// Returns the id by which events will name the command.
  virtual std::string tell(const entity_ref& target, const command_body& command) = 0;
  /// The same, said by an operator.
  virtual std::string wish(const entity_ref& target, const command_body& command) = 0;
  /// Moves a rider to the neighbouring zone, or from there back to this one.
  virtual std::string move(const std::string& rider, bool back) = 0;
  virtual void report_position(const std::string& rider, const place& at) = 0;
};

/// What became of one order.
struct order_story {
  const planned_order* plan = nullptr;
  order state; ///< the fold of its events
  bool offered = false;
  bool sourced = false;            ///< a station held goods for it
  timestamp placed_stored_at;      ///< wall time at which `placed` was announced
  timestamp first_offer_stored_at; ///< wall time at which its first offer was announced
};

/// Numbers that events add up to.
struct city_tally {
  std::uint64_t events = 0;
  std::uint64_t repeated = 0; ///< commands that were answered as repeated
  std::uint64_t positions = 0;
  std::uint64_t epochs = 0;         ///< how often the zone was opened
  std::uint64_t payments = 0;       ///< that were told
  std::uint64_t wishes = 0;         ///< of operators
  std::uint64_t counts = 0;         ///< that sensors reported
  std::uint64_t counts_in_hand = 0; ///< of these, without what a rider had taken and not said so
  std::uint64_t transfers = 0;      ///< of riders who then worked beside
  std::uint64_t returns = 0;        ///< of these riders
  std::map<std::string, std::uint64_t> of_stock; ///< events of stations, by name
  std::map<std::string, std::uint64_t> refusals; ///< commands, by code
};

/// A scenario in action: everything that is due by itself, and what the riders do because of the
/// zone's events. Driven from one thread; knows zone time only as it is told.
class city {
public:
  city(const scenario& plan, const rider_habits& habits, const policy& policy, city_voice& voice);
  city(const city&) = delete;
  city& operator=(const city&) = delete;

  /// When something is due next.
  std::optional<timestamp> next_due() const { return agenda_.next_due(); }

  /// Does what is due at `now`, at most `actions_max` things; returns how many.
  std::size_t act(timestamp now, std::size_t actions_max);

  /// Orders that are not placed yet never will be.
  void close();

  /// An event of the zone, in the order of its output stream. Others' entities are ignored.
  void observe(const event& event, timestamp stored_at);

  /// The orders that have not ended, among them those not yet placed.
  std::size_t open_orders() const { return open_orders_; }
  /// All orders have ended and all payments been made.
  bool over() const { return open_orders_ == 0 && payments_to_come_ == 0; }
  std::size_t placed_orders() const { return placed_orders_; }
  std::size_t working_riders() const { return working_riders_; }
  const std::unordered_map<std::string, order_story>& stories() const { return stories_; }
  const city_tally& tally() const { return tally_; }

private:
  enum class deed : std::uint8_t {
    open_station,
    station_turn,
    count_stock,
    pay,
    begin_shift,
    end_shift,
    place,
    report,
    answer,
    step,
    end_break,
    be_ready,
    lift,
    sense,
    wish,
    transfer,
    come_back
  };
  struct planned_action {
    deed what;
    std::size_t index = 0;  ///< of the station, order, rider, wish or transfer
    std::uint64_t plan = 0; ///< a step counts only while this plan is the rider's
    std::string name;       ///< of the offer to answer, the order to lift or the station to sense
  };
  struct rider_entry {
    rider_agent agent;
    std::uint64_t plan = 0;
  };

  void perform(const planned_action& action, timestamp now);
  void perform_trouble(const planned_action& action, timestamp now);
  void turn_station(const dispatch::sim::station_turn& turn);
  void count_stock(const planned_action& action, timestamp now);
  void tell_station(const std::string& id, station_command command);
  void observe_station(const std::string& id, const station_event& event);
  void report_position(const planned_action& action, timestamp now);
  void answer(const planned_action& action);
  timestamp due_at_shelf(std::size_t index);
  void lift(const planned_action& action);
  void sense(const std::string& station);
  void watch_shelf(const std::string& id, const order_story& story, const order_event& event,
                   timestamp at);
  void transfer(const planned_action& action, timestamp now);
  void schedule_step(std::size_t index);
  void observe_order(const dispatch::event& whole, const order_event& event, timestamp stored_at);
  void observe_rider(std::size_t index, const rider_event& event, const dispatch::event& whole);
  void tell_rider(const rider_agent& agent, rider_command command);

  const scenario& plan_;
  const rider_habits habits_;
  const policy policy_;
  city_voice& voice_;
  client::agenda<timestamp, planned_action> agenda_;
  std::vector<rider_entry> riders_;
  std::unordered_map<std::string, std::size_t> rider_index_;
  std::unordered_map<std::string, order_story> stories_;
  shelves lying_;
  std::size_t open_orders_ = 0;
  std::size_t payments_to_come_ = 0;
  std::size_t placed_orders_ = 0;
  std::size_t working_riders_ = 0;
  bool closed_ = false;
  city_tally tally_;
};

} // namespace dispatch::sim
