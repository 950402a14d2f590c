#include "cmd/dispatchctl/assign.hpp"

#include "cmd/dispatchctl/outcome.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/json_output.hpp"

#include <ostream>

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

} // namespace

void describe(CLI::App& verb, order_assign& asked) {
  verb.description("Bind an order to a rider without asking the rider");
  verb.add_option("order", asked.order, "id of the order")->required()->check(id_rule());
  verb.add_option("rider", asked.rider, "id of the rider")->required()->check(id_rule());
  add_operator_option(verb, asked.by);
  verb.footer(R"(Waits until the dispatcher has carried it out, or has said why it cannot (code 4).

Example:
  dispatchctl order assign o1 r7 --operator jane)");
}

void run(const order_assign& asked, session& with) {
  const entity_ref target{entity_kind::order, asked.order};
  outcome of{with,
             {with.zone(), target, "assign", asked.by, json{{"rider", asked.rider}}.dump(), {}}};
  stop_if_refused(of.next_of_command());
  const auto last = of.next([&](const announced& message) {
    return for_rider<order_assigned>(message, asked) != nullptr ||
           for_rider<order_assignment_refused>(message, asked) != nullptr;
  });
  if (const auto* no = for_rider<order_assignment_refused>(last, asked)) {
    throw stop(exit_code::conflict,
               "rider " + asked.rider + " cannot take order " + asked.order + ": " + no->reason);
  }
  if (with.options().as_json) {
    cli::print_json(with.io().out, to_json(last));
  } else {
    with.io().out << "order " << asked.order << " is assigned to rider " << asked.rider << '\n';
  }
}

} // namespace dispatch::ctl
