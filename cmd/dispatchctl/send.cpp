#include "cmd/dispatchctl/send.hpp"

#include "cmd/dispatchctl/events/events.hpp"
#include "cmd/dispatchctl/outcome.hpp"
#include "cmd/shared/command_line.hpp"

namespace dispatch::ctl {

namespace {

using namespace std::chrono_literals;

/// The events of one command are announced together; so long a silence ends them.
constexpr auto silence = 250ms;

} // namespace

void describe(CLI::App& verb, send_command& asked) {
  verb.description("Publish a command by hand and show what it led to");
  verb.add_option_function<std::string>(
          "kind", [&asked](const std::string& token) { (void)parse(token, asked.target.kind); },
          "to what: order, rider, station or zone")
      ->required()
      ->check(cli::word_rule({"order", "rider", "station", "zone"}));
  verb.add_option("id", asked.target.id, "its id; of a zone, its name")
      ->required()
      ->check(id_rule());
  verb.add_option("verb", asked.verb, "such as place, pay, accept or open")
      ->required()
      ->check(id_rule());
  verb.add_option("json", asked.body, "the command's body")->capture_default_str();
  verb.add_option("--operator", asked.by, "send it as this operator's command")
      ->check(id_rule())
      ->type_name("NAME");
  verb.add_option("--command-id", asked.id,
                  "sender.id; a command sent again with the same id takes effect once")
      ->type_name("ID");
  verb.footer(
      R"(A refusal ends with code 4, of an entity of which nobody has spoken with 3, and of
what only an operator may do with 6. What is no command ends with 2, no answer with 5, and
so does a refusal that says to come again later.

Examples:
  dispatchctl send station s1 open '{"at":{"latitude":30.25,"longitude":120.16}}'
  dispatchctl send rider r1 start_shift \
    '{"vehicle":"VEHICLE_MOTORCYCLE","capacity":3,"at":{"latitude":30.26,"longitude":120.17}}'
  dispatchctl send order o1 pay --command-id shop.4711)");
}

void run(const send_command& asked, session& session) {
  outcome of{session, {session.zone(), asked.target, asked.verb, asked.by, asked.body, asked.id}};
  const auto first = of.next_of_command();
  event_printer printer{session};
  printer.print(first);
  while (const auto another = of.next_of_command(silence)) {
    printer.print(*another);
  }
  stop_if_refused(first);
}

} // namespace dispatch::ctl
