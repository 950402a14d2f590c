#pragma once

#include "actors/protocol.hpp"
#include "messages/result.hpp"

#include <optional>
#include <string>
#include <utility>

namespace dispatch {

/// Why a zone could not be opened, or its log not be followed.
struct opening_failure {
  std::string cause;
  bool permanent = false; ///< trying again cannot help
  cure by = cure::person; ///< of a permanent one
};

/// nullopt: no failure.
using opening_outcome = std::optional<opening_failure>;

inline opening_failure passing(const failure& error) { return {error.what, false, cure::person}; }
inline opening_failure permanent(std::string cause) {
  return {std::move(cause), true, cure::person};
}
/// The store cannot be read or written: opened anew, or by another node, the zone may work.
inline opening_failure of_store(const failure& error) {
  return {error.what, true, cure::reopening};
}

} // namespace dispatch
