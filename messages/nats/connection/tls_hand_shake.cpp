#include "messages/nats/connection/tls_hand_shake.hpp"

#include <openssl/ssl.h>

#include <array>
#include <csignal>
#include <ctime>
#include <memory>
#include <poll.h>
#include <sys/socket.h>

namespace dispatch::nats {

namespace {

using clock = std::chrono::steady_clock;
using context_pointer = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using session_pointer = std::unique_ptr<SSL, decltype(&SSL_free)>;

/// OpenSSL writes in a way that lets a signal end the process when the other end has gone.
class pipe_signal_held {
public:
  pipe_signal_held() {
    sigemptyset(&held_);
    sigaddset(&held_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &held_, &before_);
  }
  pipe_signal_held(const pipe_signal_held&) = delete;
  pipe_signal_held& operator=(const pipe_signal_held&) = delete;
  ~pipe_signal_held() {
    const timespec at_once{};
    while (sigismember(&before_, SIGPIPE) == 0 && sigtimedwait(&held_, nullptr, &at_once) > 0) {
      continue;
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

private:
  sigset_t held_{};
  sigset_t before_{};
};

bool connect_session(SSL* session, int socket, clock::time_point deadline) {
  for (;;) {
    const int done = SSL_connect(session);
    if (done == 1) {
      return true;
    }
    const int wanted = SSL_get_error(session, done);
    if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) {
      return false;
    }
    if (!wait_for(socket, wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) {
      return false;
    }
  }
}

/// Until the server hangs up: a close with bytes unread would reset the connection.
void read_to_end(int socket, clock::time_point deadline) {
  std::array<char, 4096> ignored{};
  while (wait_for(socket, POLLIN, deadline)) {
    if (::recv(socket, ignored.data(), ignored.size(), 0) <= 0) {
      return;
    }
  }
}

} // namespace

bool wait_for(int socket, short events, std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now()).count();
  pollfd waiting{.fd = socket, .events = events, .revents = 0};
  return left > 0 && ::poll(&waiting, 1, static_cast<int>(left)) == 1;
}

void shake_hands(int socket, const own_certificate& own,
                 std::chrono::steady_clock::time_point deadline) {
  const pipe_signal_held held;
  const context_pointer context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (!context) {
    return;
  }
  if (!own.certificate_file.empty()) {
    SSL_CTX_use_certificate_chain_file(context.get(), own.certificate_file.c_str());
    SSL_CTX_use_PrivateKey_file(context.get(), own.key_file.c_str(), SSL_FILETYPE_PEM);
  }
  const session_pointer session(SSL_new(context.get()), &SSL_free);
  if (!session || SSL_set_fd(session.get(), socket) != 1) {
    return;
  }
  if (connect_session(session.get(), socket, deadline)) {
    SSL_shutdown(session.get());
    ::shutdown(socket, SHUT_WR);
    read_to_end(socket, deadline);
  }
}

} // namespace dispatch::nats
