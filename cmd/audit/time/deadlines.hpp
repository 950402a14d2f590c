#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/policy.hpp"
#include "messages/records/record.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace dispatch::audit {

/// Keeps a book of what is to happen by itself, and when: the end of the time to pay, of a search,
/// of a rider's way to the pick-up, of an offer, of a shift, of a reservation. Nothing of it
/// happens before its time, and nothing is forgotten.
///
/// The times follow from events, and from the policy in force when the record began:
/// - a search lasts at least `max_wait` from when it begins
/// - a rider is late `late_after` behind the time when the order is ready, at the earliest
/// - a pause makes each deadline of the order stand still, a hold that of the search; both from
///   when the deadline was set
class deadline_book {
public:
  /// `late_by_max`: by so much zone time anything may happen later than it is due, while the zone
  /// has an owner; nullopt: however late.
  deadline_book(findings& found, std::optional<duration> late_by_max)
      : found_(found), late_by_max_(late_by_max) {}

  /// Before the events of the record: what is due by then came in an earlier one, or comes late.
  void begin_record(const record& r);
  /// `policy`: in force when the record began; null: unknown.
  void apply(const record& r, const event& e, const policy* policy);
  /// After its events.
  void finish_record(const record& r);

private:
  struct order_applier;
  struct rider_applier;
  struct station_applier;

  /// What is due, and since when it has been.
  struct deadline {
    timestamp due;
    timestamp set_at;
  };
  struct order_times {
    order_status status = order_status::unknown;
    place_order details;
    std::optional<deadline> search; ///< its end; of an unpaid order, the end of the time to pay
    std::optional<deadline> arrival;
    std::set<std::string> asked; ///< open offers
    std::optional<timestamp> paused_since;
    bool held = false;
    timestamp still_since; ///< meaningful while the search stands still

    bool search_stands_still() const;
  };
  struct rider_times {
    std::optional<timestamp> offer_ends;
    std::optional<timestamp> shift_ends;
    std::optional<timestamp> ends_if_refused; ///< by the zone to which the rider is on the way
  };
  struct station_times {
    std::map<std::string, timestamp> held_until; ///< by order
    timestamp silent_from;
  };

  static std::optional<timestamp> due_of(const order_times& of);
  static std::optional<timestamp> due_of(const rider_times& of);
  static std::optional<timestamp> due_of(const station_times& of);

  static void stand_still(std::optional<deadline>& of, timestamp since, timestamp until);

  void expect(const entity_ref& entity, std::optional<timestamp> due);
  void violated(check which, const record& r, const entity_ref& entity, const std::string& what);

  findings& found_;
  const std::optional<duration> late_by_max_;
  timestamp owned_since_;
  std::unordered_map<std::string, order_times> orders_;
  std::unordered_map<std::string, rider_times> riders_;
  std::unordered_map<std::string, station_times> stations_;
  std::unordered_map<entity_ref, timestamp> due_;
  std::set<std::pair<timestamp, entity_ref>> earliest_first_;
};

} // namespace dispatch::audit
