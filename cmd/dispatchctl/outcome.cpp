#include "cmd/dispatchctl/outcome.hpp"

#include "cmd/dispatchctl/events/kept_events.hpp"
#include "cmd/dispatchctl/node/stall.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/json_output.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;
using namespace std::chrono_literals;

/// Who does not answer by then is no help.
constexpr auto hindrance_timeout = 500ms;

/// `<sender>.<id>`, where the id is one that nobody else has.
std::string new_command_id(nats::connection& on, const std::string& by) {
  const auto inbox = on.new_inbox();
  return (by.empty() ? "dispatchctl" : by) + "." + inbox.substr(inbox.rfind('.') + 1);
}

/// The subjects of the events of the command's entity.
std::string events_of(session& session, const command_text& command) {
  return session.root() + ".out." + command.zone + "." +
         std::string{to_string(command.target.kind)} + "." + command.target.id + ".>";
}

/// The server stores no larger ones, and says of no limit how large it is. Names the field that is
/// the largest.
void stop_if_too_large(const std::string& body) {
  if (body.size() <= limits::command_bytes_max) {
    return;
  }
  std::string field = "body";
  std::size_t most = 0;
  if (const auto read = json::parse(body, nullptr, false); read.is_object()) {
    for (const auto& [name, value] : read.items()) {
      const auto size = value.dump().size();
      field = size > most ? name : field;
      most = std::max(most, size);
    }
  }
  throw stop(exit_code::usage, field + ": is too large: a command has at most " +
                                   std::to_string(limits::command_bytes_max) + " bytes, this one " +
                                   std::to_string(body.size()));
}

publication published_as(session& session, command_text& command) {
  stop_if_too_large(command.body);
  if (!command.by.empty() && !valid_id(command.by)) {
    throw stop(exit_code::usage, "the operator's name is 1 to 64 letters, digits, '-' or '_': " +
                                     command.by + "; give --operator");
  }
  return {.zone = command.zone,
          .command = {.subject = session.subjects().command(command.zone, command.target,
                                                            command.verb, command.by),
                      .id = command.id.empty() ? new_command_id(*session.connection(), command.by)
                                               : command.id,
                      .body = std::move(command.body)},
          .target = command.target,
          .old_answers = command.id.empty() ? std::string{} : events_of(session, command)};
}

exit_code exit_code_of(refusal code) {
  if (to_string(code) == unknown_rider) {
    return exit_code::not_found;
  }
  if (comes_again(code)) {
    return exit_code::unavailable;
  }
  switch (code) {
  case refusal::unknown_entity:
    return exit_code::not_found;
  case refusal::not_permitted:
    return exit_code::not_permitted;
  default:
    return exit_code::conflict;
  }
}

/// Whether the command was not decided then: now that it has come again, it will be.
bool asks_to_come_again(const announced& message) {
  const auto* answer = std::get_if<event>(&message.what);
  const auto* refused = answer == nullptr ? nullptr : std::get_if<command_refused>(&answer->body);
  return refused != nullptr && comes_again(refused->code);
}

} // namespace

outcome::outcome(session& session, command_text command)
    : outcome(session, published_as(session, command)) {
  found_with_ +=
      " --kind " + std::string{to_string(command.target.kind)} + " --id " + command.target.id;
}

outcome::outcome(session& session, publication publication)
    : with_(session), what_(std::move(publication)),
      found_with_("dispatchctl events tail --zone " + what_.zone) {
  const auto& zone = what_.zone;
  const auto& on = with_.connection();
  const auto before = with_.state_of(zone, wire::output_stream(with_.root(), zone));
  const auto published = client::store(*on, what_.command, with_.timeout());
  if (!published) {
    (void)with_.state_of(zone, wire::input_stream(with_.root(), zone));
  }
  const auto ack = value_or_stop(published, exit_code::unavailable);
  if (nats::verdict_of(ack) != nats::ack_verdict::stored) {
    throw stop(exit_code::failed, "zone " + zone + " does not take the command: " + ack.error);
  }
  input_ = ack.sequence;
  until_ = client::steady::now() + with_.timeout();
  zone_.emplace(on, with_.root(), zone, with_.subjects().events_of_zone(zone),
                before.last_sequence);
}

std::optional<announced> outcome::find(const std::function<bool(const announced&)>& wanted,
                                       client::steady::time_point until) {
  for (;;) {
    auto message = zone_->next(until);
    if (!message) {
      throw stop(exit_code::unavailable, "the events of zone " + what_.zone + " cannot be read: " +
                                             message.error().what + ". " + where_to_look());
    }
    if (!*message || wanted(**message)) {
      return std::move(*message);
    }
  }
}

std::string outcome::where_to_look() const {
  return "The command " + what_.command.id + " is stored as input " + std::to_string(input_) +
         " and takes effect when a dispatchd serves the zone. Its outcome is found with: " +
         found_with_;
}

/// An owner answers a repeat; without one, there may be an answer from before.
std::optional<announced> outcome::find_old(const std::function<bool(const announced&)>& wanted) {
  std::optional<announced> found;
  if (what_.old_answers.empty()) {
    return found;
  }
  const auto part = kept(with_, what_.zone, what_.old_answers);
  visit_kept(with_, part, part.first - 1, [&](const announced& message) {
    if (wanted(message) && !asks_to_come_again(message)) {
      found = message;
    }
    return !found;
  });
  return found;
}

/// Why the zone does not answer.
std::string outcome::hindrance() const {
  const auto status = with_.status_of(what_.zone, hindrance_timeout);
  if (!status) {
    return "no dispatchd serves it";
  }
  if (status->halted) {
    return "it has halted: " + status->cause;
  }
  if (const auto stalled = stall_of(what_.zone, *status)) {
    return stalled->what;
  }
  return status->running ? "its dispatchd is slow" : "it is being opened";
}

announced outcome::next(const std::function<bool(const announced&)>& wanted) {
  auto found = find(wanted, until_);
  if (!found) {
    found = find_old(wanted);
  }
  if (found) {
    return std::move(*found);
  }
  throw stop(exit_code::unavailable,
             "zone " + what_.zone + " did not answer within " + cli::to_text(with_.timeout()) +
                 ": " + hindrance() + ". `dispatchctl doctor` says what helps. " + where_to_look());
}

announced outcome::next_of_command() {
  return next([&](const announced& message) {
    const auto* answer = std::get_if<event>(&message.what);
    return client::names(message, what_.command.id, input_) &&
           (answer == nullptr || !what_.target || answer->entity == *what_.target);
  });
}

std::optional<announced> outcome::next_of_command(std::chrono::milliseconds within) {
  return find(
      [this](const announced& message) { return client::names(message, what_.command.id, input_); },
      client::steady::now() + within);
}

void stop_if_refused(const announced& message) {
  if (const auto* letter = std::get_if<dead_letter>(&message.what)) {
    throw stop(exit_code::usage, "not a command: " + letter->reason + ": " + letter->detail);
  }
  const auto& body = std::get<event>(message.what).body;
  if (const auto* refused = std::get_if<command_refused>(&body)) {
    const auto advice = refused->code == refusal::not_permitted ? "; give --operator NAME" : "";
    throw stop(exit_code_of(refused->code), "refused, " + std::string{to_string(refused->code)} +
                                                ": " + refused->detail + advice);
  }
  if (const auto* repeated = std::get_if<command_repeated>(&body);
      repeated != nullptr && repeated->first_event == "refused") {
    throw stop(exit_code::conflict,
               "this command was refused before, in record " + std::to_string(repeated->record));
  }
}

void tell(session& session, command_text command, const std::string& done) {
  outcome of{session, std::move(command)};
  const auto answer = of.next_of_command();
  stop_if_refused(answer);
  if (session.options().as_json) {
    cli::print_json(session.io().out, to_json(answer));
  } else {
    session.io().out << done << '\n';
  }
}

void add_operator_option(CLI::App& verb, std::string& by) {
  verb.add_option("--operator", by, "who does it; the zone's log keeps the name")
      ->envname("USER")
      ->check(id_rule())
      ->required()
      ->type_name("NAME");
}

} // namespace dispatch::ctl
