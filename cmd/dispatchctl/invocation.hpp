#pragma once

#include "cmd/dispatchctl/console.hpp"
#include "cmd/dispatchctl/dead/dead.hpp"
#include "cmd/dispatchctl/entity/entities.hpp"
#include "cmd/dispatchctl/entity/entity_control.hpp"
#include "cmd/dispatchctl/events/events.hpp"
#include "cmd/dispatchctl/events/republish.hpp"
#include "cmd/dispatchctl/node/doctor.hpp"
#include "cmd/dispatchctl/node/nodes.hpp"
#include "cmd/dispatchctl/order/assign.hpp"
#include "cmd/dispatchctl/order/explain.hpp"
#include "cmd/dispatchctl/order/order_control.hpp"
#include "cmd/dispatchctl/order/waybill.hpp"
#include "cmd/dispatchctl/rider/rider_accept.hpp"
#include "cmd/dispatchctl/send.hpp"
#include "cmd/dispatchctl/session.hpp"
#include "cmd/dispatchctl/zone/zone_change.hpp"
#include "cmd/dispatchctl/zone/zone_control.hpp"
#include "cmd/dispatchctl/zone/zone_create.hpp"
#include "cmd/dispatchctl/zone/zone_loss.hpp"
#include "cmd/dispatchctl/zone/zone_policy.hpp"
#include "cmd/dispatchctl/zone/zone_repair.hpp"
#include "cmd/dispatchctl/zone/zone_show.hpp"
#include "cmd/dispatchctl/zone/zone_verify.hpp"
#include "cmd/shared/exit_code.hpp"

#include <variant>

namespace dispatch::ctl {

/// What is to be done, as a value.
using request = std::variant<
    std::monostate, zone_create, zone_list, zone_get, zone_resize, zone_delete, zone_pause,
    zone_resume, zone_accept_loss, zone_repair, zone_verify, zone_policy_show, zone_policy_diff,
    zone_policy_set, zone_policy_history, zone_policy_rollback, node_list, node_drain, node_undrain,
    node_forget, entity_list, entity_get, entity_history, entity_pause, entity_resume,
    order_explain, order_assign, order_control, order_note, order_write_off, rider_accept,
    events_tail, events_republish, dead_list, dead_show, dead_replay, dead_drop, send_command,
    doctor, waybill_verify, waybill_key_generate, waybill_key_show>;

struct invocation {
  common_options options;
  request what;
};

/// Gives the program its nouns, verbs and options. What is then parsed is written to `asked`.
void describe(CLI::App& program, invocation& asked);

/// What the arguments mean, or the code to end with after help or a wrong argument.
std::variant<invocation, cli::exit_code> parse(int argc, const char* const* argv, console& io);

/// Does it. Failures are told on the console.
cli::exit_code run(const invocation& asked, console& io);

} // namespace dispatch::ctl
