#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/records/record.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dispatch::audit {

/// Checks that a command's trace is carried to what the command causes: to every event that names
/// the command, and to what the dispatcher does with an order in the record in which a command for
/// this order had an effect: the offer, the assignment, or the refusal to assign it. A waybill has
/// the trace of the assignment.
///
/// Where several commands may be the cause, of the order or of riders, the trace of any of them is
/// good. A waybill
/// for which another owner of the zone has asked than the one that assigned the order may have
/// none: a trace is not part of any state.
class trace_check {
public:
  explicit trace_check(findings& found) : found_(found) {}

  void apply(const record& r);

private:
  using traces = std::set<std::string, std::less<>>;

  struct assignment {
    std::uint64_t epoch = 0;
    bool traced = false; ///< what it follows from has a trace
    traces good;
  };

  void check_named(const record& r);
  void note_commands(const record& r);
  void check_dispatched(const record& r, const event& e);
  void check_one_of(const record& r, const event& e, const std::vector<std::string>& orders);
  void note_assignment(const record& r, const event& e);
  void check_waybill(const record& r, const event& e);
  void forget(const std::string& order);

  findings& found_;
  std::unordered_map<std::string, traces> of_orders_; ///< of commands that had an effect, by order
  std::map<std::string, traces> in_record_;           ///< the same of the record in hand
  traces of_riders_;                                  ///< of their commands in the record in hand
  std::set<std::string> swaps_;                       ///< offers made in the record in hand
  std::unordered_map<std::string, assignment> assignments_; ///< by order
};

} // namespace dispatch::audit
