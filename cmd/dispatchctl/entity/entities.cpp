#include "cmd/dispatchctl/entity/entities.hpp"

#include "cmd/dispatchctl/entity/history.hpp"
#include "cmd/dispatchctl/json_text.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/json_output.hpp"

#include <ostream>
#include <utility>
#include <vector>

namespace dispatch::ctl {

std::string name_of(entity_kind kind) { return std::string{to_string(kind)}; }

namespace {

constexpr std::size_t limit_max = 1000; // of the zone's answers

/// As the zone names them, all but that of what nobody has spoken of.
std::vector<std::string> statuses_of(entity_kind kind) {
  switch (kind) {
  case entity_kind::order:
    return {"unpaid",    "waiting",       "offered",   "assigned", "picked_up",  "delivered",
            "cancelled", "undeliverable", "returning", "returned", "written_off"};
  case entity_kind::rider:
    return {"idle", "considering", "busy", "on_break", "leaving", "off_shift", "paused"};
  default:
    return {"open", "closed", "paused"};
  }
}

/// `an order`, `a rider`.
std::string with_article(const std::string& kind) {
  return (kind.front() == 'o' ? "an " : "a ") + kind;
}

void add_limit(CLI::App& verb, std::size_t& limit) {
  cli::add_number(verb, "--limit", limit, "how many", 1, limit_max);
}

void add_id(CLI::App& verb, entity_kind kind, std::string& id) {
  verb.add_option("id", id, "id of the " + name_of(kind))->required()->check(id_rule());
}

} // namespace

void describe(CLI::App& verb, entity_list& asked) {
  const auto kind = name_of(asked.kind);
  verb.description("List " + kind + "s by id");
  verb.add_option("--status", asked.status, "only these")
      ->check(cli::word_rule(statuses_of(asked.kind)));
  verb.add_option("--after", asked.after, "only ids behind this one")->type_name("ID");
  add_limit(verb, asked.limit);
  verb.footer("Examples:\n  dispatchctl " + kind + " list --status " +
              statuses_of(asked.kind).front() + "\n  dispatchctl " + kind +
              " list --limit 1000 -o json");
}

void describe(CLI::App& verb, entity_get& asked) {
  const auto kind = name_of(asked.kind);
  verb.description("Show the state of " + with_article(kind));
  add_id(verb, asked.kind, asked.id);
  verb.footer("An id that nobody has spoken of ends with code 3.\n\nExample:\n  dispatchctl " +
              kind + " get " + kind.substr(0, 1) + "1");
}

void describe(CLI::App& verb, entity_history& asked) {
  const auto kind = name_of(asked.kind);
  verb.description("Show what happened to " + with_article(kind) + ", the newest last");
  add_id(verb, asked.kind, asked.id);
  add_limit(verb, asked.limit);
  verb.footer(
      "RECORD is the commit record of the zone's log; COMMAND the id of the command that\n"
      "caused it, empty when a deadline or the dispatcher did.\n\nExample:\n  dispatchctl " +
      kind + " history " + kind.substr(0, 1) + "1");
}

void run(const entity_list& asked, session& session) {
  using cli::align;
  const auto answer = session.ask(session.zone(), "list",
                                  {{"kind", name_of(asked.kind)},
                                   {"status", asked.status},
                                   {"after", asked.after},
                                   {"limit", asked.limit}});
  const bool orders = asked.kind == entity_kind::order;
  auto rows = orders ? cli::table{{"ID"},
                                  {"STATUS"},
                                  {"WAITS FOR"},
                                  {"CELL"},
                                  {"LOAD", align::right},
                                  {"DEADLINE"},
                                  {"RECORD", align::right}}
                     : cli::table{{"ID"},       {"STATUS"},
                                  {"CELL"},     {"LOAD", align::right},
                                  {"DEADLINE"}, {"RECORD", align::right}};
  const auto& listed = answer.at("rows");
  for (const auto& row : listed) {
    const auto text = [&](const char* field) { return on_one_line(row.value(field, json())); };
    std::vector<std::string> cells = {text("id"),   text("status"),   text("cell"),
                                      text("load"), text("deadline"), text("record")};
    if (orders) {
      cells.insert(cells.begin() + 2, plain_word(text("waiting")));
    }
    rows.add_row(std::move(cells));
  }
  session.print(answer, rows);
  if (listed.size() == asked.limit) {
    session.say("there may be more: --after " + listed.back().value("id", ""));
  }
}

void run(const entity_get& asked, session& session) {
  const auto answer =
      session.ask(session.zone(), "get", {{"kind", name_of(asked.kind)}, {"id", asked.id}});
  if (session.options().as_json) {
    cli::print_json(session.io().out, answer);
  } else {
    print_fields(session.io().out, answer);
  }
}

void run(const entity_history& asked, session& session) {
  const auto answer = ask_history(session, session.zone(), {asked.kind, asked.id}, asked.limit);
  cli::table rows{{"AT"}, {"RECORD", cli::align::right}, {"EVENT"}, {"COMMAND"}, {"DETAIL"}};
  for (const auto& entry : answer.at("entries")) {
    rows.add_row({entry.value("at", ""), on_one_line(entry.value("record", json())),
                  entry.value("event", ""), entry.value("command_id", ""),
                  on_one_line(entry.value("body", json()))});
  }
  session.print(answer, rows);
  if (const auto missing = answer.value("records_missing", std::uint64_t{0}); missing > 0) {
    session.say(std::to_string(missing) + " older records are not kept on the node any more");
  }
}

} // namespace dispatch::ctl
