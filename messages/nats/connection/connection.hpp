#pragma once

#include "messages/nats/connection/publish_ack.hpp"
#include "messages/nats/connection/subscription.hpp"
#include "messages/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace dispatch::nats {

/// Below it is where who asks waits for answers, unless permissions want another place.
inline constexpr std::string_view common_inboxes = "_INBOX";

struct connection_settings {
  std::string url = "nats://127.0.0.1:4222"; ///< or several, separated by commas
  std::string name = "dispatch";             ///< as the server's monitoring shows it
  std::string inbox_prefix{common_inboxes};  ///< answers come below it; permissions need it
  std::string credentials_file;              ///< JWT and seed; may be empty
  std::string nkey_seed;                     ///< instead, of a user without a JWT
  std::string user;                          ///< instead, with the password
  std::string password;
  std::string token;       ///< instead
  std::string tls_ca_file; ///< TLS is used when one of the three is given, or a tls:// URL
  std::string tls_certificate_file;
  std::string tls_key_file;

  /// Writes every publish to the socket at once, instead of gathering for at most a millisecond.
  bool send_at_once = false;

  /// Handlers of all such connections of a process share two threads, instead of a thread for each
  /// subscription. They must not wait: a request, a subscription or a flush of theirs is refused.
  /// They must not end a subscription either.
  bool shared_delivery = false;

  /// Told, for people, what happens to the connection. Called from any thread; may be empty.
  std::function<void(std::string_view)> notice = {};
};

/// Whether a connection could not be opened because the server does not know the user, or another
/// password.
bool is_login_refused(const failure& of);

/// Whether a request failed because nobody serves its subject.
bool is_unserved(const failure& of);

/// Name and value end with a zero and hold no line break. Names are case-sensitive.
struct header {
  const char* name;
  const char* value;
};

/// Of somebody who waits for an answer.
struct question {
  std::string subject;
  std::string body;
  std::function<void(std::string_view)> answer; ///< to be called once, from any thread
};

/// A connection to NATS that reconnects for ever and never sends again what was published while
/// it was down. All members may be called from any thread. Handlers of a subscription run one at
/// a time.
class connection : public std::enable_shared_from_this<connection> {
public:
  using handler = std::function<void(const incoming&)>;
  using continuation = std::function<void(result<std::string>)>;

  /// Connects. Fails when no server answers, when the server has no TLS although one was asked for,
  /// and when its version is one that loses data. No failure holds a secret.
  static result<std::shared_ptr<connection>> open(connection_settings settings);

  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection();

  bool connected() const;

  /// What the server last refused for want of a permission, in its words, which name the subject;
  /// empty: nothing. Comes a little later than the publish or subscription.
  std::string refused_permission() const;

  /// Of the server that was connected to first.
  const std::string& server_version() const;

  /// A subject for answers that nobody else uses.
  std::string new_inbox();

  /// Hands a message to the connection; it may still get lost. Fails when disconnected.
  status publish(const char* subject, const char* reply, std::span<const header> headers,
                 std::string_view body);

  /// Writes what publishes have gathered to the socket at once. Waits until the server has read it,
  /// at most for `timeout`. Whether a publish was stored, only its answer tells.
  void flush(std::chrono::milliseconds timeout);

  /// Sends a request and waits for the answer. Fails when nobody serves the subject.
  result<std::string> request(const std::string& subject, std::string_view body,
                              std::chrono::milliseconds timeout);

  /// Sends a request. `done` is called exactly once, from any thread, possibly before this
  /// returns, with the answer or why there is none; a lost connection ends the wait.
  void request_async(const char* subject, std::span<const header> headers, std::string_view body,
                     std::chrono::milliseconds timeout, continuation done);

  /// Publishes to a stream and waits for its answer. After a failure it may or may not be stored.
  result<publish_ack> publish_stored(const std::string& subject, std::span<const header> headers,
                                     std::string_view body, std::chrono::milliseconds timeout);

  /// Effective when it returns, if connected; survives reconnects. Handlers must return quickly:
  /// what waits for them is bounded.
  result<subscription> subscribe(const std::string& subject, handler on_message);

  /// Takes in requests; the subject may have wildcards. Only who waits for the answer below
  /// `common_inboxes` is heard: to any other subject it would be published with the rights of who
  /// answers. Of the first of the others, and of each answer that cannot be sent, `notice` is told.
  result<subscription> serve(const std::string& subject, std::function<void(question)> on_question);

  /// Tells when the connection is lost (false) and found again (true), until the returned handle
  /// goes; afterwards no call begins or runs. The handle must not be dropped by the call.
  [[nodiscard]] std::shared_ptr<void> watch(std::function<void(bool connected)> on_change);

private:
  connection();
  struct implementation;
  std::unique_ptr<implementation> implementation_;
};

} // namespace dispatch::nats
