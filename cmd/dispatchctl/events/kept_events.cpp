#include "cmd/dispatchctl/events/kept_events.hpp"

#include "cmd/client/follower.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/nats/connection/api.hpp"

namespace dispatch::ctl {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

kept_part kept(session& session, const std::string& zone, const std::string& filter) {
  kept_part part{zone, filter, 1, 0};
  const auto stream = wire::output_stream(session.root(), part.zone);
  part.first = session.state_of(part.zone, stream).first_sequence;
  const auto newest = value_or_stop(
      nats::api::last_message_on(*session.connection(), stream, filter), exit_code::unavailable);
  part.last = newest ? newest->message.sequence : 0;
  return part;
}

void visit_kept(session& session, const kept_part& part, std::uint64_t after,
                const std::function<bool(const announced&)>& visit) {
  if (part.last <= after) {
    return;
  }
  client::follower zone{session.connection(), session.root(), part.zone, part.filter, after};
  while (const auto message = value_or_stop(zone.next(client::steady::now() + session.timeout()),
                                            exit_code::failed)) {
    if (!visit(*message) || message->sequence >= part.last) {
      return;
    }
  }
  throw stop(exit_code::unavailable, "the events of zone " + part.zone + " did not come within " +
                                         cli::to_text(session.timeout()));
}

std::deque<announced> newest_kept(session& session, const kept_part& part, std::size_t count) {
  // Without a filter, sequences tell where the newest ones begin.
  const bool unfiltered = part.filter == session.subjects().events_of_zone(part.zone);
  auto after = part.first - 1;
  if (unfiltered && part.last > after + count) {
    after = part.last - count;
  }
  std::deque<announced> newest;
  visit_kept(session, part, after, [&](const announced& message) {
    newest.push_back(message);
    if (newest.size() > count) {
      newest.pop_front();
    }
    return true;
  });
  return newest;
}

} // namespace dispatch::ctl
