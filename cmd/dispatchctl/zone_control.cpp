#include "cmd/dispatchctl/zone_control.hpp"

#include "cmd/dispatchctl/outcome.hpp"
#include "cmd/shared/json_output.hpp"

#include <ostream>

namespace dispatch::ctl {

namespace {

void tell_zone(session& with, const std::string& given, const std::string& verb,
               const std::string& by, const json& body, const std::string& done) {
  const auto zone = with.zone(given);
  outcome of{with, {zone, {entity_kind::zone, zone}, verb, by, body.dump(), {}}};
  const auto answer = of.next_of_command();
  stop_if_refused(answer);
  if (with.options().as_json) {
    cli::print_json(with.io().out, to_json(answer));
  } else {
    with.io().out << "zone " << zone << " " << done << '\n';
  }
}

} // namespace

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

void run(const zone_pause& asked, session& with) {
  tell_zone(with, asked.zone, "pause", asked.by, {{"reason", asked.reason}}, "is paused");
}

void run(const zone_resume& asked, session& with) {
  tell_zone(with, asked.zone, "resume", asked.by, json::object(), "makes offers again");
}

} // namespace dispatch::ctl
