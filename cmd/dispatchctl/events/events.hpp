#pragma once

#include "cmd/dispatchctl/events/announced.hpp"
#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace dispatch::ctl {

/// Prints events as they come, so in lines of their own: no column waits for the widest cell.
class event_printer {
public:
  explicit event_printer(session& session) : with_(session) {}
  void print(const announced& message);

private:
  session& with_;
};

/// Show the zone's newest events, or all from some point on.
struct events_tail {
  std::string kind;
  std::string id;
  bool from_start = false;
  std::optional<std::uint64_t> since_sequence;
  std::optional<std::size_t> limit;
  bool follow = false;

  bool operator==(const events_tail&) const = default;
};

void describe(CLI::App& verb, events_tail& asked);
void run(const events_tail& asked, session& session);

} // namespace dispatch::ctl
