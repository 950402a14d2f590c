#pragma once

#include "actors/domain/intake_guard.hpp"
#include "actors/zone/quarantine.hpp"
#include "actors/zone/turn_inputs.hpp"
#include "actors/zone/zone_actor.hpp"
#include "actors/zone/zone_memory.hpp"
#include "messages/records/stream.hpp"
#include "messages/result.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace dispatch {

/// Takes a zone's commands from its input stream: decodes them, and refuses or buries those that
/// nobody is to decide.
class input_reader {
public:
  input_reader(const zone_options& options, const zone_memory& memory, careful_attempts& attempts);

  /// Whoever has sent a command lately is no newcomer.
  void know_senders();

  /// Adds at most `most` commands to `inputs`, as far as a record has room for them.
  void read(std::size_t most, bool clock_is_wrong, turn_inputs& inputs);

  /// Why the stream cannot be read on; nullopt: it can.
  const std::optional<failure>& broken() const { return broken_; }

  /// Of an input taken and not committed.
  std::uint64_t fingerprint_of(std::uint64_t sequence) const { return fingerprints_.at(sequence); }

  /// Inputs up to the zone's position are committed.
  void forget_committed();

  /// The zone is so far behind that positions are not recorded.
  bool sheds_positions() const { return guard_.load.sheds_positions(); }

private:
  std::size_t take(const stored_message& message, turn_inputs& inputs);
  void refuse_unknown_rider(command& c, const turn_inputs& inputs) const;
  void note_load(const std::vector<stored_message>& taken, bool clock_is_wrong);

  const zone_options& options_;
  const zone_memory& memory_;
  careful_attempts& attempts_;
  domain::intake_guard guard_;
  std::map<std::uint64_t, std::uint64_t> fingerprints_; ///< by sequence
  std::optional<failure> broken_;
};

} // namespace dispatch
