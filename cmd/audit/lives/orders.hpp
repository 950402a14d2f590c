#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/records/record.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch::audit {

struct order_rule;

/// What is known of one order: by its own events, and by those of riders.
struct order_life {
  order_status status = order_status::unknown;
  std::string rider;                        ///< bound
  std::map<std::string, std::string> asked; ///< offer by rider
  std::uint64_t asked_in = 0;               ///< number of the record; riders are asked at once
  std::string requested;                    ///< rider named by an operator
  std::string wanted_by;                    ///< rider to whom its own one is asked to yield it
  std::string yielded_to;                   ///< the same, when it has been given up for that one
  std::string yielded_with;                 ///< that one's offer
  std::uint32_t load = 0;
  timestamp ready_at;
  timestamp picked_up_at;
  bool paid = false;
  bool refunded = false;
  bool paused = false;
  bool stranded = false; ///< its goods are on board of a rider who cannot go on
  std::vector<goods> items;
  std::string source; ///< station that it believes to hold its goods, or to have handed them out

  // As the riders have it.
  std::set<std::string> holders;  ///< have it on the route; one when a record ends
  std::set<std::string> carriers; ///< of these: have collected it
  bool handed_over = false;
  std::map<std::string, std::string> considering; ///< offer by rider

  // As the stations have it.
  std::string held_at;    ///< holds its goods
  std::string taken_from; ///< has handed them out

  bool ended() const {
    return status == order_status::delivered || status == order_status::cancelled ||
           status == order_status::undeliverable || status == order_status::returned ||
           status == order_status::written_off;
  }
};

/// Checks the lives of orders against a table of what may follow what, and after every record that
/// orders, riders and stations say the same of each other.
class order_lives {
public:
  explicit order_lives(findings& found) : found_(found) {}

  void apply(const record& r, const event& e, const order_event& body);

  /// For the riders' side; the order is looked at when the record ends.
  order_life& touch(const std::string& id);

  void finish_record(std::uint64_t number);

  void count(audit_report& report) const;

private:
  struct applier;

  void check_transition(std::uint64_t number, const std::string& id, const order_life& life,
                        const order_event& body, const order_rule& rule);
  void check_views(std::uint64_t number, const std::string& id, const order_life& life);
  void check_goods(std::uint64_t number, const std::string& id, const order_life& life);

  findings& found_;
  std::unordered_map<std::string, order_life> orders_;
  std::set<std::string> touched_; ///< by the record in hand
};

} // namespace dispatch::audit
