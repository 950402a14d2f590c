#pragma once

#include "messages/records/command.hpp"
#include "messages/records/decision.hpp"
#include "messages/records/event.hpp"
#include "messages/records/record.hpp"

#include <cstddef>

/// What each part of a record may cost, in bytes, before anybody encodes it. A turn takes commands
/// and a match makes offers while these sums stay below `limits::record_bytes_max`.
///
/// The sums decide which offers a match makes. A recorded log is decided again to the same bytes
/// only while the numbers stay as they are.
///
/// The numbers hold for texts of usual length: ids of 20 characters, say. Longer bodies of commands
/// come on top, once in the command and once in its events; `limits::input_bytes_per_turn` bounds
/// them, and `limits::record_bytes_hard_max` has room for them. A record that exceeds even that is
/// decided again in smaller parts.
namespace dispatch::record_budget {

/// The fields that a record has once, and the lengths of its lists: some 200 bytes are usual.
inline constexpr std::size_t record_bytes = 1024;

/// What a match leaves free: for refused proposals, and for texts that are longer than usual.
inline constexpr std::size_t margin_bytes = 16 * 1024;

/// A command, and the bodies of the events that it causes. A command takes 150 bytes on average,
/// and 240 as a `place` with all fields.
inline constexpr std::size_t command_bytes = 320;

/// What the zone puts before the input of a turn: a position, a deadline or a waybill. A position
/// is recorded twice, in the command and in the event.
inline constexpr std::size_t own_command_bytes = command_bytes + 160;

/// A waybill's document is in the record as a command and as two events.
inline constexpr std::size_t waybill_copies = 3;

/// A command, and a waybill's copies if it brings one. The text of a `set_policy` is not in it.
std::size_t reserve(const command& c);

/// An event of a command: who, when and why. A body of more than some bytes is paid for by the
/// command, as with `placed` (215 bytes) and `waybill_issued` (313).
std::size_t reserve(const event& e);

/// A dead letter: all its texts, and two numbers, a time and a reason.
std::size_t reserve(const dead_letter& letter);

/// The travel times that a routing engine has told for an order. An empty answer costs 5 bytes more
/// than this.
std::size_t reserve(const travel_answer& told);

/// What a decision says, its candidates and the riders passed over. The names of further riders who
/// are asked are paid for with their offers.
std::size_t reserve(const decision& d);

/// What carrying out an operator's assignment adds: events of the rider, the order and the station.
std::size_t reserve_assignment();

/// What an offer adds besides its decision: the events of an assignment, and the stops of the route
/// that the rider is told.
std::size_t reserve_offer(std::size_t stops);

/// What one more rider who is asked adds: events of the rider and of the order, the name in the
/// decision, and the stops of the route. Goods are reserved once, with the first offer.
std::size_t reserve_further_offer(std::size_t stops);

} // namespace dispatch::record_budget
