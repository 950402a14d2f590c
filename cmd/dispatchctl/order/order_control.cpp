#include "cmd/dispatchctl/order/order_control.hpp"

#include "cmd/dispatchctl/outcome.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/json_output.hpp"
#include "messages/entities/order.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <ostream>
#include <string_view>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

struct control {
  std::string_view verb;
  const char* description;
  bool has_reason;
  const char* footer;
  const char* done; ///< what the order then is or does
};

constexpr std::array controls = {
    control{unassign_order::verb.text,
            "Take the order from its rider, so that another one is found", true,
            R"(Possible until it is picked up. To name the other rider, use `order assign`.

Example:
  dispatchctl order unassign o1 --operator jane)",
            "waits for another rider"},
    control{hold_order::verb.text, "Look for no rider until the order is released", true,
            R"(Payments, cancellations and an open offer go on, unlike with `order pause`.

Example:
  dispatchctl order hold o1 --reason "address in doubt" --operator jane)",
            "is held"},
    control{release_hold::verb.text, "Look for a rider again, after `order hold`", false,
            "Example:\n  dispatchctl order release o1 --operator jane", "is released"},
};

std::string at_most_note_bytes() {
  return "at most " + std::to_string(limits::note_bytes_max) + " bytes";
}

const control& control_of(std::string_view verb) {
  return *std::ranges::find(controls, verb, &control::verb);
}

void add_order(CLI::App& verb, std::string& id) {
  verb.add_option("id", id, "id of the order")->required()->check(id_rule());
}

void add_reason(CLI::App& verb, std::string& reason) {
  verb.add_option("--reason", reason, "why, for those who wonder")->type_name("TEXT");
}

command_text to_order(session& session, const std::string& id, const std::string& verb,
                      const std::string& by, const json& body) {
  return {session.zone(), {entity_kind::order, id}, verb, by, body.dump(), {}};
}

/// What would be given up, for who is asked.
std::string at_stake(const std::string& id, const json& order) {
  const auto state = order.value("state", json::object());
  auto text = "Write off order " + id + ", which is " + order.value("status", "") + " with rider " +
              state.value("rider", "") + ": ";
  const auto details = state.value("details", json::object());
  std::string lost;
  for (const auto& one : details.value("items", json::array())) {
    lost += (lost.empty() ? "" : ", ") + std::to_string(one.value("quantity", 1)) + " " +
            one.value("item", "");
  }
  text +=
      lost.empty() ? "no station's goods" : lost + " of station " + details.value("station", "");
  return text + " are lost, and the money is given back?";
}

} // namespace

std::vector<std::string> order_control_verbs() {
  std::vector<std::string> verbs;
  for (const auto& one : controls) {
    verbs.emplace_back(one.verb);
  }
  return verbs;
}

void describe(CLI::App& verb, order_control& asked) {
  const auto& control = control_of(asked.verb);
  verb.description(control.description);
  add_order(verb, asked.id);
  if (control.has_reason) {
    add_reason(verb, asked.reason);
  }
  add_operator_option(verb, asked.by);
  verb.footer(control.footer);
}

void describe(CLI::App& verb, order_write_off& asked) {
  verb.description("Give up what a rider has on board and never brings back");
  add_order(verb, asked.id);
  add_reason(verb, asked.reason);
  add_operator_option(verb, asked.by);
  verb.footer(
      R"(Shows what is lost and asks before; with --yes it does not. The order ends `written_off`
and leaves the rider's route, `goods_lost` names what is in no stock any more, and the money is
given back. Goods that turn up later are in the station's next count. An order that the customer
has got ends with the rider's `deliver`, which an operator sends without a code:
  dispatchctl send rider r1 deliver '{"order":"o1"}' --operator jane

Example:
  dispatchctl order write-off o1 --reason "rider cannot be reached" --operator jane)");
}

void describe(CLI::App& verb, order_note& asked) {
  verb.description("Show, write or take away what the customer has to say to the rider");
  add_order(verb, asked.id);
  auto* set =
      verb.add_option("--set", asked.text, "the note, " + at_most_note_bytes())->type_name("TEXT");
  verb.add_flag("--clear", asked.clear, "take it away")->excludes(set);
  verb.footer(
      R"(Notes are kept in a bucket beside the zone's streams, for at most seven days: no log, no
archive and no event ever has them. Give riders' apps the permission to read
$KV.<root>_notes.<zone>.<order>.

Examples:
  dispatchctl order note o1 --set "ring at the back door"
  dispatchctl order note o1)");
}

void run(const order_control& asked, session& session) {
  const auto& control = control_of(asked.verb);
  const auto body = control.has_reason ? json{{"reason", asked.reason}} : json::object();
  tell(session, to_order(session, asked.id, asked.verb, asked.by, body),
       "order " + asked.id + " " + control.done);
}

void run(const order_write_off& asked, session& session) {
  const auto known = session.ask(session.zone(), "get", {{"kind", "order"}, {"id", asked.id}});
  const auto status = known.value("status", "");
  if (status != to_string(order_status::picked_up) &&
      status != to_string(order_status::returning)) {
    throw stop(exit_code::conflict, "order " + asked.id + " is " + status +
                                        ": only what a rider has on board is written off. What was "
                                        "left on the street ends with `dispatchctl send order " +
                                        asked.id + " cancel '{}'`");
  }
  session.confirm(at_stake(asked.id, known));
  tell(session,
       to_order(session, asked.id, std::string{write_off_order::verb.text}, asked.by,
                {{"reason", asked.reason}}),
       "order " + asked.id + " is written off");
}

void run(const order_note& asked, session& session) {
  nats::bucket notes{session.connection(), wire::notes_bucket(session.root())};
  const auto key = session.zone() + "." + asked.id;
  if (asked.text.size() > limits::note_bytes_max) {
    throw stop(exit_code::usage, "--set: must be " + at_most_note_bytes());
  }
  if (!asked.text.empty()) {
    value_or_stop(notes.set(key, asked.text), exit_code::unavailable);
    session.say("order " + asked.id + " has this note for its rider");
    return;
  }
  const auto known = value_or_stop(notes.get(key), exit_code::unavailable);
  if (!known) {
    throw stop(exit_code::not_found, "order " + asked.id + " has no note");
  }
  if (asked.clear) {
    value_or_stop(notes.erase(key, known->revision), exit_code::unavailable);
    session.say("the note is gone");
  } else if (session.options().as_json) {
    cli::print_json(session.io().out, {{"order", asked.id}, {"note", known->value}});
  } else {
    session.io().out << cli::printable(known->value) << '\n';
  }
}

} // namespace dispatch::ctl
