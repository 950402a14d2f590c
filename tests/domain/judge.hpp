#pragma once

#include "tests/domain/world.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dispatch::domain {

/// Compares what one zone decides with what is true in its world. The first thing that is wrong
/// is kept as a sentence.
class judge {
public:
  judge(std::size_t zone, const two_zones& zones, const world& truth)
      : number_(zone), zones_(zones), zone_(zones[zone]), truth_(truth) {}

  /// Before each turn: what is known then.
  void remember();
  void after_turn(timestamp now, const whole_zone::outcome& turn);
  void finish();

  const std::string& wrong() const { return wrong_; }

private:
  void expect(bool holds, const std::string& sentence);

  // judge_books.cpp: what the zone believes.
  void check_goods();
  void check_shelves();
  void check_money(const event& e);
  void check_codes(const std::vector<event>& events);
  void check_lost_goods();
  void check_riders();
  void check_losses(const std::vector<event>& events);

  // judge_choices.cpp: what it decides, and when.
  void check_deadlines(const event& e, timestamp now);
  void check_counts(const event& e);
  void check_overdue(timestamp now);
  void check_wishes(const whole_zone::outcome& turn, timestamp now);
  void check_idling(const whole_zone::outcome& turn, timestamp now);
  void check_offers(const std::vector<event>& events, timestamp now);
  void check_offer(const std::string& order, const std::string& rider, timestamp now);
  void check_idle_riders(timestamp now);
  bool is_searched_for(const order& what, timestamp now) const;
  bool hands_out_now(const std::string& id, timestamp now) const;
  bool could_take(const std::string& rider, const dispatch::rider& who, const order& what,
                  timestamp now) const;
  timestamp search_may_begin(const order& what) const;

  // judge_evidence.cpp: what it says of it.
  void check_evidence(const decision& d);

  const std::size_t number_;
  const two_zones& zones_;
  const whole_zone& zone_;
  const world& truth_;
  std::string wrong_;

  whole_zone::book<order> orders_before_;
  whole_zone::book<rider> riders_before_;
  whole_zone::book<station> stations_before_;
  bool was_paused_ = false;
  std::set<std::string> uncertain_;   ///< stations
  std::set<std::string> refused_now_; ///< orders whose assignment this turn refused

  struct account {
    int received = 0;
    int given_back = 0;
  };
  std::map<std::string, account> money_;
  std::map<std::string, std::uint32_t> wrong_codes_; ///< by order
  std::map<std::string, int> goods_lost_;            ///< how often it was told, by order
  std::map<std::string, timestamp> late_from_;       ///< assigned orders
  std::map<std::string, timestamp> wished_at_;
  std::map<std::string, timestamp> in_vain_since_;
  std::map<std::string, std::uint32_t> ignored_;     ///< offers in a row, by rider
  std::map<std::string, std::uint32_t> turned_down_; ///< offers, by order
  std::set<std::string> forced_;                     ///< riders to whom an operator gave work
  std::map<std::string, std::pair<waiting_reason, std::string>> said_; ///< last decisions, by order
  int repeated_ = 0;                                                   ///< turns in a row
  int idle_ = 0;                                                       ///< turns in a row
  timestamp idle_since_;
};

} // namespace dispatch::domain
