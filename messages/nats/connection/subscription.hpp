#pragma once

#include "messages/result.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

// NOLINTBEGIN(bugprone-reserved-identifier): nats.c names them so.
struct __natsMsg;
struct __natsConnection;
// NOLINTEND(bugprone-reserved-identifier)

namespace dispatch::nats {

/// A message as it is received. Valid only while the handler runs.
class incoming {
public:
  explicit incoming(__natsMsg* message) : message_(message) {}

  std::string_view subject() const;
  std::string_view reply() const; ///< empty when none was given
  std::string_view body() const;
  std::string_view header(const char* name) const; ///< empty when absent

private:
  __natsMsg* message_;
};

/// Ends a subscription when it goes; its handler neither runs nor begins afterwards. Must not be
/// destroyed by its own handler, nor outlive its connection.
class subscription {
public:
  subscription();
  subscription(subscription&&) noexcept;
  subscription& operator=(subscription&&) noexcept;
  ~subscription();

private:
  friend class connection;
  static result<subscription> open(__natsConnection* on, const std::string& subject,
                                   std::function<void(const incoming&)> on_message);
  struct implementation;
  explicit subscription(std::unique_ptr<implementation> made);
  std::unique_ptr<implementation> implementation_;
};

} // namespace dispatch::nats
