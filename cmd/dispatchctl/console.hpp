#pragma once

#include <iosfwd>

namespace dispatch::ctl {

/// Where people and pipes are: data goes to `out`, talk to `err`.
struct console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool can_ask = false; ///< somebody at a terminal answers on `in`
};

} // namespace dispatch::ctl
