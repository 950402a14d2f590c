#pragma once

#include "actors/whole_zone/whole_zone.hpp"
#include "tests/domain/demand.hpp"
#include "tests/simulation/dice.hpp"

#include <array>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace dispatch::domain {

using two_zones = std::array<whole_zone, 2>;

inline const std::array<std::string, 2> zone_names = {"z", "y"};

/// A city around two zones: where goods and riders are in truth, and what people make of what the
/// zones tell them. Riders, stations, customers and operators act when their time has come; what
/// they say is under way for a while, and may overtake what was said before. In some lives the
/// zones ask a routing engine, whose answers are nonsense now and then.
///
/// Goods are moved here by hands, and only there:
///   station -> hand of a rider who stands there -> bag, once the zone has confirmed
///   bag -> customer or station, once the zone has confirmed; bag -> spot, where a rider breaks
///   down; bag -> lost, when an operator writes it off
///   hand -> where it came from, when the rider has the order no more
class world {
public:
  enum class whereabouts { station, hand, bag, spot, customer, lost };

  /// The goods of one order.
  struct parcel {
    planned_order plan;
    timestamp done_at; ///< the kitchen hands it over, in truth
    whereabouts where = whereabouts::station;
    whereabouts from = whereabouts::station; ///< before it was in a hand
    std::string rider;                       ///< in whose hand or bag
    bool is_wanted = true;                   ///< until somebody gives it up
    bool is_confirmed = false;               ///< an operator has said that the customer has it
    timestamp delivered_at;                  ///< epoch: not yet
  };

  struct courier {
    planned_rider plan;
    std::size_t zone = 0; ///< where the rider works
    place from;
    place to;
    timestamp left_at;
    timestamp there_at;
    timestamp acts_at;
    timestamp says_at; ///< until then the phone keeps what it is to send
    timestamp rests_until;
    std::string lifted;      ///< order whose goods are in the rider's hand
    std::string lifted_from; ///< station
    std::string answered;    ///< offer
    bool on_break = false;
    bool is_moving = false;    ///< has asked for the other zone
    std::uint32_t ignored = 0; ///< offers in a row
  };

  struct shop {
    std::size_t zone = 0;
    planned_station plan;
    std::uint32_t pieces = 0; ///< that lie there
    bool is_counted = true;   ///< since anybody touched them
    bool is_certain = true;   ///< it can be known which pieces somebody has in hand
    timestamp acts_at;
    timestamp silent_until; ///< the sensor
  };

  /// Without mishaps it is the twin of a life with them: the same demand, and nothing goes wrong.
  world(demand what, std::uint64_t seed, bool with_mishaps, const two_zones& zones);

  /// Lets everybody act whose time has come. Returns what reaches each zone now.
  std::array<whole_zone::arrivals, 2> step(timestamp now);
  /// A zone asks the routing engine.
  void ask(std::size_t zone, const std::vector<wanted_travel>& wanted, timestamp now);
  /// What became true in a zone. Returns what cannot be, empty: nothing.
  std::string note(std::size_t zone, const std::vector<event>& events, timestamp now);
  timestamp next() const;
  bool is_over(timestamp now) const;

  const demand& plan() const { return plan_; }
  const std::map<std::string, parcel>& parcels() const { return parcels_; }
  const std::map<std::string, courier>& couriers() const { return couriers_; }
  const std::map<std::pair<std::size_t, std::string>, shop>& shops() const { return shops_; }
  std::uint32_t lifted_at(const std::pair<std::size_t, std::string>& at) const;
  static opening_hours hours_of(const shop& s, timestamp now);
  /// For how long people and things were out of order, in sum.
  duration outages() const { return outages_; }

private:
  struct letter {
    std::size_t zone = 0;
    std::variant<command, travel_answer> what;
  };

  bool mishap(int percent) { return with_mishaps_ && is_rough_ && dice_.chance(percent); }
  duration some(int least_s, int most_s) {
    return std::chrono::seconds{dice_.pick(least_s, most_s)};
  }
  void send(std::size_t zone, entity_kind kind, const std::string& id, command_body body,
            timestamp at, bool by_operator = false);
  place where_is(const courier& c, timestamp now) const;
  void say(courier& c, rider_command what, timestamp now);
  void ride_to(courier& c, const place& to, timestamp now);
  bool works_at(const courier& c, timestamp now) const;

  void act(courier& c, timestamp now);
  void be_off_shift(courier& c, const rider* known, timestamp now);
  void consider(courier& c, const offer& open, timestamp now);
  void work(courier& c, const rider& known, timestamp now);
  void collect(courier& c, const stop& at, timestamp now);
  void hand_over(courier& c, const stop& at, timestamp now);
  void idle(courier& c, const rider& known, timestamp now);
  bool misbehave(courier& c, timestamp now);
  bool lift(courier& c, const std::string& order);
  void put_back(courier& c);

  std::string said_of(const travel_leg& way);
  std::string table_of(const std::vector<travel_leg>& ways);

  void act(const std::string& id, shop& s, timestamp now);
  void count_pieces(timestamp now);
  bool is_being_handed_over(const std::pair<std::size_t, std::string>& at) const;
  void operate(timestamp now);
  void disturb_order(std::size_t zone, timestamp now);
  void write_off(std::size_t zone, timestamp now);
  void insist(std::size_t zone, timestamp now);
  std::string some_rider();
  void disturb_others(std::size_t zone, timestamp now);
  void place_orders(timestamp now);
  void calm_down(timestamp now);
  void carry_transfers(std::size_t zone, const event& e, timestamp now);
  void note_station(const std::string& id, shop& s, const station_event& e) const;
  std::string note_order(const std::string& id, const order_event& e, timestamp now);
  std::string note_rider(std::size_t zone, const std::string& id, const rider_event& e,
                         timestamp now);

  demand plan_;
  const two_zones& zones_;
  testing::dice dice_;
  bool with_mishaps_;
  bool is_rough_ = true;
  std::map<std::string, parcel> parcels_;
  std::map<std::string, courier> couriers_;
  std::map<std::pair<std::size_t, std::string>, shop> shops_;
  std::multimap<timestamp, letter> post_;
  std::size_t placed_ = 0; ///< of the plan's orders
  timestamp operators_act_at_;
  duration outages_{0};
};

} // namespace dispatch::domain
