#pragma once

#include "messages/result.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace dispatch::cli {

/// With which every program of the product ends.
enum class exit_code : int {
  done = 0,
  failed = 1,
  usage = 2,         ///< wrong arguments or configuration
  not_found = 3,     ///< no such zone, order, rider or station
  conflict = 4,      ///< exists with other settings, or is in a state in which it is not possible
  unavailable = 5,   ///< nobody answers, timeout, disconnected
  not_permitted = 6, ///< by the server's permissions or by the zone's rules
  partial = 7,       ///< some items failed; details are on stderr
  interrupted = 130, ///< by a signal of the terminal
};

/// Of the `code` in an error reply, which follows HTTP.
constexpr exit_code exit_code_of(int error_code) {
  switch (error_code) {
  case 400:
    return exit_code::usage;
  case 403:
    return exit_code::not_permitted;
  case 404:
    return exit_code::not_found;
  case 409:
    return exit_code::conflict;
  case 503:
    return exit_code::unavailable;
  default:
    return exit_code::failed;
  }
}

/// Ends a program with words for people. Thrown where nothing above could do anything else about
/// it: by the verbs of a command line, never by libraries.
class stop : public std::runtime_error {
public:
  stop(exit_code code, const std::string& what) : std::runtime_error(what), code_(code) {}

  exit_code code() const { return code_; }

private:
  exit_code code_;
};

/// The value; without one the program ends with this code.
template <class T> T value_or_stop(result<T> from, exit_code otherwise) {
  if (!from) {
    throw stop(otherwise, from.error().what);
  }
  return std::move(*from);
}

} // namespace dispatch::cli
