#include "cmd/dispatchctl/entity/entity_control.hpp"

#include "cmd/dispatchctl/entity/entities.hpp"
#include "cmd/dispatchctl/outcome.hpp"

namespace dispatch::ctl {

namespace {

/// What goes on while it is paused, for the help.
const char* what_goes_on(entity_kind kind) {
  switch (kind) {
  case entity_kind::order:
    return "It gets no new offers, its deadlines stand still, and its commands are refused with\n"
           "`paused`: who sent them sends them again. An offer that is open can be accepted, and "
           "a\n"
           "rider who has the order goes on with it.";
  case entity_kind::rider:
    return "The rider gets no offers; `start_shift` and `accept` are refused with `paused`, and "
           "an\n"
           "offer that is open expires. The work in hand can be finished, and the shift ended.";
  default:
    return "Its orders wait, and its commands are refused with `paused`: who sent them sends them\n"
           "again. Riders who are on their way to it go on.";
  }
}

} // namespace

void describe(CLI::App& verb, entity_pause& asked) {
  const auto kind = name_of(asked.kind);
  verb.description("Leave the " + kind + " alone until it is resumed");
  verb.add_option("id", asked.id, "id of the " + kind)->required()->check(id_rule());
  verb.add_option("--reason", asked.reason, "why, for those who wonder")->type_name("TEXT");
  add_operator_option(verb, asked.by);
  verb.footer(what_goes_on(asked.kind) +
              ("\n\nExample:\n  dispatchctl " + kind + " pause " + kind.substr(0, 1) +
               "1 --reason \"looks wrong\" --operator jane"));
}

void describe(CLI::App& verb, entity_resume& asked) {
  const auto kind = name_of(asked.kind);
  verb.description("Let the " + kind + " go on as before it was paused");
  verb.add_option("id", asked.id, "id of the " + kind)->required()->check(id_rule());
  add_operator_option(verb, asked.by);
  verb.footer("Example:\n  dispatchctl " + kind + " resume " + kind.substr(0, 1) +
              "1 --operator jane");
}

void run(const entity_pause& asked, session& session) {
  tell(session,
       {session.zone(),
        {asked.kind, asked.id},
        "pause",
        asked.by,
        json{{"reason", asked.reason}}.dump(),
        {}},
       name_of(asked.kind) + " " + asked.id + " is paused");
}

void run(const entity_resume& asked, session& session) {
  tell(session, {session.zone(), {asked.kind, asked.id}, "resume", asked.by, "{}", {}},
       name_of(asked.kind) + " " + asked.id + " goes on");
}

} // namespace dispatch::ctl
