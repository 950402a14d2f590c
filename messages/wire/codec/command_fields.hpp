#pragma once

#include "dispatch/v1/command.pb.h"
#include "dispatch/v1/order_return.pb.h"
#include "dispatch/v1/pause.pb.h"
#include "dispatch/v1/station.pb.h"
#include "dispatch/v1/transfer.pb.h"
#include "dispatch/v1/zone.pb.h"
#include "messages/limits.hpp"
#include "messages/wire/archive.hpp"
#include "messages/wire/codec/fields.hpp"
#include "messages/wire/codec/rule_list.hpp"
#include "messages/wire/contract.hpp"

/// Field lists of commands. For codec_commands.cpp only.
namespace dispatch::wire {

/// The fields that have rules are checked behind the list of all fields.
#define WIRE_CHECK_ID(name)                                                                        \
  if constexpr (A::strict)                                                                         \
  a.id(#name, p.name)
#define WIRE_CHECK_REASON(name)                                                                    \
  if constexpr (A::strict)                                                                         \
  a.at_most_bytes(#name, p.name, reason_bytes_max)

WIRE_FIELDS(pay_order) {}
WIRE_FIELDS(ready_order) {}
WIRE_FIELDS(end_shift) { WIRE_VALUE(hand_back); }
WIRE_FIELDS(end_break) {}
WIRE_FIELDS(close_station) {}
WIRE_FIELDS(resume_zone) {}
WIRE_FIELDS(accept_loss) { WIRE_VALUE(last); }
WIRE_FIELDS(resume_actor) {}
WIRE_FIELDS(release_hold) {}
WIRE_FIELDS(pass_deadline) {}
WIRE_FIELDS(attach_waybill) { WIRE_MESSAGE(waybill); }

WIRE_FIELDS(cancel_order) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_FIELDS(assign_order) {
  WIRE_TEXT(rider);
  WIRE_CHECK_ID(rider);
}

WIRE_FIELDS(accept_offer) {
  WIRE_TEXT(offer);
  WIRE_CHECK_ID(offer);
}

WIRE_FIELDS(decline_offer) {
  WIRE_TEXT(offer);
  WIRE_TEXT(reason);
  WIRE_CHECK_ID(offer);
  WIRE_CHECK_REASON(reason);
}

WIRE_FIELDS(arrive_at_stop) {
  WIRE_TEXT(order);
  WIRE_CHECK_ID(order);
}

WIRE_FIELDS(pick_up_order) {
  WIRE_TEXT(order);
  WIRE_CHECK_ID(order);
}

WIRE_FIELDS(deliver_order) {
  WIRE_TEXT(order);
  WIRE_TEXT(code);
  WIRE_CHECK_ID(order);
  if constexpr (A::strict) {
    a.at_most_bytes("code", p.code, code_bytes_max);
  }
}

WIRE_FIELDS(fail_delivery) {
  WIRE_TEXT(order);
  WIRE_TEXT(reason);
  WIRE_CHECK_ID(order);
  WIRE_CHECK_REASON(reason);
}

WIRE_FIELDS(unassign_order) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_FIELDS(write_off_order) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_FIELDS(hold_order) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_FIELDS(report_stock) {
  WIRE_MESSAGES(levels);
  if constexpr (A::strict) {
    a.present("levels", !p.levels.empty());
    a.each_once("levels", p.levels, limits::counts_per_report, &counted_stock::item);
  }
}

WIRE_FIELDS(record_position) { WIRE_MESSAGE(at); }

WIRE_FIELDS(open_station) {
  WIRE_MESSAGE(at);
  WIRE_DEFAULTED_MESSAGE(hours);
}

WIRE_FIELDS(pause_zone) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

/// A sender's text is kept in its canonical form.
WIRE_FIELDS(set_policy) {
  WIRE_TEXT(toml);
  WIRE_VALUE(based_on);
  if constexpr (A::strict) {
    a.at_most_bytes("toml", p.toml, limits::policy_bytes_max);
  }
  if constexpr (!A::writing) {
    if (a.failed()) {
      return;
    }
    auto read = A::strict ? policy_from_toml(p.toml) : kept_policy_from_toml(p.toml);
    if (!read) {
      a.reject("toml", read.error().what);
      return;
    }
    if constexpr (A::strict) {
      p.toml = canonical_toml(*read);
      a.at_most_bytes("toml", p.toml, limits::policy_bytes_max);
    }
    p.rules = std::make_shared<const policy>(*std::move(read));
  }
}

WIRE_FIELDS(start_break) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_FIELDS(report_breakdown) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_FIELDS(transfer_rider) {
  WIRE_TEXT(zone);
  WIRE_CHECK_ID(zone);
}

WIRE_FIELDS(receive_rider) {
  WIRE_TEXT(from);
  WIRE_MESSAGE(rider);
  WIRE_CHECK_ID(from);
}

WIRE_FIELDS(conclude_transfer) {
  WIRE_VALUE(number);
  WIRE_VALUE(received);
  WIRE_TEXT(detail);
  WIRE_VALUE(at_work);
}

WIRE_FIELDS(pause_actor) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

} // namespace dispatch::wire
