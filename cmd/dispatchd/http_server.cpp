#include "cmd/dispatchd/http_server.hpp"

#include <civetweb.h>

#include <array>
#include <utility>
#include <vector>

namespace dispatch::daemon {

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

  static int answer(mg_connection* connection, void* reply_of_path) {
    const auto& reply_of = *static_cast<std::function<http_reply()>*>(reply_of_path);
    const auto reply = reply_of();
    mg_printf(connection,
              "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
              "Connection: close\r\n\r\n",
              reply.code, mg_get_response_code_text(connection, reply.code),
              reply.content_type.c_str(), reply.body.size());
    mg_write(connection, reply.body.data(), reply.body.size());
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
  const std::array<const char*, 5> settings = {"listening_ports", address.c_str(), "num_threads",
                                               "2", nullptr};
  const mg_callbacks callbacks{};
  made->context = mg_start(&callbacks, nullptr, const_cast<const char**>(settings.data()));
  if (made->context == nullptr) {
    return failure{"cannot listen on " + address + " for HTTP: choose another with --http"};
  }
  mg_server_port listening{};
  if (mg_get_server_ports(made->context, 1, &listening) == 1) {
    made->port = listening.port;
  }
  for (auto& [path, reply_of] : made->paths) {
    mg_set_request_handler(made->context, path.c_str(), implementation::answer, &reply_of);
  }
  return std::unique_ptr<http_server>{new http_server{std::move(made)}};
}

std::string http_server::address() const {
  return implementation_->host + ":" + std::to_string(implementation_->port);
}

} // namespace dispatch::daemon
