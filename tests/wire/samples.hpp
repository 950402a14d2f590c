#pragma once

#include "messages/records/command.hpp"
#include "messages/records/event.hpp"
#include "messages/records/record.hpp"

#include <vector>

/// One value of everything that has a spelling, with every field different from its default, so
/// that a field which the codec forgets is missed.
namespace samples {

/// One of each command of the first contract that may come from outside, and what was added to it.
/// All is in golden files, so it stays as it is: what comes next goes to the end of added_record().
std::vector<dispatch::command_body> outside_commands();
std::vector<dispatch::command_body> added_commands();
std::vector<dispatch::command_body> all_outside_commands();

/// One of each other command that may be recorded.
std::vector<dispatch::command_body> inner_commands();
std::vector<dispatch::command_body> added_inner_commands();

/// One of each event.
std::vector<dispatch::event> events();
std::vector<dispatch::event> added_events();

dispatch::order order_state();
dispatch::rider rider_state();
dispatch::station station_state();
dispatch::zone zone_state();
dispatch::order added_order_state();
dispatch::rider added_rider_state();
dispatch::station added_station_state();
dispatch::order order_state_of_edition_2();
dispatch::station station_state_of_edition_2();
dispatch::order order_state_with_codes();
dispatch::rider rider_state_with_codes();
dispatch::waybill a_waybill();
dispatch::zone added_zone_state();
dispatch::decision a_decision();
dispatch::dead_letter a_dead_letter();

/// A record of all of the first contract, and one of all that was added.
dispatch::record a_record();
dispatch::record added_record();

/// With a command that was refused at the intake, and what its sender was told.
dispatch::record an_intake_record();

/// 2026-11-21T09:30:15.123456Z and `minutes` later.
dispatch::timestamp time(int minutes = 0);

/// Equality of what has none of its own.
bool same(const dispatch::command_body& a, const dispatch::command_body& b);
bool same(const dispatch::command& a, const dispatch::command& b);
bool same(const dispatch::event& a, const dispatch::event& b);
bool same(const dispatch::record& a, const dispatch::record& b);

} // namespace samples
