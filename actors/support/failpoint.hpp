#pragma once

#include <string_view>

namespace dispatch {

/// Ends the process at once, as `kill -9` would, when the environment variable DISPATCH_FAILPOINT
/// is `<name>` or `<name>:<n>` and this is the n-th time (default: first) that it is reached. For
/// crash tests; costs one comparison otherwise.
///
/// Steps: before_open, after_open, before_append, after_append, before_materialise,
/// after_materialise, announced_unwritten (the store waits until the turn is announced),
/// before_announce, mid_announce, after_announce, before_manifest,
/// after_manifest, before_trim, waybill_answered, travel_answered, before_receive, after_receive,
/// before_conclude, after_conclude.
void failpoint(std::string_view name);

/// The same when the variable is `<name>=<of>`: for a step that many things pass, and one of them
/// dies of. `command`: a command is about to be decided, by its id.
void failpoint(std::string_view name, std::string_view of);

/// Whether the process is going to end at this step, some time.
bool failpoint_armed(std::string_view name);

} // namespace dispatch
