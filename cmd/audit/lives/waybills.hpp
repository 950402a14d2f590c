#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/entities/waybill.hpp"
#include "messages/records/record.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>

namespace dispatch::audit {

enum class signature_state : std::uint8_t {
  good,
  bad,
  of_another_key, ///< that is not there to check with
};

/// What a signature is worth.
using signature_check = std::function<signature_state(const signed_waybill&)>;

/// Checks that waybills say what the log says of the order, once without a signature at most and
/// then once with, and that the rider gets each of them. Keeps books of its own.
class waybill_check {
public:
  waybill_check(findings& found, audit_report& report, std::string zone, signature_check check)
      : found_(found), report_(report), zone_(std::move(zone)), check_(std::move(check)) {}

  void apply(const record& r, const event& e);
  void finish_record(std::uint64_t number);

private:
  /// Of an order that has not ended, or whose waybill was never signed.
  struct assignment {
    waybill expected;        ///< but for the number
    std::uint32_t count = 0; ///< assignments so far
    bool bound = false;
    bool issued = false;
    bool is_signed = false;
  };

  void apply_order(std::uint64_t number, const std::string& id, const order_event& body);
  void check_issued(std::uint64_t number, const std::string& id, const waybill_issued& body);
  void check_received(std::uint64_t number, const std::string& rider, const waybill_received& body);

  findings& found_;
  audit_report& report_;
  const std::string zone_;
  const signature_check check_;
  std::unordered_map<std::string, assignment> orders_;
  std::multimap<std::string, waybill_issued> untold_; ///< to the rider, by order
};

} // namespace dispatch::audit
