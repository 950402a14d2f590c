#pragma once

#include "messages/entities/place.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace dispatch::testing {

/// A routing engine that speaks OSRM's service `table` over HTTP, on a free port of the loopback
/// interface. Its roads are what the test says.
class osrm_server {
public:
  /// Seconds from one place to another with a profile such as `driving`; nullopt: no road.
  using roads = std::function<std::optional<double>(const std::string& profile, const place& from,
                                                    const place& to)>;

  enum class mood : std::uint8_t {
    answers,
    is_slow,        ///< does not answer as long as it is
    fails,          ///< 500
    refuses,        ///< `InvalidQuery`
    is_lost,        ///< `NoSegment`
    talks_nonsense, ///< what is no JSON
    truncates,      ///< a table without its last row
    cuts_off,       ///< half the body
    floods,         ///< more than anybody wants to read
  };

  /// Straight roads.
  osrm_server();
  ~osrm_server();

  /// Such as `http://127.0.0.1:41234`.
  std::string url() const;

  void be(mood how);
  void lay(roads how);

  /// Requests and connections so far.
  std::size_t requests() const;
  std::size_t connections() const;

  /// Waits for so many requests in all; false when they do not come within 10 s.
  bool await_requests(std::size_t count) const;

  /// Path and query of the last request.
  std::string last_request() const;

  /// On a straight road, at 10 m/s.
  static double straight(const place& from, const place& to);

private:
  struct implementation;
  std::unique_ptr<implementation> implementation_;
};

} // namespace dispatch::testing
