#pragma once

#include "messages/memory/streams.hpp"

namespace dispatch::memory {

/// Announces a call on a port; false when the process is gone.
inline bool begin(const connection& by, connection::call what) {
  if (by.before_call) {
    by.before_call(what);
  }
  return by.up;
}

inline const failure gone{"the process is gone"};

} // namespace dispatch::memory
