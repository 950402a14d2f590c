#pragma once

#include "dispatch/v1/command.pb.h"
#include "dispatch/v1/event.pb.h"
#include "dispatch/v1/pause.pb.h"
#include "messages/records/command.hpp"
#include "messages/wire/archive.hpp"
#include "messages/wire/codec/fields.hpp"

/// How a command or an event is spelled stands in one place: the message, and its field list. The
/// lists are in `order_bodies.hpp` and its like. For codec_commands.cpp and codec_events.cpp only.
namespace dispatch::wire {

/// `type` is the generated message of the command `Command`. One that is recorded, and has none,
/// does not compile.
template <class Command> struct message_of;

/// The field of dispatch.v1.Event that the event `Event` of the variant `Group` has in the oneof.
/// An event that has none does not compile.
template <class Group, class Event> struct field_of;

#define WIRE_COMMAND_MESSAGE(command, message)                                                     \
  template <> struct message_of<command> { using type = v1::message; }

/// `WIRE_COMMAND(hold_order, HoldOrder) { its fields }`.
#define WIRE_COMMAND(command, message)                                                             \
  WIRE_COMMAND_MESSAGE(command, message);                                                          \
  WIRE_FIELDS(command)

#define WIRE_EVENT_FIELD(group, event, field)                                                      \
  template <> struct field_of<group, event> {                                                      \
    static constexpr const char* name = #field;                                                    \
    static bool is_set(const v1::Event& w) { return w.has_##field(); }                             \
    static const auto& read(const v1::Event& w) { return w.field(); }                              \
    static auto& write(v1::Event& w) { return *w.mutable_##field(); }                              \
  }

/// `WIRE_EVENT(order_event, order_held) { its fields }`: the field of the oneof has the name of the
/// struct.
#define WIRE_EVENT(group, event)                                                                   \
  WIRE_EVENT_FIELD(group, event, event);                                                           \
  WIRE_FIELDS(event)

/// Fields that have rules are checked behind the list of all fields.
#define WIRE_CHECK_ID(name)                                                                        \
  if constexpr (A::strict)                                                                         \
  a.id(#name, p.name)
#define WIRE_CHECK_REASON(name)                                                                    \
  if constexpr (A::strict)                                                                         \
  a.at_most_bytes(#name, p.name, reason_bytes_max)

// --- of several kinds of entity -----------------------------------------------------------------

WIRE_COMMAND(pause_actor, PauseActor) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_COMMAND(resume_actor, ResumeActor) {}
WIRE_COMMAND(pass_deadline, PassDeadline) {}

WIRE_FIELDS(actor_paused) {
  WIRE_TEXT(reason);
  WIRE_TIME(at);
}

WIRE_FIELDS(actor_resumed) { WIRE_TIME(at); }

WIRE_EVENT_FIELD(event_body, command_refused, refused);
WIRE_FIELDS(command_refused) {
  WIRE_ENUM(code, Refusal);
  WIRE_TEXT(verb);
  WIRE_TEXT(detail);
  WIRE_NONZERO(retry_after_ms);
}

WIRE_EVENT_FIELD(event_body, command_repeated, repeated);
WIRE_FIELDS(command_repeated) {
  WIRE_TEXT(first_event);
  WIRE_VALUE(record);
}

} // namespace dispatch::wire
