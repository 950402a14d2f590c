#include "cmd/dispatchctl/order/assign.hpp"

#include "cmd/dispatchctl/outcome.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/json_output.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;

/// The order's event of this type for this rider, if the announcement is one.
template <class Event> const Event* for_rider(const announced& message, const order_assign& asked) {
  const auto* e = std::get_if<event>(&message.what);
  if (e == nullptr || e->entity != entity_ref{entity_kind::order, asked.order}) {
    return nullptr;
  }
  const auto* of_order = std::get_if<order_event>(&e->body);
  const auto* found = of_order == nullptr ? nullptr : std::get_if<Event>(of_order);
  return found != nullptr && found->rider == asked.rider ? found : nullptr;
}

/// Riders whom the zone knows, as many as are looked at.
std::vector<std::string> known_riders(session& session, const std::string& zone) {
  constexpr std::size_t asked_at_once = 1000;
  constexpr std::size_t looked_at_max = 20'000;
  std::vector<std::string> ids;
  for (std::string after; ids.size() < looked_at_max;) {
    const auto answer = session.try_ask(
        zone, "list",
        {{"kind", "rider"}, {"status", ""}, {"after", after}, {"limit", asked_at_once}});
    const auto rows = answer ? answer->value("rows", json::array()) : json::array();
    for (const auto& row : rows) {
      ids.push_back(row.value("id", ""));
    }
    if (rows.size() < asked_at_once) {
      break;
    }
    after = ids.back();
  }
  return ids;
}

[[noreturn]] void stop_for_unknown_rider(const order_assign& asked, const std::string& zone,
                                         session& session) {
  throw stop(exit_code::not_found, "refused, " + std::string{unknown_rider} + ": zone " + zone +
                                       " knows no rider " + asked.rider +
                                       cli::meant(asked.rider, known_riders(session, zone)));
}

/// Whether the announcement says that nobody is known by the rider's name.
bool is_unknown_rider(const announced& message, const order_assign& asked) {
  if (const auto* no = for_rider<order_assignment_refused>(message, asked)) {
    return no->reason == unknown_rider;
  }
  const auto* e = std::get_if<event>(&message.what);
  const auto* refused = e == nullptr ? nullptr : std::get_if<command_refused>(&e->body);
  return refused != nullptr && to_string(refused->code) == unknown_rider;
}

} // namespace

void describe(CLI::App& verb, order_assign& asked) {
  verb.description("Bind an order to a rider without asking the rider");
  verb.add_option("order", asked.order, "id of the order")->required()->check(id_rule());
  verb.add_option("rider", asked.rider, "id of the rider")->required()->check(id_rule());
  add_operator_option(verb, asked.by);
  verb.footer(
      R"(Waits until the dispatcher has carried it out, or has said why it cannot (code 4). Of a
rider whom nobody has spoken of, riders with names like that are told (code 3).

Example:
  dispatchctl order assign o1 r7 --operator jane)");
}

void run(const order_assign& asked, session& session) {
  const auto zone = session.zone();
  const entity_ref target{entity_kind::order, asked.order};
  outcome of{session, {zone, target, "assign", asked.by, json{{"rider", asked.rider}}.dump(), {}}};
  const auto first = of.next_of_command();
  if (is_unknown_rider(first, asked)) {
    stop_for_unknown_rider(asked, zone, session);
  }
  stop_if_refused(first);
  const auto last = of.next([&](const announced& message) {
    return for_rider<order_assigned>(message, asked) != nullptr ||
           for_rider<order_assignment_refused>(message, asked) != nullptr;
  });
  if (is_unknown_rider(last, asked)) {
    stop_for_unknown_rider(asked, zone, session);
  }
  if (const auto* no = for_rider<order_assignment_refused>(last, asked)) {
    throw stop(exit_code::conflict,
               "rider " + asked.rider + " cannot take order " + asked.order + ": " + no->reason);
  }
  if (session.options().as_json) {
    cli::print_json(session.io().out, to_json(last));
  } else {
    session.io().out << "order " << asked.order << " is assigned to rider " << asked.rider << '\n';
  }
}

} // namespace dispatch::ctl
