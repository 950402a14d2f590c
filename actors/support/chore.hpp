#pragma once

#include "messages/result.hpp"

namespace dispatch {

/// What is done for a zone beside its owner and on another thread, round after round.
class chore {
public:
  virtual ~chore() = default;

  /// Does what is due. Blocks for as long as that takes; from one thread at a time. After a failure
  /// the next round tries again.
  virtual status go_round() = 0;

  /// Lets a round end soon. Any thread.
  virtual void stop() = 0;
};

} // namespace dispatch
