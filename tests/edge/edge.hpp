#pragma once

#include "tests/ctl/support.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/live_zone.hpp"
#include "tests/integration/zone_client.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What reaches the product from outside: arguments, environment, credentials, sockets, processes
/// on the same directory, messages of strangers. After each step the same is asked of the rest.
namespace dispatch::edge {

using namespace integration;
using cli::exit_code;
using testing::ended;

/// The exit status of a child that ends within this time; nullopt when it goes on.
std::optional<int> status_within(nats::process_handle& child,
                                 std::chrono::milliseconds longest = soon);

/// The first event with the command's id, if it comes soon.
std::optional<event> outcome_soon(zone_client& client, const std::string& command_id);

/// The same for a command that is sent now.
std::optional<event> ask_soon(zone_client& client, const std::string& what,
                              const std::string& body = "{}", const command_headers& with = {});

/// dispatchctl on a server.
ended ctl(const std::string& server, std::vector<std::string> words);

/// What operators have decided, by name: the streams with their settings, and the entries of the
/// buckets. Not the contents of streams, nor heartbeats and claims.
using decisions = std::map<std::string, std::string>;
decisions decided_by_operators(const std::shared_ptr<nats::connection>& on);

/// What came, went and was changed, a line each.
std::string differences(const decisions& before, const decisions& after);

/// A running zone that nobody touches but these questions, and room for others beside it.
struct town {
  static constexpr auto untouched = "untouched";

  town();

  ended ctl(std::vector<std::string> words) const { return edge::ctl(where.url(), words); }

  /// A command to the untouched zone gets the outcome that it should have.
  bool answers();

  /// What /readyz says.
  bool is_ready() const;

  /// The untouched zone answers, and /readyz and doctor say the same, soon.
  void check_untouched();

  site where;
  std::optional<dispatchd> node;
  std::optional<zone_client> client; ///< of the untouched zone

private:
  int orders_ = 0;
};

} // namespace dispatch::edge
