#include "cmd/dispatchctl/invocation.hpp"

#include "cmd/dispatchctl/verb.hpp"
#include "cmd/shared/command_line.hpp"

#include <algorithm>
#include <ostream>

namespace dispatch::ctl {

namespace {

constexpr auto description =
    "Looks into a running Dispatch and steers it: zones, nodes, orders, riders, stations, events.";

/// As for dispatchd, so that one variable serves both.
constexpr auto data_variable = "DISPATCH_DATA";

constexpr auto footer =
    R"(Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 conflict or wrong state,
5 nobody answers, 6 not permitted, 7 some of several failed.

First steps:
  dispatchctl zone create hangzhou
  dispatchctl zone list
  dispatchctl order list --status waiting
  dispatchctl order explain ORDER

The server is the one of --server or NATS_URL. --data or DISPATCH_DATA names a running dispatchd
whose server is used instead; a --server that is typed goes before DISPATCH_DATA.

Every verb has an example: dispatchctl NOUN VERB --help)";

void add_common_options(CLI::App& program, common_options& options) {
  program.add_option("-z,--zone", options.zone, "the zone; not needed when there is only one")
      ->envname("DISPATCH_ZONE")
      ->type_name("ZONE");
  program
      .add_option_function<std::string>(
          "-o,--output",
          [&options](const std::string& format) { options.as_json = format == "json"; },
          "how data is written")
      ->check(cli::word_rule({"table", "json"}))
      ->default_str("table")
      ->type_name("FORMAT");
  program.add_flag("--no-headers", options.no_headers, "tables without titles");
  program.add_flag("-y,--yes", options.yes, "do not ask before something is destroyed");
  cli::add_connection_flags(program, options.connection);
  program.get_option("--data")->envname(data_variable);
}

/// Whether the option was given on the command line, and not by the environment.
bool is_typed(const CLI::App& program, const std::string& option) {
  return std::ranges::find(program.parse_order(), program.get_option(option)) !=
         program.parse_order().end();
}

void add_zone(CLI::App& program, request& into) {
  auto& noun = add_noun(program, "zone", "Zones: create, look at, stop and check them");
  add_verb<zone_create>(noun, "create", into);
  add_verb<zone_list>(noun, "list", into);
  add_verb<zone_get>(noun, "get", into);
  add_verb<zone_resize>(noun, "resize", into);
  add_verb<zone_delete>(noun, "delete", into);
  add_verb<zone_pause>(noun, "pause", into);
  add_verb<zone_resume>(noun, "resume", into);
  add_verb<zone_accept_loss>(noun, "accept-loss", into);
  add_verb<zone_repair>(noun, "repair", into);
  add_verb<zone_verify>(noun, "verify", into);
  auto& policy = add_noun(noun, "policy", "The policy: look at it, change it, take it back");
  add_verb<zone_policy_show>(policy, "show", into);
  add_verb<zone_policy_diff>(policy, "diff", into);
  add_verb<zone_policy_set>(policy, "set", into);
  add_verb<zone_policy_history>(policy, "history", into);
  add_verb<zone_policy_rollback>(policy, "rollback", into);
}

void add_nodes(CLI::App& program, request& into) {
  auto& noun = add_noun(program, "node", "Nodes: the dispatchd that run the zones");
  add_verb<node_list>(noun, "list", into);
  add_verb<node_drain>(noun, "drain", into);
  add_verb<node_undrain>(noun, "undrain", into);
  add_verb<node_forget>(noun, "forget", into);
}

void add_entity_verbs(CLI::App& noun, entity_kind kind, request& into) {
  add_verb(noun, "list", into, entity_list{.kind = kind});
  add_verb(noun, "get", into, entity_get{.kind = kind});
  add_verb(noun, "history", into, entity_history{.kind = kind});
  add_verb(noun, "pause", into, entity_pause{.kind = kind});
  add_verb(noun, "resume", into, entity_resume{.kind = kind});
}

void add_entities(CLI::App& program, request& into) {
  auto& order = add_noun(program, "order", "Orders: where they are, and why");
  add_entity_verbs(order, entity_kind::order, into);
  add_verb<order_explain>(order, "explain", into);
  add_verb<order_assign>(order, "assign", into);
  for (const auto& verb : order_control_verbs()) {
    add_verb(order, verb, into, order_control{.verb = verb});
  }
  add_verb<order_write_off>(order, "write-off", into);
  add_verb<order_note>(order, "note", into);
  auto& rider = add_noun(program, "rider", "Riders and their routes");
  add_entity_verbs(rider, entity_kind::rider, into);
  add_verb<rider_accept>(rider, "accept", into);
  add_entity_verbs(add_noun(program, "station", "Stations"), entity_kind::station, into);
}

void add_waybills(CLI::App& program, request& into) {
  auto& noun = add_noun(program, "waybill", "Waybills: the signed papers of assignments");
  add_verb<waybill_verify>(noun, "verify", into);
  auto& key = add_noun(noun, "key", "Keys that sign them");
  add_verb<waybill_key_generate>(key, "generate", into);
  add_verb<waybill_key_show>(key, "show", into);
}

void add_streams(CLI::App& program, request& into) {
  auto& events = add_noun(program, "events", "What became true");
  add_verb<events_tail>(events, "tail", into);
  add_verb<events_republish>(events, "republish", into);
  auto& dead = add_noun(program, "dead", "Messages that were no commands: look, replay, put aside");
  add_verb<dead_list>(dead, "list", into);
  add_verb<dead_show>(dead, "show", into);
  add_verb<dead_replay>(dead, "replay", into);
  add_verb<dead_drop>(dead, "drop", into);
  add_verb<send_command>(program, "send", into);
  add_verb<doctor>(program, "doctor", into);
}

} // namespace

void describe(CLI::App& program, invocation& asked) {
  program.description(description);
  program.footer(footer);
  program.require_subcommand(1);
  program.fallthrough();
  add_common_options(program, asked.options);
  add_zone(program, asked.what);
  add_nodes(program, asked.what);
  add_entities(program, asked.what);
  add_waybills(program, asked.what);
  add_streams(program, asked.what);
}

std::variant<invocation, cli::exit_code> parse(int argc, const char* const* argv, console& io) {
  invocation asked;
  CLI::App program{"", "dispatchctl"};
  describe(program, asked);
  if (const auto end = cli::parse(program, argc, argv, io.out, io.err)) {
    return *end;
  }
  if (is_typed(program, "--server") && !is_typed(program, "--data")) {
    asked.options.connection.data.clear();
  }
  return asked;
}

cli::exit_code run(const invocation& asked, console& io) {
  session with(asked.options, io);
  try {
    std::visit(
        [&with](const auto& what) {
          if constexpr (!std::is_same_v<std::decay_t<decltype(what)>, std::monostate>) {
            run(what, with);
          }
        },
        asked.what);
  } catch (const cli::stop& end) {
    io.err << "dispatchctl: " << cli::printable(end.what()) << '\n';
    const auto refused = with.refused_permission();
    if (refused.empty() || end.code() == cli::exit_code::usage) {
      return end.code();
    }
    io.err << "dispatchctl: not permitted by the server: " << cli::printable(refused) << '\n';
    return cli::exit_code::not_permitted;
  }
  return cli::exit_code::done;
}

} // namespace dispatch::ctl
