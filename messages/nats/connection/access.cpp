#include "messages/nats/connection/access.hpp"

#include "messages/nats/connection/nkey.hpp"
#include "messages/nats/connection/server_info.hpp"

#include <nats/nats.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch::nats {

namespace {

using namespace std::chrono_literals;

constexpr auto ping_interval = 2s;
constexpr int pings_out_max = 2;
constexpr auto reconnect_wait = 250ms;
constexpr auto reconnect_jitter = 500ms;
constexpr int io_buffer_bytes = 256 * 1024;

std::int64_t in_ms(std::chrono::milliseconds span) { return span.count(); }

constexpr std::string_view login_refused = "the NATS server refuses the login";

natsStatus sign(char** /*error*/, unsigned char** signature, int* size, const char* nonce,
                void* settings) {
  const auto& seed = static_cast<const connection_settings*>(settings)->nkey_seed;
  return nats_Sign(seed.c_str(), nonce, signature, size);
}

/// The library's detail, unless it may hold a login.
std::string detail_of(natsStatus code) {
  const char* detail = nats_GetLastError(nullptr);
  std::string text = natsStatus_GetText(code);
  if (detail != nullptr && without_logins(detail) == detail) {
    text.append(" (").append(detail).append(")");
  }
  return text;
}

/// The servers, the times and the buffers.
status set_habits(natsOptions* options, const connection_settings& settings) {
  std::vector<std::string> urls;
  for (std::string_view rest = settings.url; !rest.empty();) {
    const auto comma = rest.find(',');
    urls.emplace_back(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  std::vector<const char*> servers;
  servers.reserve(urls.size());
  for (const auto& url : urls) {
    servers.push_back(url.c_str());
  }
  for (const auto code : {
           natsOptions_SetServers(options, servers.data(), static_cast<int>(servers.size())),
           natsOptions_SetName(options, settings.name.c_str()),
           natsOptions_SetTimeout(options, in_ms(connect_timeout)),
           natsOptions_SetMaxReconnect(options, -1),
           natsOptions_SetReconnectWait(options, in_ms(reconnect_wait)),
           natsOptions_SetReconnectJitter(options, in_ms(reconnect_jitter),
                                          in_ms(reconnect_jitter)),
           natsOptions_SetReconnectBufSize(options, 0),
           natsOptions_SetPingInterval(options, in_ms(ping_interval)),
           natsOptions_SetMaxPingsOut(options, pings_out_max),
           natsOptions_SetWriteDeadline(options, in_ms(write_deadline)),
           natsOptions_SetFailRequestsOnDisconnect(options, true),
           natsOptions_SetCustomInboxPrefix(options, settings.inbox_prefix.c_str()),
           natsOptions_SetIOBufSize(options, io_buffer_bytes),
           natsOptions_SetSendAsap(options, settings.send_at_once),
           natsOptions_UseGlobalMessageDelivery(options, settings.shared_delivery),
       }) {
    if (code != NATS_OK) {
      return failure{"cannot prepare a connection to NATS: " + detail_of(code)};
    }
  }
  return nothing{};
}

status set_login(natsOptions* options, const connection_settings& s) {
  auto code = NATS_OK;
  if (!s.credentials_file.empty()) {
    code = natsOptions_SetUserCredentialsFromFiles(options, s.credentials_file.c_str(), nullptr);
  } else if (!s.nkey_seed.empty()) {
    const auto name = public_nkey(s.nkey_seed);
    if (!name) {
      return name.error();
    }
    code = natsOptions_SetNKey(options, name->c_str(), &sign,
                               const_cast<connection_settings*>(&s)); // which `sign` only reads
  } else if (!s.token.empty()) {
    code = natsOptions_SetToken(options, s.token.c_str());
  } else if (!s.user.empty()) {
    code = natsOptions_SetUserInfo(options, s.user.c_str(), s.password.c_str());
  }
  return code == NATS_OK ? status{nothing{}}
                         : failure{"the login cannot be used: " + detail_of(code)};
}

status set_tls(natsOptions* options, const connection_settings& s) {
  if (!s.tls_ca_file.empty()) {
    const auto code = natsOptions_LoadCATrustedCertificates(options, s.tls_ca_file.c_str());
    if (code != NATS_OK) {
      return failure{"cannot load " + s.tls_ca_file + ": " + detail_of(code)};
    }
  }
  if (!s.tls_certificate_file.empty()) {
    const auto code = natsOptions_LoadCertificatesChain(options, s.tls_certificate_file.c_str(),
                                                        s.tls_key_file.c_str());
    if (code != NATS_OK) {
      return failure{"cannot load " + s.tls_certificate_file + ": " + detail_of(code)};
    }
  }
  if (s.tls_ca_file.empty() && s.tls_certificate_file.empty() && !asks_for_tls(s.url)) {
    return nothing{};
  }
  const auto code = natsOptions_SetSecure(options, true);
  return code == NATS_OK ? status{nothing{}} : failure{"cannot use TLS: " + detail_of(code)};
}

} // namespace

status set_access(natsOptions* options, const connection_settings& settings) {
  auto done = set_habits(options, settings);
  if (done) {
    done = set_login(options, settings);
  }
  return done ? set_tls(options, settings) : done;
}

failure refused_access(int code, const connection_settings& settings) {
  const auto where = " at " + without_logins(settings.url);
  switch (code) {
  case NATS_CONNECTION_AUTH_FAILED:
    return {std::string(login_refused) + where +
            ": check the user and the password, or the credentials, nkey or token"};
  case NATS_SECURE_CONNECTION_WANTED:
    return {"the NATS server" + where + " has no TLS, which was asked for"};
  default:
    return {"cannot connect to NATS" + where + ": " + detail_of(static_cast<natsStatus>(code))};
  }
}

bool is_login_refused(const failure& of) { return of.what.starts_with(login_refused); }

} // namespace dispatch::nats
