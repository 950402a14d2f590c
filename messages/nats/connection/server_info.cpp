#include "messages/nats/connection/server_info.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <tuple>
#include <unistd.h>

namespace dispatch::nats {

namespace {

using clock = std::chrono::steady_clock;

class file_descriptor {
public:
  explicit file_descriptor(int number) : number_(number) {}
  file_descriptor(const file_descriptor&) = delete;
  file_descriptor& operator=(const file_descriptor&) = delete;
  ~file_descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  int number() const { return number_; }

private:
  int number_;
};

bool connect_socket(int socket, const addrinfo& to, clock::time_point deadline) {
  if (::connect(socket, to.ai_addr, to.ai_addrlen) == 0) {
    return true;
  }
  if (errno != EINPROGRESS || !wait_for(socket, POLLOUT, deadline)) {
    return false;
  }
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

result<server_info> parse_info(std::string_view line) {
  if (!line.starts_with("INFO ")) {
    return failure{"it does not speak the NATS protocol"};
  }
  const auto info = nlohmann::json::parse(line.substr(5), nullptr, false);
  if (!info.is_object()) {
    return failure{"its INFO line is not JSON"};
  }
  return server_info{.name = info.value("server_name", ""),
                     .version = info.value("version", ""),
                     .jetstream = info.value("jetstream", false),
                     .tls_required = info.value("tls_required", false)};
}

result<server_info> read_info_line(int socket, clock::time_point deadline) {
  std::string line;
  std::array<char, 4096> buffer{};
  while (line.size() < 64 * 1024) {
    if (!wait_for(socket, POLLIN, deadline)) {
      return failure{"no INFO line came in time"};
    }
    const auto count = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (count <= 0) {
      return failure{"it closed the connection"};
    }
    line.append(buffer.data(), static_cast<std::size_t>(count));
    if (const auto end = line.find("\r\n"); end != std::string::npos) {
      return parse_info(std::string_view(line).substr(0, end));
    }
  }
  return failure{"its INFO line is too long"};
}

} // namespace

std::vector<server_address> parse_urls(std::string_view urls) {
  std::vector<server_address> found;
  while (!urls.empty()) {
    const auto comma = urls.find(',');
    auto url = urls.substr(0, comma);
    urls = comma == std::string_view::npos ? std::string_view{} : urls.substr(comma + 1);
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos) {
      url.remove_prefix(scheme + 3);
    }
    if (const auto user = url.rfind('@'); user != std::string_view::npos) {
      url.remove_prefix(user + 1);
    }
    url = url.substr(0, url.find('/'));
    if (url.empty()) {
      continue;
    }
    const auto bracket = url.rfind(']');
    const auto colon = url.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    auto host = url.substr(0, has_port ? colon : url.size());
    if (host.starts_with('[') && host.ends_with(']')) {
      host = host.substr(1, host.size() - 2);
    }
    found.push_back({.host = std::string(host),
                     .port = has_port ? std::string(url.substr(colon + 1)) : "4222"});
  }
  return found;
}

namespace {

/// Behind the last `scheme://` that begins a URL; 0 when there is none.
std::size_t end_of_last_scheme(std::string_view urls) {
  constexpr std::string_view mark = "://";
  for (auto at = urls.rfind(mark); at != std::string_view::npos && at > 0;
       at = urls.rfind(mark, at - 1)) {
    const auto begin = urls.find_last_not_of("abcdefghijklmnopqrstuvwxyz", at - 1);
    if (begin == std::string_view::npos || urls[begin] == ',') {
      return at + mark.size();
    }
  }
  return 0;
}

} // namespace

std::string without_logins(std::string_view urls) {
  std::string shown;
  for (bool is_first = true;; is_first = false) {
    const auto at = urls.find('@');
    if (at == std::string_view::npos) {
      return shown.append(urls);
    }
    const auto before = urls.substr(0, at);
    const auto scheme = end_of_last_scheme(before);
    // Behind the address before, when the URL has no scheme.
    const auto comma = is_first ? std::string_view::npos : before.find(',');
    const auto kept = scheme > 0 ? scheme : comma != std::string_view::npos ? comma + 1 : 0;
    shown.append(before.substr(0, kept));
    urls.remove_prefix(at + 1);
  }
}

bool asks_for_tls(std::string_view urls) {
  constexpr std::string_view scheme = "tls://";
  return urls.starts_with(scheme) || urls.find(",tls://") != std::string_view::npos;
}

result<server_info> read_server_info(const server_address& at, std::chrono::milliseconds timeout,
                                     const own_certificate& own) {
  const auto where = "NATS server " + at.host + ":" + at.port + ": ";
  const auto deadline = clock::now() + timeout;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(at.host.c_str(), at.port.c_str(), &hints, &list);
      error != 0) {
    return failure{where + ::gai_strerror(error)};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(list, &::freeaddrinfo);
  for (const auto* to = list; to != nullptr; to = to->ai_next) {
    const file_descriptor socket(
        ::socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol));
    if (socket.number() < 0 || !connect_socket(socket.number(), *to, deadline)) {
      continue;
    }
    auto info = read_info_line(socket.number(), deadline);
    if (!info) {
      return failure{where + info.error().what};
    }
    if (info->tls_required) {
      shake_hands(socket.number(), own, deadline);
    }
    return info;
  }
  return failure{where + "cannot connect; is it running, and is the address right?"};
}

namespace {

std::optional<std::tuple<int, int, int>> parse_version(const std::string& text) {
  int major = 0, minor = 0, patch = 0;
  if (std::sscanf(text.c_str(), "%d.%d.%d", &major, &minor, &patch) != 3) {
    return std::nullopt;
  }
  return std::tuple(major, minor, patch);
}

} // namespace

std::optional<std::string> refusal_of_version(std::string_view version) {
  const std::string text(version);
  const auto parsed = parse_version(text);
  if (!parsed) {
    return "nats-server version '" + text + "' is not understood";
  }
  const auto number = *parsed;
  if (number < std::tuple(2, 9, 0)) {
    return "nats-server " + text + " is too old; use 2.9.10 or newer";
  }
  if (number == std::tuple(2, 10, 19)) {
    return "nats-server " + text +
           " accepts publishes whose expected sequence is wrong; use 2.10.27 or newer";
  }
  if (number > std::tuple(2, 10, 19) && number <= std::tuple(2, 10, 22)) {
    return "nats-server " + text +
           " can lose a whole stream when it is killed; use 2.10.27 or newer";
  }
  return std::nullopt;
}

std::optional<std::string> refusal_to_trim(std::string_view version, int replicas) {
  const auto number = parse_version(std::string(version));
  if (replicas > 1 && (!number || *number < std::tuple(2, 9, 18))) {
    return "nats-server " + std::string(version) +
           " can lose records when it trims a replicated stream; use 2.10.27 or newer";
  }
  return std::nullopt;
}

} // namespace dispatch::nats
