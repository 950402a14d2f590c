#pragma once

#include "actors/domain/machines/rider.hpp"

/// When a rider works: shifts, breaks, breakdowns and transfers. A part of the machine in
/// rider.hpp.
namespace dispatch::domain {

rider_outcome decide_work(const rider& state, const start_shift& command, const context& context);
rider_outcome decide_work(const rider& state, const end_shift& command, const context& context);
rider_outcome decide_work(const rider& state, const report_breakdown& command,
                          const context& context);
rider_outcome decide_work(const rider& state, const start_break& command, const context& context);
rider_outcome decide_work(const rider& state, const end_break& command, const context& context);

rider_outcome decide_work(const rider& state, const transfer_rider& command,
                          const context& context);
rider_outcome decide_work(const rider& state, const receive_rider& command, const context& context);
rider_outcome decide_work(const rider& state, const conclude_transfer& command,
                          const context& context);

/// An offer that is not answered in time, a shift that is over, or both.
rider_outcome decide_work(const rider& state, const pass_deadline& command, const context& context);

rider_outcome refused_as_unknown_rider();

/// Why a shift with this capacity cannot begin in the zone; not refused when it can.
rider_outcome refused_capacity(const rider& state, const start_shift& shift, const policy& policy);

/// Why nothing is proposed to a rider who does not work; not refused when the rider does.
rider_outcome refused_off_shift(const rider& state);

} // namespace dispatch::domain
