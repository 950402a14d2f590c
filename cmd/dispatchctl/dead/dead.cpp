#include "cmd/dispatchctl/dead/dead.hpp"

#include "cmd/dispatchctl/dead/dead_letters.hpp"
#include "cmd/dispatchctl/dead/given_up.hpp"
#include "cmd/dispatchctl/events/events.hpp"
#include "cmd/dispatchctl/json_text.hpp"
#include "cmd/dispatchctl/outcome.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/json_output.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/codec.hpp"

#include <ostream>
#include <utility>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;

constexpr auto dropped = "dropped";

timestamp wall_now() { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }

void check_since(CLI::Option* option) {
  option
      ->check([](const std::string& text) {
        return nats::api::parse_time(text) || cli::parse_span(text)
                   ? std::string{}
                   : "must be a time in UTC such as 2026-01-31T08:00:00Z, or a span such as 2h";
      })
      ->type_name("TIME");
}

/// In zone time, as dead letters are dated.
timestamp instant_of(const std::string& since, const std::string& zone, session& session) {
  if (since.empty()) {
    return timestamp::min();
  }
  if (const auto at = nats::api::parse_time(since)) {
    return *at;
  }
  const auto stored = session.find_zone(zone);
  const auto clock = stored ? stored->readable().clock : zone_clock{};
  return clock.to_zone(wall_now()) - *cli::parse_span(since);
}

json letter_json(const kept_letter& one, const handled_mark* mark) {
  const auto& letter = one.letter;
  return {{"sequence", one.sequence},
          {"dead_letter",
           {{"input", letter.sequence},
            {"at", cli::to_text(letter.at)},
            {"subject", letter.subject},
            {"reason", letter.reason},
            {"detail", letter.detail},
            {"excerpt", letter.excerpt}}},
          {"handled", mark == nullptr ? json(nullptr) : to_json(*mark)}};
}

std::string mark_text(const handled_mark* mark) {
  return mark == nullptr ? "" : mark->what + " by " + mark->by + " at " + mark->at;
}

void require_choice(const dead_choice& which) {
  if (!which.sequence && !which.all) {
    throw stop(exit_code::usage, "say which: the sequence of a dead letter, or --all");
  }
}

std::string one_word(const announced& message) {
  if (const auto* letter = std::get_if<dead_letter>(&message.what)) {
    return "dead " + letter->reason;
  }
  return std::string{event_name(std::get<event>(message.what).body)};
}

/// Publishes one again and shows its outcome. Throws cli::stop when it has no effect.
void replay(session& session, const std::string& zone, const kept_letter& letter,
            const std::string& by, handled_marks& marks) {
  auto found = original_of(session, zone, letter);
  if (!found.message) {
    throw stop(exit_code::conflict, found.why_not + "; it cannot be replayed. Its sender can send "
                                                    "it again, 'dead drop' puts it aside");
  }
  const auto* before = marks.of(letter);
  const auto replays = (before == nullptr ? 0 : before->replays) + 1;
  auto& message = *found.message;
  outcome of{
      session,
      {.zone = zone,
       .command = {.subject = std::move(message.subject),
                   .id = "replay." + zone + "." + std::to_string(letter.sequence) + "." +
                         std::to_string(replays),
                   .body = std::move(message.body),
                   .content_type = message.content_type.empty() ? client::json_type
                                                                : std::move(message.content_type),
                   .trace = std::move(message.trace)},
       .old_answers = session.subjects().events_of_zone(zone)}};
  const auto answer = of.next_of_command();
  marks.note(letter, {.what = "replayed",
                      .by = by,
                      .at = cli::to_text(wall_now()),
                      .note = one_word(answer),
                      .replays = replays});
  event_printer{session}.print(answer);
  stop_if_refused(answer);
}

} // namespace

void describe(CLI::App& verb, dead_list& asked) {
  verb.description("Show the newest messages that were no commands, and why");
  cli::add_number(verb, "--limit", asked.limit, "how many", 1);
  verb.add_option("--reason", asked.reason, "of this reason only")
      ->check(reason_rule())
      ->type_name("REASON");
  check_since(verb.add_option("--since", asked.since, "since then, or for so long until now"));
  verb.add_flag("--all", asked.all, "also those that were replayed or dropped");
  verb.add_option("--consumer", asked.consumer, "instead, the events that this consumer gave up on")
      ->check(id_rule())
      ->type_name("NAME");
  verb.footer(
      R"(SEQUENCE names a dead letter for the other verbs: where it lies in the zone's output
stream. INPUT is the sequence of the message in the zone's input stream. AT is zone time.

Examples:
  dispatchctl dead list --limit 10
  dispatchctl dead list --reason bad_field --since 2h -o json
  dispatchctl dead list --consumer billing)");
}

void run(const dead_list& asked, session& session) {
  const auto zone = session.zone();
  if (!asked.consumer.empty()) {
    list_given_up(session, zone, asked.consumer, asked.limit);
    return;
  }
  const handled_marks marks{session, zone};
  auto letters = kept_letters(session, zone);
  const auto since = instant_of(asked.since, zone, session);
  std::erase_if(letters, [&](const kept_letter& letter) {
    return (!asked.all && marks.of(letter) != nullptr) || letter.letter.at < since ||
           (!asked.reason.empty() && letter.letter.reason != asked.reason);
  });
  if (letters.size() > asked.limit) {
    letters.erase(letters.begin(), letters.end() - static_cast<std::ptrdiff_t>(asked.limit));
  }
  cli::table rows = asked.all ? cli::table{{"SEQUENCE", cli::align::right},
                                           {"AT"},
                                           {"INPUT", cli::align::right},
                                           {"REASON"},
                                           {"SUBJECT"},
                                           {"DETAIL"},
                                           {"HANDLED"}}
                              : cli::table{{"SEQUENCE", cli::align::right},
                                           {"AT"},
                                           {"INPUT", cli::align::right},
                                           {"REASON"},
                                           {"SUBJECT"},
                                           {"DETAIL"}};
  auto all = json::array();
  for (const auto& one : letters) {
    const auto& letter = one.letter;
    std::vector<std::string> row = {std::to_string(one.sequence),
                                    cli::to_text(letter.at),
                                    std::to_string(letter.sequence),
                                    letter.reason,
                                    letter.subject,
                                    letter.detail};
    if (asked.all) {
      row.push_back(mark_text(marks.of(one)));
    }
    rows.add_row(std::move(row));
    all.push_back(letter_json(one, marks.of(one)));
  }
  session.print(all, rows);
}

void describe(CLI::App& verb, dead_show& asked) {
  verb.description("Show all of one dead letter, with the whole message if it is kept");
  cli::add_number(verb, "sequence", asked.sequence, "of the dead letter, as listed", 0)
      ->required()
      ->default_str("");
  verb.add_option("--consumer", asked.consumer, "of those that this consumer gave up on")
      ->check(id_rule())
      ->type_name("NAME");
  verb.footer(R"(Example:
  dispatchctl dead show 4711)");
}

void run(const dead_show& asked, session& session) {
  const auto zone = session.zone();
  if (!asked.consumer.empty()) {
    show_given_up(session, zone, asked.consumer, asked.sequence);
    return;
  }
  const handled_marks marks{session, zone};
  const auto one = kept_letter_at(session, zone, asked.sequence);
  const auto found = original_of(session, zone, one);
  auto shown = letter_json(one, marks.of(one));
  if (found.message) {
    shown["message"] = {{"id", found.message->id},
                        {"subject", found.message->subject},
                        {"content_type", found.message->content_type},
                        {"trace", found.message->trace},
                        {"bytes", found.message->body.size()},
                        {"body", found.message->body}};
  } else {
    shown["message"] = nullptr;
    shown["not kept"] = found.why_not;
  }
  if (session.options().as_json) {
    cli::print_json(session.io().out, shown);
  } else {
    print_fields(session.io().out, shown);
  }
}

void describe(CLI::App& verb, dead_replay& asked) {
  verb.description("Publish the message of a dead letter again, and show what it led to");
  add_choice(verb, asked.which);
  add_operator_option(verb, asked.by);
  verb.footer(
      R"(The message is published as it was, with the command id replay.ZONE.SEQUENCE.COUNT: it is
another command, so first put right what made it a dead letter (another build, another zone policy).
The dead letter then counts as handled, whatever the outcome. A message that is kept nowhere in full
cannot be replayed (code 4); with --all, some that fail end with code 7.

Examples:
  dispatchctl dead replay 4711 --operator jane
  dispatchctl dead replay --all --reason quarantined --operator jane)");
}

void run(const dead_replay& asked, session& session) {
  require_choice(asked.which);
  const auto zone = session.zone();
  handled_marks marks{session, zone};
  const auto letters = chosen(session, zone, asked.which, marks);
  if (asked.which.sequence) {
    replay(session, zone, letters.front(), asked.by, marks);
    return;
  }
  std::size_t failed = 0;
  for (const auto& one : letters) {
    try {
      replay(session, zone, one, asked.by, marks);
    } catch (const stop& end) {
      if (end.code() == exit_code::unavailable) {
        throw; // So it would be for the next ones.
      }
      ++failed;
      session.say(std::to_string(one.sequence) + ": " + end.what());
    }
  }
  session.say(std::to_string(letters.size() - failed) + " replayed, " + std::to_string(failed) +
              " without effect");
  if (failed > 0) {
    throw stop(exit_code::partial, "some dead letters could not be brought to life");
  }
}

void describe(CLI::App& verb, dead_drop& asked) {
  verb.description("Note that nothing more is to be done about a dead letter");
  add_choice(verb, asked.which);
  add_operator_option(verb, asked.by);
  verb.add_option("--note", asked.note, "why, for those who list it with --all")->type_name("TEXT");
  verb.add_option("--consumer", asked.consumer, "of those that this consumer gave up on")
      ->check(id_rule())
      ->type_name("NAME");
  verb.footer(
      R"('dead list' does not show it any more, 'dead list --all' says who dropped it. One that a
consumer gave up on is deleted.

Examples:
  dispatchctl dead drop 4711 --note 'sender was told' --operator jane
  dispatchctl dead drop --all --reason bad_subject --operator jane)");
}

void run(const dead_drop& asked, session& session) {
  require_choice(asked.which);
  const auto zone = session.zone();
  if (!asked.consumer.empty()) {
    drop_given_up(session, zone, asked.consumer, asked.which.sequence);
    return;
  }
  handled_marks marks{session, zone};
  const auto letters = chosen(session, zone, asked.which, marks);
  for (const auto& one : letters) {
    const auto* before = marks.of(one);
    if (before != nullptr && before->what == dropped) {
      throw stop(exit_code::conflict, "dead letter " + std::to_string(one.sequence) + " was " +
                                          mark_text(before) + " already, and its note stays: \"" +
                                          before->note + "\"");
    }
    marks.note(one, {.what = dropped,
                     .by = asked.by,
                     .at = cli::to_text(wall_now()),
                     .note = asked.note,
                     .replays = before == nullptr ? 0 : before->replays});
  }
  session.say(std::to_string(letters.size()) + " dropped");
}

} // namespace dispatch::ctl
