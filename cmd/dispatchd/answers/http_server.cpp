#include "cmd/dispatchd/answers/http_server.hpp"

#include <civetweb.h>

#include <array>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

namespace dispatch::daemon {

namespace {

/// One thread per connection; what is beyond them waits, in a queue that is bounded, too.
constexpr std::array<std::array<const char*, 2>, 6> fixed_settings{{
    {"num_threads", "16"},
    {"connection_queue", "32"},
    {"listen_backlog", "64"},
    {"request_timeout_ms", "200"},
    {"max_request_size", "8192"},
    {"enable_keep_alive", "no"},
}};

} // namespace

struct http_server::implementation {
  std::string host;
  handlers paths;
  mg_context* context = nullptr;
  int port = 0;

  ~implementation() {
    if (context != nullptr) {
      mg_stop(context);
    }
  }

  http_reply reply_to(const mg_request_info& request) const try {
    const auto path = paths.find(request.local_uri_raw == nullptr ? "" : request.local_uri_raw);
    if (path == paths.end()) {
      return {404, "text/plain", "there is no such page\n"};
    }
    const std::string_view method = request.request_method;
    return method == "GET" || method == "HEAD"
               ? path->second()
               : http_reply{405, "text/plain", "only GET and HEAD are answered\n"};
  } catch (const std::exception& error) {
    return {500, "text/plain", error.what()}; // Nothing may be thrown through the library.
  }

  static int answer(mg_connection* connection) {
    const auto& request = *mg_get_request_info(connection);
    const auto reply = static_cast<const implementation*>(request.user_data)->reply_to(request);
    mg_printf(connection,
              "HTTP/1.1 %d %s\r\n%sContent-Type: %s\r\nContent-Length: %zu\r\n"
              "Connection: close\r\n\r\n",
              reply.code, mg_get_response_code_text(connection, reply.code),
              reply.code == 405 ? "Allow: GET, HEAD\r\n" : "", reply.content_type.c_str(),
              reply.body.size());
    if (request.request_method != std::string_view{"HEAD"}) {
      mg_write(connection, reply.body.data(), reply.body.size());
    }
    return reply.code;
  }
};

http_server::http_server(std::unique_ptr<implementation> made) : implementation_(std::move(made)) {}

http_server::~http_server() = default;

result<std::unique_ptr<http_server>> http_server::start(const std::string& address,
                                                        handlers paths) {
  auto made = std::make_unique<implementation>();
  made->host = address.substr(0, address.rfind(':'));
  made->paths = std::move(paths);
  std::vector<const char*> settings{"listening_ports", address.c_str()};
  for (const auto& [name, value] : fixed_settings) {
    settings.insert(settings.end(), {name, value});
  }
  settings.push_back(nullptr);
  mg_callbacks callbacks{};
  callbacks.begin_request = implementation::answer;
  made->context = mg_start(&callbacks, made.get(), settings.data());
  if (made->context == nullptr) {
    return failure{"cannot listen on " + address + " for HTTP: choose another with --http"};
  }
  mg_server_port listening{};
  if (mg_get_server_ports(made->context, 1, &listening) == 1) {
    made->port = listening.port;
  }
  return std::unique_ptr<http_server>{new http_server{std::move(made)}};
}

std::string http_server::address() const {
  return implementation_->host + ":" + std::to_string(implementation_->port);
}

} // namespace dispatch::daemon
