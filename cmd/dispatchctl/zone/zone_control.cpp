#include "cmd/dispatchctl/zone/zone_control.hpp"

#include "cmd/dispatchctl/outcome.hpp"

namespace dispatch::ctl {

void describe(CLI::App& verb, zone_pause& asked) {
  verb.description("Make no new offers; everything else goes on");
  verb.add_option("zone", asked.zone, "its name")->check(id_rule());
  verb.add_option("--reason", asked.reason, "why, for those who wonder")->type_name("TEXT");
  add_operator_option(verb, asked.by);
  verb.footer(R"(Routes are finished and offers that are open can be accepted.

Example:
  dispatchctl zone pause hangzhou --reason "flood in the west" --operator jane)");
}

void describe(CLI::App& verb, zone_resume& asked) {
  verb.description("Make offers again");
  verb.add_option("zone", asked.zone, "its name")->check(id_rule());
  add_operator_option(verb, asked.by);
  verb.footer(R"(Example:
  dispatchctl zone resume hangzhou --operator jane)");
}

void run(const zone_pause& asked, session& session) {
  const auto zone = session.zone(asked.zone);
  tell(session,
       {zone,
        {entity_kind::zone, zone},
        "pause",
        asked.by,
        json{{"reason", asked.reason}}.dump(),
        {}},
       "zone " + zone + " is paused");
}

void run(const zone_resume& asked, session& session) {
  const auto zone = session.zone(asked.zone);
  tell(session, {zone, {entity_kind::zone, zone}, "resume", asked.by, "{}", {}},
       "zone " + zone + " makes offers again");
}

} // namespace dispatch::ctl
