#pragma once

#include "persistence/store.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

/// Commands that no process survives. The log shows that owners died again and again and got no
/// further in its input; then a zone decides one command at a time and notes in its store
/// which. A note that is found when the zone opens again names a suspect; the second time, it
/// becomes a dead letter instead of being decided once more.
namespace dispatch {

/// What the dead letter says of a command that killed too often.
constexpr auto process_died = "the process died while it was being decided";

/// How a zone that has just been opened goes on.
struct caution {
  std::size_t turns = 0;                    ///< to be run with one command each
  std::optional<attempted_command> suspect; ///< was being decided when a process ended
};

/// What to make of the newest records and of the note, in the store of a zone that has just been
/// opened by the record at `open`.
caution look_for_deaths(store& kept, const store_position& open);

/// The notes of a zone that is cautious.
class careful_attempts {
public:
  /// `warn`: a note could not be written.
  careful_attempts(std::shared_ptr<store> kept, std::function<void(const std::string&)> warn)
      : kept_(std::move(kept)), warn_(std::move(warn)) {}

  void begin(caution care) { care_ = std::move(care); }

  bool is_careful() const { return care_.turns > 0; }

  /// Notes a command before it is decided, behind the record `behind`. False when it must not be:
  /// it has killed a process too often.
  bool attempt(attempted_command next, std::uint64_t behind);

  /// The process has survived deciding.
  void end();

  /// A turn with inputs is committed. True when commands are decided together from now on.
  bool turn_passed() { return care_.turns > 0 && --care_.turns == 0; }

private:
  std::shared_ptr<store> kept_;
  std::function<void(const std::string&)> warn_;
  caution care_;
  bool noted_ = false; ///< the store holds a note
};

} // namespace dispatch
