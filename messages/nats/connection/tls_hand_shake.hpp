#pragma once

#include <chrono>
#include <string>

namespace dispatch::nats {

/// A certificate of one's own and its key, as PEM files; empty: none.
struct own_certificate {
  std::string certificate_file;
  std::string key_file;
};

/// Waits for events of poll(2) at a socket. Tells whether one came in time.
bool wait_for(int socket, short events, std::chrono::steady_clock::time_point deadline);

/// Carries out the TLS hand-shake that the server at the other end of a connected, non-blocking
/// socket waits for, and ends the session: a server notes as an error when somebody leaves before.
/// Nothing is sent and nobody is verified. What fails is left alone.
void shake_hands(int socket, const own_certificate& own,
                 std::chrono::steady_clock::time_point deadline);

} // namespace dispatch::nats
