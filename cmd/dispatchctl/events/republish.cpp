#include "cmd/dispatchctl/events/republish.hpp"

#include "actors/output/announcing.hpp"
#include "cmd/dispatchctl/events/announced.hpp"
#include "cmd/dispatchctl/events/log_range.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/json_output.hpp"
#include "cmd/shared/progress_line.hpp"
#include "messages/entities/entity.hpp"
#include "messages/nats/connection/api.hpp"

#include <algorithm>
#include <array>
#include <ostream>
#include <span>
#include <utility>
#include <vector>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;
using cli::value_or_stop;

/// So many messages that no stream confirms are sent before the server is asked to have them all.
constexpr std::uint64_t unconfirmed_max = 1000;

/// Publishes announcements under other subjects, with the ids and bodies that they had.
class replayer {
public:
  replayer(session& session, std::string prefix)
      : on_(*session.connection()), timeout_(session.timeout()), prefix_(std::move(prefix)),
        announced_prefix_(session.root() + ".out") {}

  const std::string& prefix() const { return prefix_; }

  /// The stream that keeps what is published; empty when none does.
  const std::string& stream() const { return stream_; }

  void find_stream(const std::string& zone) {
    const auto streams = value_or_stop(nats::api::streams_on(on_, prefix_ + "." + zone + ".>"),
                                       exit_code::unavailable);
    if (streams.size() > 1) {
      throw stop(exit_code::conflict, "several streams keep parts of " + prefix_ + "." + zone +
                                          ".>: " + streams[0] + ", " + streams[1]);
    }
    stream_ = streams.empty() ? "" : streams.front();
  }

  void publish(const announcement& what) {
    const auto subject = prefix_ + what.subject.substr(announced_prefix_.size());
    std::array<nats::header, 4> headers{nats::header{"Nats-Msg-Id", what.id.c_str()},
                                        nats::header{"Content-Type", "application/protobuf"}};
    std::size_t count = 2;
    if (!what.trace.empty()) {
      headers.at(count++) = {"traceparent", what.trace.c_str()};
    }
    if (stream_.empty()) {
      (void)value_or_stop(
          on_.publish(subject.c_str(), nullptr, std::span(headers).first(count), what.body),
          exit_code::unavailable);
      if (++unconfirmed_ == unconfirmed_max) {
        confirm();
      }
      return;
    }
    headers.at(count++) = {"Nats-Expected-Stream", stream_.c_str()};
    const auto ack = value_or_stop(
        on_.publish_stored(subject, std::span(headers).first(count), what.body, timeout_),
        exit_code::unavailable);
    if (nats::verdict_of(ack) != nats::ack_verdict::stored) {
      throw stop(exit_code::failed,
                 "stream " + stream_ + " does not take " + what.id + ": " + ack.error);
    }
    known_before_ += ack.duplicate ? 1 : 0;
  }

  /// The server has everything.
  void confirm() {
    if (std::exchange(unconfirmed_, 0) > 0) {
      (void)value_or_stop(nats::api::call(on_, "INFO"), exit_code::unavailable);
    }
  }

  std::uint64_t known_before() const { return known_before_; }

private:
  nats::connection& on_;
  const std::chrono::milliseconds timeout_;
  const std::string prefix_;
  const std::string announced_prefix_;
  std::string stream_;
  std::uint64_t unconfirmed_ = 0;
  std::uint64_t known_before_ = 0;
};

void print(session& session, const announcement& what) {
  stored_message message;
  message.subject = what.subject;
  message.body = what.body;
  json shown = {{"id", what.id}, {"subject", what.subject}};
  shown.update(to_json(value_or_stop(client::as_announced(std::move(message)), exit_code::failed)));
  shown.erase("sequence");
  cli::print_json_line(session.io().out, shown);
}

} // namespace

std::optional<std::string> unfit_as_replay(std::string_view prefix) {
  constexpr std::array owned = {"in", "out", "log", "pos", "snap", "admin"};
  std::size_t tokens = 0;
  for (auto rest = prefix;; ++tokens) {
    const auto dot = rest.find('.');
    const auto token = rest.substr(0, dot);
    if (!valid_id(token)) {
      return "its tokens are 1 to 64 letters, digits, '-' or '_'";
    }
    if (tokens == 1 && std::ranges::find(owned, token) != owned.end()) {
      return "subjects whose second token is '" + std::string{token} +
             "' belong to an installation; only the owner of a zone announces";
    }
    if (dot == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(dot + 1);
  }
  // What follows is the zone, which may be called as it likes.
  return tokens == 0 ? std::optional<std::string>{"it needs two tokens at least"} : std::nullopt;
}

void describe(CLI::App& verb, events_republish& asked) {
  verb.description("Tell events again to a consumer that fell behind what OUT_zone keeps");
  verb.add_option("--from", asked.from, "number of the first record, or the zone's time in UTC")
      ->required()
      ->type_name("RECORD|TIME");
  verb.add_option("--until", asked.until, "the last one; the end of the log when not given")
      ->type_name("RECORD|TIME");
  verb.add_option("--to-subject-prefix", asked.prefix,
                  "what stands in the place of ROOT.out (default: ROOT.replay)")
      ->type_name("PREFIX");
  verb.footer(
      R"(Reads the zone's log, checks its hash chain, and publishes the events and dead letters of
the records under other subjects, such as dispatch.replay.ZONE.order.o1.placed, with the ids
and bodies that they had: a consumer knows by the id what it has had before. Nothing is ever
written into OUT_zone. When a stream takes the subjects, each event is confirmed, and what
it stored within its duplicate window is not stored again; without one, whoever subscribes
hears the events once.

A record's number is in the id of every announcement, zone/epoch/RECORD/index, and in the
output of `order history`. With -o json the events are printed, one a line, and not published.

Ends with code 3 when the log does not keep the records, with those that it keeps;
with 1 when the log is damaged; with 7 when something was published before it failed: the
message says how to go on.

Examples:
  dispatchctl events republish --zone hangzhou --from 120000
  dispatchctl events republish --from 2026-01-31T08:00:00Z --until 2026-01-31T09:00:00Z
  dispatchctl events republish --from 1 --to-subject-prefix billing.catchup
  dispatchctl events republish --from 1 -o json > events.jsonl)");
}

void run(const events_republish& asked, session& session) {
  const auto prefix = asked.prefix.empty() ? session.root() + ".replay" : asked.prefix;
  if (const auto why = unfit_as_replay(prefix)) {
    throw stop(exit_code::usage, "events cannot be published below " + prefix + ": " + *why);
  }
  const auto zone = session.zone();
  log_range range{session, zone, asked.from, asked.until};
  replayer to{session, prefix};
  const auto printing = session.options().as_json;
  if (!printing) {
    to.find_stream(zone);
    session.say("records " + std::to_string(range.first()) + " to " + std::to_string(range.last()) +
                " of zone " + zone + " go to " + prefix + "." + zone + ".>, " +
                (to.stream().empty() ? "which no stream keeps: who subscribes now hears them"
                                     : "which stream " + to.stream() + " keeps"));
  }
  cli::progress_line progress{session.io().err, cli::stderr_is_terminal()};
  std::uint64_t events = 0;
  std::uint64_t number = range.first();
  try {
    range.visit([&](const record& r, const std::vector<std::string>& encoded_events) {
      number = r.number;
      for (const auto& what : announcements_of(r, encoded_events, session.subjects())) {
        if (printing) {
          print(session, what);
        } else {
          to.publish(what);
        }
        ++events;
      }
      progress.show("record " + std::to_string(number) + " of " + std::to_string(range.last()) +
                    ", " + std::to_string(events) + " events");
    });
    to.confirm();
  } catch (const stop& end) {
    progress.finish();
    if (events == 0) {
      throw;
    }
    throw stop(exit_code::partial, std::string{end.what()} + "; " + std::to_string(events) +
                                       " events went out. Go on with --from " +
                                       std::to_string(number));
  }
  progress.finish();
  session.say(std::to_string(events) + " events " + (printing ? "printed" : "published") +
              (to.known_before() > 0 ? ", " + std::to_string(to.known_before()) +
                                           " of which the stream had stored before"
                                     : ""));
}

} // namespace dispatch::ctl
