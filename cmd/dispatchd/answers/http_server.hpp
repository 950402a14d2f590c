#pragma once

#include "messages/result.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace dispatch::daemon {

struct http_reply {
  int code = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

/// Answers GET and HEAD requests of fixed paths on threads of its own. A request that is not
/// complete within 200 ms is dropped, and so is an answer of which nothing is taken for that long.
/// Who is behind 16 such requests waits as long.
class http_server {
public:
  using handlers = std::map<std::string, std::function<http_reply()>>;

  /// Listens on `host:port`; port 0 is a free one. Fails when the address cannot be used.
  static result<std::unique_ptr<http_server>> start(const std::string& address, handlers paths);

  ~http_server();

  /// host:port, with the port that is used.
  std::string address() const;

private:
  struct implementation;
  explicit http_server(std::unique_ptr<implementation> made);
  std::unique_ptr<implementation> implementation_;
};

} // namespace dispatch::daemon
