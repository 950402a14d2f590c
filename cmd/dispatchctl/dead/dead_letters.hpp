#pragma once

#include "cmd/dispatchctl/dead/dead.hpp"
#include "cmd/dispatchctl/session.hpp"
#include "messages/records/record.hpp"
#include "messages/records/stream.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::ctl {

/// A dead letter of a zone, as it was announced.
struct kept_letter {
  std::uint64_t sequence = 0; ///< in the output stream
  dead_letter letter;
};

/// What became of a dead letter. Kept in a bucket, for longer than the output stream keeps it.
struct handled_mark {
  std::string what; ///< `replayed` or `dropped`
  std::string by;
  std::string at;            ///< wall time
  std::string note = {};     ///< why, or the outcome
  timestamp letter_at = {};  ///< tells it from one of a zone that was created anew
  std::uint32_t replays = 0; ///< how often it was published again

  bool operator==(const handled_mark&) const = default;
};

json to_json(const handled_mark& mark);

/// The marks of one zone.
class handled_marks {
public:
  handled_marks(session& session, std::string zone);

  /// nullptr: nobody has dealt with it yet.
  const handled_mark* of(const kept_letter& letter) const;

  /// Ends the program when it cannot be noted.
  void note(const kept_letter& letter, handled_mark mark);

private:
  std::string key_of(const kept_letter& letter) const;

  session& with_;
  std::string zone_;
  std::map<std::string, handled_mark> marks_; ///< by key
};

/// All that are kept, oldest first.
std::vector<kept_letter> kept_letters(session& session, const std::string& zone);

/// The one announced at `sequence`. Ends the program when there is none.
kept_letter kept_letter_at(session& session, const std::string& zone, std::uint64_t sequence);

/// Those chosen that nobody has dealt with; one that is named by its sequence in any case.
std::vector<kept_letter> chosen(session& session, const std::string& zone, const dead_choice& which,
                                const handled_marks& marks);

/// What was buried: from the input stream, or from the letter if that has all of it. Without a
/// message: why there is none.
struct original {
  std::optional<stored_message> message;
  std::string why_not;
};
original original_of(session& session, const std::string& zone, const kept_letter& letter);

/// The rule of an option that takes the reason of a dead letter.
CLI::Validator reason_rule();

/// The options that choose dead letters.
void add_choice(CLI::App& verb, dead_choice& which);

} // namespace dispatch::ctl
