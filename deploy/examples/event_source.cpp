#include "deploy/examples/event_source.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace example {

namespace {

using nlohmann::json;
using namespace std::chrono_literals;

/// The first token of all subjects, unless an installation has another one.
const std::string root = "dispatch";

constexpr int request_events = 64;
constexpr auto request_lasts = 2s;
constexpr auto answer_within = 5s;
/// An event that is neither confirmed nor postponed for so long is delivered again.
constexpr auto ack_wait = 5s;
constexpr int unconfirmed_max = 256;
constexpr auto reconnect_wait = 250ms;

template <class Span> std::int64_t nanoseconds(Span span) {
  return std::chrono::nanoseconds{span}.count();
}

template <class Span> std::int64_t milliseconds(Span span) {
  return std::chrono::milliseconds{span}.count();
}

void check(natsStatus status, const std::string& what) {
  if (status != NATS_OK) {
    throw std::runtime_error(what + ": " + natsStatus_GetText(status));
  }
}

struct destroy_message {
  void operator()(natsMsg* it) const { natsMsg_Destroy(it); }
};
using message_pointer = std::unique_ptr<natsMsg, destroy_message>;

std::string header_of(natsMsg* message, const char* name) {
  const char* value = nullptr;
  return natsMsgHeader_Get(message, name, &value) == NATS_OK ? value : "";
}

/// The n-th token from the end, as a number.
std::uint64_t number_from_end(std::string_view subject, int n) {
  for (; n > 1; --n) {
    subject = subject.substr(0, subject.rfind('.'));
  }
  const auto token = subject.substr(subject.rfind('.') + 1);
  std::uint64_t number = 0;
  std::from_chars(token.data(), token.data() + token.size(), number);
  return number;
}

/// Secrets come from files: a command line is for everybody to read.
void set_login(natsOptions* options, const source_settings& settings) {
  if (!settings.credentials.empty()) {
    check(natsOptions_SetUserCredentialsFromFiles(options, settings.credentials.c_str(), nullptr),
          "cannot use " + settings.credentials);
  }
  if (!settings.user.empty()) {
    std::string password;
    std::getline(std::ifstream{settings.password_file} >> std::ws, password);
    check(natsOptions_SetUserInfo(options, settings.user.c_str(), password.c_str()), "user");
  }
}

} // namespace

event_source::event_source(source_settings settings)
    : settings_(std::move(settings)), stream_("OUT_" + settings_.zone) {
  natsOptions* raw_options = nullptr;
  check(natsOptions_Create(&raw_options), "options");
  const std::unique_ptr<natsOptions, decltype(&natsOptions_Destroy)> options{raw_options,
                                                                             &natsOptions_Destroy};
  natsOptions_SetURL(raw_options, settings_.server.c_str());
  natsOptions_SetName(raw_options, settings_.consumer.c_str());
  natsOptions_SetMaxReconnect(raw_options, -1);
  natsOptions_SetReconnectWait(raw_options, milliseconds(reconnect_wait));
  // What was said before an outage is not said again after it: events come again by themselves.
  natsOptions_SetReconnectBufSize(raw_options, 0);
  set_login(raw_options, settings_);
  if (settings_.server.starts_with("tls://")) {
    natsOptions_SetSecure(raw_options, true); // The library would go on in clear.
  }
  natsConnection* connection = nullptr;
  // The URL may hold a login, which is for nobody to read.
  check(natsConnection_Connect(&connection, raw_options), "no connection to the server");
  connection_.reset(connection);

  // The same settings again are no change; others are an error that names them.
  const json config = {{"durable_name", settings_.consumer},
                       {"deliver_policy", "all"},
                       {"ack_policy", "explicit"},
                       {"ack_wait", nanoseconds(ack_wait)},
                       // For ever: it is for this program to give up, not for the server to skip.
                       {"max_deliver", -1},
                       {"max_ack_pending", unconfirmed_max},
                       {"filter_subject", settings_.filter},
                       {"replay_policy", "instant"}};
  const auto made =
      json::parse(ask("$JS.API.CONSUMER.DURABLE.CREATE." + stream_ + "." + settings_.consumer,
                      json{{"stream_name", stream_}, {"config", config}}.dump()));
  if (made.contains("error")) {
    throw std::runtime_error("no consumer " + settings_.consumer + " of " + stream_ + ": " +
                             made["error"].value("description", ""));
  }

  natsInbox* inbox = nullptr;
  check(natsInbox_Create(&inbox), "inbox");
  inbox_ = inbox;
  natsInbox_Destroy(inbox);
  natsSubscription* subscription = nullptr;
  check(natsConnection_SubscribeSync(&subscription, connection, inbox_.c_str()), "subscription");
  subscription_.reset(subscription);
}

std::string event_source::ask(const std::string& subject, const std::string& body, const char* id) {
  natsMsg* raw = nullptr;
  check(natsMsg_Create(&raw, subject.c_str(), nullptr, body.data(), static_cast<int>(body.size())),
        "message");
  const message_pointer question{raw};
  if (id != nullptr) {
    check(natsMsgHeader_Set(raw, "Nats-Msg-Id", id), "header");
  }
  natsMsg* reply = nullptr;
  check(natsConnection_RequestMsg(&reply, connection_.get(), raw, milliseconds(answer_within)),
        "no answer to " + subject);
  const message_pointer answer{reply};
  return {natsMsg_GetData(reply), static_cast<std::size_t>(natsMsg_GetDataLength(reply))};
}

/// natsSubscription_Fetch does the same, but before nats.c 3.9 it writes beyond its buffer.
void event_source::request_more() {
  const auto request =
      json{{"batch", request_events}, {"expires", nanoseconds(request_lasts)}}.dump();
  const auto subject = "$JS.API.CONSUMER.MSG.NEXT." + stream_ + "." + settings_.consumer;
  const auto sent =
      natsConnection_PublishRequest(connection_.get(), subject.c_str(), inbox_.c_str(),
                                    request.data(), static_cast<int>(request.size()));
  expected_ = sent == NATS_OK ? request_events : 0;
}

std::optional<delivered_event> event_source::next(std::chrono::milliseconds within) {
  const auto until = std::chrono::steady_clock::now() + within;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left <= 0ms) {
      return std::nullopt;
    }
    if (expected_ == 0) {
      request_more();
    }
    natsMsg* raw = nullptr;
    const auto wait = std::min<std::chrono::milliseconds>(left, request_lasts);
    if (natsSubscription_NextMsg(&raw, subscription_.get(), milliseconds(wait)) != NATS_OK) {
      expected_ = 0; // Old servers do not say that a request has expired.
      continue;
    }
    const message_pointer message{raw};
    if (!header_of(raw, "Status").empty()) {
      expected_ = 0; // The request is over: it expired, or the consumer or the leader changed.
      continue;
    }
    --expected_;
    const std::string reply = natsMsg_GetReply(raw) == nullptr ? "" : natsMsg_GetReply(raw);
    // $JS.ACK.stream.consumer.delivered.stream_sequence.consumer_sequence.time.pending
    return delivered_event{
        header_of(raw, "Nats-Msg-Id"),
        natsMsg_GetSubject(raw),
        {natsMsg_GetData(raw), static_cast<std::size_t>(natsMsg_GetDataLength(raw))},
        number_from_end(reply, 4),
        number_from_end(reply, 5),
        reply};
  }
}

/// An answer that gets lost leads to another delivery, and to nothing worse.
void event_source::answer(const delivered_event& event, const std::string& word) {
  (void)natsConnection_PublishString(connection_.get(), event.reply.c_str(), word.c_str());
}

void event_source::confirm(const delivered_event& event) { answer(event, "+ACK"); }

void event_source::postpone(const delivered_event& event, std::chrono::milliseconds by) {
  answer(event, "-NAK " + json{{"delay", nanoseconds(by)}}.dump());
}

void event_source::give_up(const delivered_event& event, const std::string& error,
                           const std::string& event_json) {
  const json letter = {{"id", event.id},
                       {"subject", event.subject},
                       {"sequence", event.sequence},
                       {"attempts", event.attempt},
                       {"error", error},
                       {"event", json::parse(event_json)}};
  const auto subject = root + ".dead." + settings_.consumer + "." + settings_.zone;
  const auto id = settings_.consumer + "/" + event.id;
  const auto stored = json::parse(ask(subject, letter.dump(), id.c_str()));
  if (stored.contains("error")) {
    throw std::runtime_error("stream DEAD takes nothing: " +
                             stored["error"].value("description", ""));
  }
  confirm(event);
}

} // namespace example
