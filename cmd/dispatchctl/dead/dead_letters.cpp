#include "cmd/dispatchctl/dead/dead_letters.hpp"

#include "cmd/dispatchctl/events/kept_events.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/codec.hpp"

#include <utility>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

std::optional<handled_mark> mark_from_json(const std::string& text) {
  const auto read = json::parse(text, nullptr, false);
  if (!read.is_object()) {
    return std::nullopt;
  }
  return handled_mark{read.value("what", ""),
                      read.value("by", ""),
                      read.value("at", ""),
                      read.value("note", ""),
                      timestamp{duration{read.value("letter_at_us", std::int64_t{0})}},
                      read.value("replays", std::uint32_t{0})};
}

/// Whether the stored message is what the letter is about. Of a command that made its actor throw
/// the letter has the target only.
bool is_about(const dead_letter& letter, const stored_message& message, const std::string& root) {
  if (wire::fast_hash(message.body) == letter.hash) {
    return message.subject.starts_with(letter.subject);
  }
  const auto subject = wire::parse_command_subject(root, message.subject);
  return letter.excerpt.empty() && subject &&
         std::string{to_string(subject->target.kind)} + "." + subject->target.id == letter.subject;
}

/// The letter does not say it; JSON objects begin with a brace, and nothing else that is sent does.
const char* guessed_content_type(const std::string& body) {
  return body.empty() || body.starts_with('{') ? "application/json" : "application/protobuf";
}

} // namespace

json to_json(const handled_mark& mark) {
  return {{"what", mark.what},       {"by", mark.by},
          {"at", mark.at},           {"note", mark.note},
          {"replays", mark.replays}, {"letter_at_us", mark.letter_at.time_since_epoch().count()}};
}

handled_marks::handled_marks(session& session, std::string zone)
    : with_(session), zone_(std::move(zone)) {
  const auto name = wire::dead_bucket(session.root());
  const auto exists = value_or_stop(nats::api::find_stream(*session.connection(), "KV_" + name),
                                    exit_code::unavailable);
  if (!exists) {
    return;
  }
  nats::bucket marks{session.connection(), name};
  for (auto& entry : value_or_stop(marks.list(zone_), exit_code::unavailable)) {
    if (auto mark = mark_from_json(entry.value)) {
      marks_.emplace(std::move(entry.key), std::move(*mark));
    }
  }
}

std::string handled_marks::key_of(const kept_letter& letter) const {
  return zone_ + "." + std::to_string(letter.sequence);
}

const handled_mark* handled_marks::of(const kept_letter& letter) const {
  const auto found = marks_.find(key_of(letter));
  return found != marks_.end() && found->second.letter_at == letter.letter.at ? &found->second
                                                                              : nullptr;
}

void handled_marks::note(const kept_letter& letter, handled_mark mark) {
  mark.letter_at = letter.letter.at;
  nats::bucket marks{with_.connection(), wire::dead_bucket(with_.root())};
  const auto stored = marks.set(key_of(letter), to_json(mark).dump());
  if (!stored) {
    throw stop(exit_code::failed,
               stored.error().what + "; 'zone create " + zone_ + "' makes what is missing");
  }
  marks_.insert_or_assign(key_of(letter), std::move(mark));
}

std::vector<kept_letter> kept_letters(session& session, const std::string& zone) {
  std::vector<kept_letter> all;
  const auto part = kept(session, zone, session.subjects().dead_letter(zone, "*"));
  visit_kept(session, part, part.first - 1, [&](const announced& message) {
    all.push_back({message.sequence, std::get<dead_letter>(message.what)});
    return true;
  });
  return all;
}

kept_letter kept_letter_at(session& session, const std::string& zone, std::uint64_t sequence) {
  const auto stream = wire::output_stream(session.root(), zone);
  (void)session.state_of(zone, stream);
  auto found = value_or_stop(nats::api::message_at(*session.connection(), stream, sequence),
                             exit_code::unavailable);
  if (!found) {
    throw stop(exit_code::not_found, "the output stream of zone " + zone +
                                         " holds no message at sequence " +
                                         std::to_string(sequence));
  }
  const auto message = value_or_stop(client::as_announced(std::move(*found)), exit_code::failed);
  const auto* letter = std::get_if<dead_letter>(&message.what);
  if (letter == nullptr) {
    throw stop(exit_code::not_found,
               "the announcement " + std::to_string(sequence) + " of zone " + zone +
                   " is an event and no dead letter; 'dead list' shows their sequences");
  }
  return {sequence, *letter};
}

std::vector<kept_letter> chosen(session& session, const std::string& zone, const dead_choice& which,
                                const handled_marks& marks) {
  if (which.sequence) {
    return {kept_letter_at(session, zone, *which.sequence)};
  }
  auto all = kept_letters(session, zone);
  std::erase_if(all, [&](const kept_letter& letter) {
    return marks.of(letter) != nullptr ||
           (!which.reason.empty() && letter.letter.reason != which.reason);
  });
  return all;
}

original original_of(session& session, const std::string& zone, const kept_letter& one) {
  const auto& letter = one.letter;
  const auto name = "dead letter " + std::to_string(one.sequence);
  if (letter.sequence == 0) {
    return {std::nullopt, name + " is about no message of the input stream, but about something "
                                 "that the zone did itself"};
  }
  auto stored = value_or_stop(nats::api::message_at(*session.connection(),
                                                    wire::input_stream(session.root(), zone),
                                                    letter.sequence),
                              exit_code::unavailable);
  if (stored && is_about(letter, *stored, session.root())) {
    return {std::move(*stored), {}};
  }
  if (wire::fast_hash(letter.excerpt) == letter.hash &&
      letter.subject.size() < limits::dead_letter_excerpt_bytes) {
    stored_message message;
    message.sequence = letter.sequence;
    message.subject = letter.subject;
    message.content_type = guessed_content_type(letter.excerpt);
    message.body = letter.excerpt;
    return {std::move(message), {}};
  }
  return {std::nullopt,
          name + " has only an excerpt of its message, and the input stream does not keep input " +
              std::to_string(letter.sequence) + " any more"};
}

CLI::Validator reason_rule() {
  return cli::word_rule({"bad_subject", "bad_id", "bad_content_type", "bad_body", "bad_field",
                         "unknown_verb", "too_large", "quarantined", "poison"});
}

void add_choice(CLI::App& verb, dead_choice& which) {
  auto* one = cli::add_number(verb, "sequence", which.sequence, "of the dead letter, as listed", 0);
  auto* all = verb.add_flag("--all", which.all, "all that wait")->excludes(one);
  verb.add_option("--reason", which.reason, "with --all: of this reason only")
      ->needs(all)
      ->check(reason_rule())
      ->type_name("REASON");
}

} // namespace dispatch::ctl
