#include "tests/nemesis/proxy.hpp"

#include <arpa/inet.h>
#include <array>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace dispatch::nemesis {

namespace {

constexpr std::size_t read_bytes_max = std::size_t{64} << 10;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void make_non_blocking(const nats::descriptor& socket) {
  ::fcntl(socket.number(), F_SETFL, ::fcntl(socket.number(), F_GETFL) | O_NONBLOCK);
}

/// Reads what is there; false at the end.
bool read_into(std::string& bytes, int socket) {
  std::array<char, read_bytes_max> part{};
  const auto size = ::recv(socket, part.data(), part.size(), 0);
  if (size > 0) {
    bytes.append(part.data(), static_cast<std::size_t>(size));
  }
  return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
}

/// Writes what is taken; false when nobody takes it.
bool write_from(std::string& bytes, int socket) {
  const auto size = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (size > 0) {
    bytes.erase(0, static_cast<std::size_t>(size));
  }
  return size >= 0 || errno == EAGAIN || errno == EINTR;
}

} // namespace

proxy::proxy(std::uint16_t server_port)
    : server_port_(server_port), wake_event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  auto address = loopback(0);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.number(), any, size) != 0 || ::listen(listener_.number(), SOMAXCONN) != 0 ||
      ::getsockname(listener_.number(), any, &size) != 0) {
    throw std::runtime_error("a proxy cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread{[this] { run(); }};
}

proxy::~proxy() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  wake();
  thread_.join();
}

void proxy::hold(held which) {
  {
    const std::scoped_lock lock{mutex_};
    held_ = which;
  }
  wake();
}

void proxy::rewrite(std::vector<replacement> what) {
  const std::scoped_lock lock{mutex_};
  replacements_ = std::move(what);
}

/// A text that arrives in two parts is passed on: whoever sent it says it again.
void proxy::rewrite_in(std::string& bytes) const {
  for (const auto& [from, to] : replacements_) {
    for (auto at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at)) {
      bytes.replace(at, from.size(), to);
    }
  }
}

void proxy::drop() {
  {
    const std::scoped_lock lock{mutex_};
    drop_due_ = true;
  }
  wake();
}

std::size_t proxy::held_bytes() const {
  const std::scoped_lock lock{mutex_};
  std::size_t sum = 0;
  for (const auto& each : links_) {
    sum += (held_.to_server ? each.to_server.bytes.size() : 0) +
           (held_.to_node ? each.to_node.bytes.size() : 0);
  }
  return sum;
}

void proxy::wake() {
  const std::uint64_t one = 1;
  // Cannot fail: the counter of the event is far from its maximum.
  (void)!::write(wake_event_.number(), &one, sizeof one);
}

void proxy::accept_one() {
  nats::descriptor node(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
  if (node.number() < 0) {
    return;
  }
  nats::descriptor server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = loopback(server_port_);
  if (::connect(server.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
      0) {
    return;
  }
  make_non_blocking(node);
  make_non_blocking(server);
  links_.push_back({std::move(node), std::move(server), {}, {}});
}

/// A side that has gone ends the connection, once all that it sent is delivered.
bool proxy::goes_on(const link& each) {
  const auto due = [](const flow& of) { return !of.broken && !of.bytes.empty(); };
  const auto over = [&](const flow& of) { return of.broken || (of.ended && !due(of)); };
  return due(each.to_server) || due(each.to_node) || (!over(each.to_server) && !over(each.to_node));
}

void proxy::run() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    if (drop_due_) {
      links_.clear();
      drop_due_ = false;
    }
    // What neither reads nor writes is left out: its hang-up would be told for ever.
    const auto watch = [](const nats::descriptor& socket, const flow& in, const flow& out,
                          bool out_held) {
      const auto events = (in.ended ? 0 : POLLIN) | (out.bytes.empty() || out_held ? 0 : POLLOUT);
      return pollfd{.fd = events == 0 ? -1 : socket.number(),
                    .events = static_cast<short>(events),
                    .revents = 0};
    };
    std::vector<pollfd> waiting{{wake_event_.number(), POLLIN, 0}, {listener_.number(), POLLIN, 0}};
    for (const auto& each : links_) {
      waiting.push_back(watch(each.node, each.to_server, each.to_node, held_.to_node));
      waiting.push_back(watch(each.server, each.to_node, each.to_server, held_.to_server));
    }
    lock.unlock();
    ::poll(waiting.data(), waiting.size(), -1);
    lock.lock();
    std::uint64_t count = 0;
    (void)!::read(wake_event_.number(), &count, sizeof count);
    const auto serve = [](const pollfd& seen, flow& in, flow& out, bool out_held) {
      if ((seen.events & POLLIN) != 0 && (seen.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
        in.ended = !read_into(in.bytes, seen.fd);
      }
      if ((seen.events & POLLOUT) != 0 && (seen.revents & (POLLOUT | POLLHUP | POLLERR)) != 0 &&
          !out_held) {
        out.broken = !write_from(out.bytes, seen.fd);
      }
    };
    std::size_t next = 2;
    for (auto& each : links_) {
      serve(waiting[next++], each.to_server, each.to_node, held_.to_node);
      rewrite_in(each.to_server.bytes);
      serve(waiting[next++], each.to_node, each.to_server, held_.to_server);
    }
    std::erase_if(links_, [](const link& each) { return !goes_on(each); });
    if ((waiting[1].revents & POLLIN) != 0) {
      accept_one();
    }
  }
}

} // namespace dispatch::nemesis
