#include "cmd/dispatchctl/dead/given_up.hpp"

#include "cmd/client/follower.hpp"
#include "cmd/dispatchctl/json_text.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/json_output.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/nats/connection/api.hpp"

#include <deque>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

/// The newest messages of a subject, oldest first.
std::deque<stored_message> newest_on(session& session, const std::string& subject,
                                     std::size_t count) {
  const auto stream = wire::given_up_stream(session.root());
  auto& on = *session.connection();
  const auto state = value_or_stop(nats::api::find_stream(on, stream), exit_code::unavailable);
  if (!state) {
    throw stop(exit_code::not_found, "there is no stream " + stream +
                                         "; 'zone create' makes it, also of a zone that exists");
  }
  const auto last =
      value_or_stop(nats::api::last_message_on(on, stream, subject), exit_code::unavailable);
  std::deque<stored_message> newest;
  if (!last) {
    return newest;
  }
  client::stream_reader reader{session.connection(), stream, subject, state->first_sequence - 1};
  const auto until = client::steady::now() + session.timeout();
  while (newest.empty() || newest.back().sequence < last->message.sequence) {
    auto messages = value_or_stop(reader.next(count, until), exit_code::failed);
    if (messages.empty()) {
      throw stop(exit_code::unavailable, "the messages of stream " + stream +
                                             " did not come within " +
                                             cli::to_text(session.timeout()));
    }
    for (auto& message : messages) {
      newest.push_back(std::move(message));
      if (newest.size() > count) {
        newest.pop_front();
      }
    }
  }
  return newest;
}

json shown(const stored_message& message) {
  auto what = json::parse(message.body, nullptr, false);
  if (!what.is_object()) {
    what = {{"body", message.body}};
  }
  json all = {{"given_up", message.sequence}, {"at", cli::to_text(message.stored_at)}};
  all.update(what);
  return all;
}

std::string text_of(const json& object, const char* field) {
  const auto found = object.find(field);
  return found == object.end() ? "" : on_one_line(*found);
}

} // namespace

void list_given_up(session& session, const std::string& zone, const std::string& consumer,
                   std::size_t limit) {
  cli::table rows{{"SEQUENCE", cli::align::right},
                  {"AT"},
                  {"ATTEMPTS", cli::align::right},
                  {"SUBJECT"},
                  {"EVENT ID"},
                  {"ERROR"}};
  auto all = json::array();
  for (const auto& message :
       newest_on(session, session.subjects().given_up(consumer, zone), limit)) {
    const auto& one = all.emplace_back(shown(message));
    rows.add_row({std::to_string(message.sequence), cli::to_text(message.stored_at),
                  text_of(one, "attempts"), text_of(one, "subject"), text_of(one, "id"),
                  text_of(one, "error")});
  }
  session.print(all, rows);
}

void show_given_up(session& session, const std::string& zone, const std::string& consumer,
                   std::uint64_t sequence) {
  const auto found = value_or_stop(
      nats::api::message_at(*session.connection(), wire::given_up_stream(session.root()), sequence),
      exit_code::unavailable);
  if (!found || found->subject != session.subjects().given_up(consumer, zone)) {
    throw stop(exit_code::not_found, "consumer " + consumer + " gave up on nothing of zone " +
                                         zone + " that is kept at " + std::to_string(sequence));
  }
  if (session.options().as_json) {
    cli::print_json(session.io().out, shown(*found));
  } else {
    print_fields(session.io().out, shown(*found));
  }
}

void drop_given_up(session& session, const std::string& zone, const std::string& consumer,
                   std::optional<std::uint64_t> sequence) {
  const auto stream = wire::given_up_stream(session.root());
  auto& on = *session.connection();
  std::size_t dropped = 0;
  for (const auto& message :
       newest_on(session, session.subjects().given_up(consumer, zone), limits::feed_messages_max)) {
    if (sequence && message.sequence != *sequence) {
      continue;
    }
    (void)value_or_stop(
        nats::api::call_or_fail(on, "STREAM.MSG.DELETE." + stream, {{"seq", message.sequence}}),
        exit_code::failed);
    ++dropped;
  }
  if (sequence && dropped == 0) {
    throw stop(exit_code::not_found, "consumer " + consumer + " gave up on nothing of zone " +
                                         zone + " that is kept at " + std::to_string(*sequence));
  }
  session.say(std::to_string(dropped) + " dropped");
}

} // namespace dispatch::ctl
