#pragma once

#include "cmd/dispatchctl/events/announced.hpp"
#include "cmd/dispatchctl/session.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

namespace dispatch::ctl {

/// A part of a zone's output stream that is kept.
struct kept_part {
  std::string zone;
  std::string filter;
  std::uint64_t first = 1; ///< sequence of the oldest message kept
  std::uint64_t last = 0;  ///< of the newest that the filter picks; before `first`: none
};

kept_part kept(session& session, const std::string& zone, const std::string& filter);

/// Visits what is kept behind `after`, until `visit` returns false.
void visit_kept(session& session, const kept_part& part, std::uint64_t after,
                const std::function<bool(const announced&)>& visit);

/// The newest ones, oldest first.
std::deque<announced> newest_kept(session& session, const kept_part& part, std::size_t count);

} // namespace dispatch::ctl
