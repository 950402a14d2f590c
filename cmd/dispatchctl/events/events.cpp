#include "cmd/dispatchctl/events/events.hpp"

#include "cmd/client/follower.hpp"
#include "cmd/dispatchctl/events/kept_events.hpp"
#include "cmd/dispatchctl/json_text.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/json_output.hpp"
#include "cmd/shared/time_text.hpp"

#include <algorithm>
#include <functional>
#include <ostream>

namespace dispatch::ctl {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t tail_default = 20;
constexpr auto look_interval = 1s; // at the connection, while no event comes

std::string filter_of(const events_tail& asked, session& session, const std::string& zone) {
  if (asked.kind.empty() && asked.id.empty()) {
    return session.subjects().events_of_zone(zone);
  }
  const auto token = [](const std::string& given) { return given.empty() ? "*" : given; };
  return session.root() + ".out." + zone + "." + token(asked.kind) + "." + token(asked.id) + ".>";
}

[[noreturn]] void follow(session& session, const kept_part& part, std::uint64_t after,
                         const std::function<void(const announced&)>& print) {
  client::follower zone{session.connection(), session.root(), part.zone, part.filter, after};
  for (bool was_connected = true;;) {
    if (const auto message = cli::value_or_stop(zone.next(client::steady::now() + look_interval),
                                                cli::exit_code::failed)) {
      print(*message);
    }
    const auto connected = session.connection()->connected();
    if (connected != was_connected) {
      session.say(connected ? "connected again"
                            : "the server is away; events follow when it is back");
    }
    was_connected = connected;
  }
}

} // namespace

void event_printer::print(const announced& message) {
  auto& out = with_.io().out;
  const auto shown = to_json(message);
  if (with_.options().as_json) {
    cli::print_json_line(out, shown);
  } else if (const auto* letter = std::get_if<dead_letter>(&message.what)) {
    out << cli::to_text(letter->at) << "  "
        << cli::printable("dead " + letter->reason + "  " + letter->subject + "  " + letter->detail)
        << '\n';
  } else {
    const auto& e = std::get<event>(message.what);
    auto line = cli::to_text(e.at) + "  " + std::string{to_string(e.entity.kind)} + " " +
                e.entity.id + "  " + std::string{event_name(e.body)};
    if (const auto detail = on_one_line(body_of(shown)); !detail.empty()) {
      line += "  " + detail;
    }
    out << cli::printable(line) << '\n';
  }
  out.flush();
}

void describe(CLI::App& verb, events_tail& asked) {
  verb.description("Show what became true: the newest events, or all from some point on");
  verb.add_option("--kind", asked.kind, "only of orders, riders, stations or the zone")
      ->check(cli::word_rule({"order", "rider", "station", "zone"}));
  verb.add_option("--id", asked.id, "only of this one")->check(id_rule())->type_name("ID");
  auto* start = verb.add_flag("--from-start", asked.from_start, "all that are kept");
  cli::add_number(verb, "--since-sequence", asked.since_sequence, "those from this sequence on", 0)
      ->excludes(start);
  cli::add_number(verb, "--limit", asked.limit,
                  "how many of the newest (20 when not given), or of those from the start on", 1);
  verb.add_flag("-f,--follow", asked.follow, "go on with what comes, until interrupted");
  verb.footer(R"(With -o json every event is one line.

Examples:
  dispatchctl events tail -f
  dispatchctl events tail --kind order --id o1 --from-start
  dispatchctl events tail --since-sequence 5000 --limit 100 -o json)");
}

void run(const events_tail& asked, session& session) {
  const auto zone = session.zone();
  const auto part = kept(session, zone, filter_of(asked, session, zone));
  event_printer printer{session};
  auto shown_to = std::max(part.last, part.first - 1);
  if (asked.from_start || asked.since_sequence) {
    const auto from = std::max(asked.since_sequence.value_or(1), part.first);
    std::size_t count = 0;
    visit_kept(session, part, from - 1, [&](const announced& message) {
      printer.print(message);
      shown_to = message.sequence;
      return ++count != asked.limit.value_or(0);
    });
    if (asked.limit && count == *asked.limit) {
      return;
    }
  } else {
    for (const auto& message : newest_kept(session, part, asked.limit.value_or(tail_default))) {
      printer.print(message);
    }
  }
  if (asked.follow) {
    follow(session, part, shown_to, [&](const announced& message) { printer.print(message); });
  }
}

} // namespace dispatch::ctl
