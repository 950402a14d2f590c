#include "cmd/dispatchctl/outcome.hpp"

#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/json_output.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/nats/api.hpp"

#include <ostream>
#include <utility>
#include <vector>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

/// `<sender>.<id>`, where the id is one that nobody else has.
std::string new_command_id(nats::connection& on, const std::string& by) {
  const auto inbox = on.new_inbox();
  return (by.empty() ? "dispatchctl" : by) + "." + inbox.substr(inbox.rfind('.') + 1);
}

publication published_as(session& with, command_text& command) {
  if (!command.by.empty() && !valid_id(command.by)) {
    throw stop(exit_code::usage, "the operator's name is 1 to 64 letters, digits, '-' or '_': " +
                                     command.by + "; give --operator");
  }
  return {.zone = command.zone,
          .subject =
              with.subjects().command(command.zone, command.target, command.verb, command.by),
          .trace = {},
          .body = std::move(command.body),
          .id = command.id.empty() ? new_command_id(*with.connection(), command.by)
                                   : std::move(command.id)};
}

exit_code exit_code_of(refusal code) {
  if (to_string(code) == unknown_rider) {
    return exit_code::not_found;
  }
  switch (code) {
  case refusal::unknown_entity:
    return exit_code::not_found;
  case refusal::not_permitted:
    return exit_code::not_permitted;
  case refusal::too_many:
  case refusal::overloaded:
    return exit_code::unavailable;
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

outcome::outcome(session& with, command_text command) : outcome(with, published_as(with, command)) {
  found_with_ +=
      " --kind " + std::string{to_string(command.target.kind)} + " --id " + command.target.id;
}

outcome::outcome(session& with, publication what)
    : with_(with), what_(std::move(what)),
      found_with_("dispatchctl events tail --zone " + what_.zone) {
  const auto& zone = what_.zone;
  const auto& on = with_.connection();
  const auto before = value_or_stop(
      nats::api::find_stream(*on, wire::output_stream(with_.root(), zone)), exit_code::unavailable);
  if (!before) {
    throw stop(exit_code::not_found, "there is no zone " + zone);
  }
  std::vector<nats::header> headers = {{wire::command_id_header, what_.id.c_str()},
                                       {"Content-Type", what_.content_type.c_str()}};
  if (!what_.trace.empty()) {
    headers.push_back({"traceparent", what_.trace.c_str()});
  }
  const auto ack =
      value_or_stop(on->publish_stored(what_.subject, headers, what_.body, with_.timeout()),
                    exit_code::unavailable);
  if (nats::verdict_of(ack) != nats::ack_verdict::stored) {
    throw stop(exit_code::failed, "zone " + zone + " does not take the command: " + ack.error);
  }
  input_ = ack.sequence;
  announced_from_ = before->first_sequence;
  read_behind(before->last_sequence);
}

void outcome::read_behind(std::uint64_t sequence) {
  reader_ = std::make_unique<output_reader>(with_.connection(), with_.root(), what_.zone,
                                            with_.subjects().events_of_zone(what_.zone), sequence);
}

bool outcome::of_command(const announced& message) const {
  if (const auto* letter = std::get_if<dead_letter>(&message.what)) {
    return letter->sequence == input_;
  }
  return std::get<event>(message.what).command_id == what_.id;
}

std::optional<announced> outcome::find(const std::function<bool(const announced&)>& wanted,
                                       output_reader::clock::time_point until) {
  while (auto message = reader_->next(until)) {
    if (wanted(*message)) {
      return message;
    }
  }
  return std::nullopt;
}

announced outcome::next(const std::function<bool(const announced&)>& wanted) {
  if (auto found = find(wanted, output_reader::clock::now() + with_.timeout())) {
    return std::move(*found);
  }
  if (announced_from_ > 0) { // An owner answers a repeat; without one, there may be an old answer.
    read_behind(std::exchange(announced_from_, 0) - 1);
    const auto is_old_answer = [&](const announced& message) {
      return wanted(message) && !asks_to_come_again(message);
    };
    if (auto found = find(is_old_answer, output_reader::clock::now() + with_.timeout())) {
      return std::move(*found);
    }
  }
  throw stop(exit_code::unavailable,
             "zone " + what_.zone + " did not answer within " + cli::to_text(with_.timeout()) +
                 ". The command " + what_.id + " is stored as input " + std::to_string(input_) +
                 " and takes effect when a dispatchd serves the zone. Its outcome is found with: " +
                 found_with_);
}

announced outcome::next_of_command() {
  return next([this](const announced& message) { return of_command(message); });
}

std::optional<announced> outcome::next_of_command(std::chrono::milliseconds within) {
  return find([this](const announced& message) { return of_command(message); },
              output_reader::clock::now() + within);
}

void stop_if_refused(const announced& message) {
  if (const auto* letter = std::get_if<dead_letter>(&message.what)) {
    throw stop(exit_code::usage, "not a command: " + letter->reason + ": " + letter->detail);
  }
  const auto& body = std::get<event>(message.what).body;
  if (const auto* refused = std::get_if<command_refused>(&body)) {
    throw stop(exit_code_of(refused->code),
               "refused, " + std::string{to_string(refused->code)} + ": " + refused->detail);
  }
  if (const auto* repeated = std::get_if<command_repeated>(&body);
      repeated != nullptr && repeated->first_event == "refused") {
    throw stop(exit_code::conflict,
               "this command was refused before, in record " + std::to_string(repeated->record));
  }
}

void tell(session& with, command_text command, const std::string& done) {
  outcome of{with, std::move(command)};
  const auto answer = of.next_of_command();
  stop_if_refused(answer);
  if (with.options().as_json) {
    cli::print_json(with.io().out, to_json(answer));
  } else {
    with.io().out << done << '\n';
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
