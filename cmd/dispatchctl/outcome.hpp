#pragma once

#include "cmd/client/command.hpp"
#include "cmd/client/follower.hpp"
#include "cmd/dispatchctl/events/announced.hpp"
#include "cmd/dispatchctl/session.hpp"
#include "messages/entities/entity.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dispatch::ctl {

/// A command that is to be published.
struct command_text {
  std::string zone;
  entity_ref target;
  std::string verb;
  std::string by;   ///< the operator; empty: not an operator's command
  std::string body; ///< JSON
  std::string id;   ///< empty: a new one
};

/// What is published, to the letter.
struct publication {
  std::string zone;
  client::command command;
  std::optional<entity_ref> target = {}; ///< none: of whichever entity its outcome is
  /// Subjects of what the id may have led to before; empty: it is new.
  std::string old_answers = {};
};

/// Publishes a command and reads what it leads to. Members throw cli::stop when they cannot.
class outcome {
public:
  /// Stores the command in the zone's input stream. From then on, nothing that it leads to is
  /// missed.
  outcome(session& session, command_text command);
  outcome(session& session, publication publication);

  /// The next announcement that `wanted` picks; ends the program when none comes in time, which is
  /// counted from the publication, and says why.
  announced next(const std::function<bool(const announced&)>& wanted);

  /// The next announcement of the command's entity that the command itself caused: another sender
  /// may use the id for another entity. Of a command without a target, of any entity.
  announced next_of_command();

  /// The next one that the command caused of whichever entity, if it comes within this span.
  std::optional<announced> next_of_command(std::chrono::milliseconds within);

private:
  std::string hindrance() const;
  /// That the command is stored all the same, and what finds its outcome.
  std::string where_to_look() const;
  std::optional<announced> find_old(const std::function<bool(const announced&)>& wanted);
  std::optional<announced> find(const std::function<bool(const announced&)>& wanted,
                                client::steady::time_point until);

  session& with_;
  publication what_;
  std::string found_with_; ///< what finds its outcome later
  std::uint64_t input_ = 0;
  client::steady::time_point until_; ///< the end of all waiting
  std::optional<client::follower> zone_;
};

/// The name of the refusal of a command that names a rider whom nobody has spoken of.
inline constexpr std::string_view unknown_rider = "unknown_rider";

/// Ends the program when the announcement says that the command changed nothing: a refusal, the
/// repetition of one, or a dead letter.
void stop_if_refused(const announced& message);

/// Publishes the command, waits for its outcome, and says that it is done.
void tell(session& session, command_text command, const std::string& done);

/// The option --operator, which every command of an operator needs. The default is $USER.
void add_operator_option(CLI::App& verb, std::string& by);

} // namespace dispatch::ctl
