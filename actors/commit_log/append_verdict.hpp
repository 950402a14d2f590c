#pragma once

#include "messages/ports/commit_log.hpp"
#include "messages/records/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What an owner makes of the end of an append: first by the answer, then, when that leaves it
/// open, by what it reads directly behind its tail, the last record that it knows to be committed.
namespace dispatch {

enum class append_verdict : std::uint8_t {
  committed, ///< the record lies directly behind the tail
  look,      ///< read what lies there
  again,     ///< it is not there yet: append the same bytes again
  wait,      ///< there is no room: the same, later
  misplaced, ///< it was stored elsewhere, which cannot be
  regressed, ///< the log ends before the tail
  fenced,    ///< a newer owner has opened the zone
  foreign,   ///< a record that no owner can have written lies there
};

/// The message id of a record's append, zone/epoch/number/hash. Other bytes have another id: a
/// server that remembers ids must not answer that a record is stored where it has stored another
/// one.
std::string append_id(const record& r, std::string_view bytes);

append_verdict judge_answer(const append_result& answer, std::uint64_t tail);

struct found_behind_tail {
  bool ours = false;                  ///< byte by byte what was appended
  std::optional<std::uint64_t> epoch; ///< nullopt: it is no record
};

/// `found` is nullopt where the log ends with the tail; `epoch` is the owner's. Never `look`.
append_verdict judge_behind(const std::optional<found_behind_tail>& found, std::uint64_t epoch);

} // namespace dispatch
