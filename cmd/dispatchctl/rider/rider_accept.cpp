#include "cmd/dispatchctl/rider/rider_accept.hpp"

#include "cmd/dispatchctl/send.hpp"
#include "cmd/shared/exit_code.hpp"

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;

/// The id of the offer that the rider is considering: a rider has one at a time.
std::string open_offer_of(const std::string& rider, session& session) {
  const auto known = session.ask(session.zone(), "get", {{"kind", "rider"}, {"id", rider}});
  const auto state = known.value("state", json::object());
  const auto open = state.value("open_offer", json());
  if (!open.is_object()) {
    throw stop(exit_code::conflict, "rider " + rider + " has no open offer: the rider is " +
                                        known.value("status", "unknown") +
                                        ". `dispatchctl rider history " + rider +
                                        "` says what became of earlier ones");
  }
  return open.value("id", "");
}

} // namespace

void describe(CLI::App& verb, rider_accept& asked) {
  verb.description("Accept an offer, as the rider's app does");
  verb.add_option("id", asked.rider, "id of the rider")->required()->check(id_rule());
  verb.add_option("offer", asked.offer, "id of the offer; not needed: the one that is open")
      ->check(id_rule());
  verb.footer(R"(Without an open offer it ends with code 4.

Examples:
  dispatchctl rider accept r1
  dispatchctl rider accept r1 f4-0)");
}

void run(const rider_accept& asked, session& session) {
  const auto offer = asked.offer.empty() ? open_offer_of(asked.rider, session) : asked.offer;
  run(send_command{.target = {entity_kind::rider, asked.rider},
                   .verb = "accept",
                   .body = json{{"offer", offer}}.dump(),
                   .by = {},
                   .id = {}},
      session);
}

} // namespace dispatch::ctl
