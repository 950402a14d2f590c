#pragma once

#include <cstdint>
#include <string_view>

namespace dispatch {

/// Where a zone stands. The chart has every step that there is; a test compares it with
/// `may_follow`.
///
///   closed    -> idle       the zone is opened
///   idle      -> deciding   inputs are collected: entities decide, round after round
///   deciding  -> planning   they have come to rest: the dispatcher plans
///   planning  -> proposing  the plan has offers: entities agree to them, or refuse
///   planning  -> settling   the plan proposes nothing
///   proposing -> settling   rounds of what agreements and refusals cause
///   settling  -> appending  the record goes to the log
///   appending -> idle       the log holds it: it is written and announced
///
///   planning  -> idle       nothing came, and nothing was due: there is no turn
///   deciding  -> idle       an actor threw: the turn is taken back
///   proposing -> idle       the same
///   settling  -> idle       the same, or the record is too large
///
///   idle      -> drained    all is announced, the zone is let go
///   closed    -> drained    the same, before it was opened
///
/// From each phase but the last two a zone can also be halted. Nothing leads out of `halted` and
/// `drained`.
enum class zone_phase : std::uint8_t {
  closed,
  idle,
  deciding,
  planning,
  proposing,
  settling,
  appending,
  halted,
  drained,
};

std::string_view to_string(zone_phase phase);

/// Whether a zone may go from one phase to the other.
bool may_follow(zone_phase from, zone_phase to);

} // namespace dispatch
