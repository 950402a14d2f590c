#pragma once

#include "dispatch/v1/event.pb.h"
#include "dispatch/v1/zone.pb.h"
#include "messages/wire/codec/bodies.hpp"
#include "messages/wire/codec/fields.hpp"

/// The commands and events of the zone itself: how each is spelled. For codec_commands.cpp and
/// codec_events.cpp only.
namespace dispatch::wire {

// --- commands -----------------------------------------------------------------------------------

WIRE_COMMAND(pause_zone, PauseZone) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_COMMAND(resume_zone, ResumeZone) {}

/// A sender's text is kept in its canonical form.
WIRE_COMMAND(set_policy, SetPolicy) {
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
    p.parsed = std::make_shared<const policy>(*std::move(read));
  }
}

WIRE_COMMAND(accept_loss, AcceptLoss) { WIRE_VALUE(last); }

// --- events -------------------------------------------------------------------------------------

WIRE_EVENT(zone_event, zone_opened) {
  WIRE_VALUE(epoch);
  WIRE_TEXT(owner);
  WIRE_KEPT_POLICY(policy);
  WIRE_VALUE(edition);
}

WIRE_EVENT(zone_event, zone_paused) { WIRE_TEXT(reason); }
WIRE_EVENT(zone_event, zone_resumed) {}

WIRE_EVENT(zone_event, policy_set) {
  fields(a, p.policy, w);
  WIRE_TEXT(by);
}

WIRE_EVENT(zone_event, input_loss_accepted) {
  WIRE_VALUE(last);
  WIRE_TEXT(by);
}

} // namespace dispatch::wire
