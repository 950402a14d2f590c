#pragma once

#include "cmd/client/ask.hpp"
#include "cmd/dispatchctl/console.hpp"
#include "cmd/shared/connection_flags.hpp"
#include "cmd/shared/table.hpp"
#include "messages/nats/bucket.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/records/stream.hpp"
#include "messages/wire/subjects.hpp"
#include "messages/wire/zone/zone_entry.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch::ctl {

using json = client::json;

/// What may be given to every verb.
struct common_options {
  cli::connection_flags connection;
  std::string zone; ///< empty: the only one there is
  bool as_json = false;
  bool no_headers = false;
  bool yes = false;

  bool operator==(const common_options&) const = default;
};

/// For options that take an id.
CLI::Validator id_rule();

/// A zone's entry in the bucket. One that nobody can read is the matter of that zone alone.
struct stored_zone {
  std::string name;
  result<zone_definition> definition;
  std::uint64_t revision = 0;

  /// Ends the program when nobody can read the definition.
  const zone_definition& readable() const;
};

/// What verbs work with: the console, and the server, to which it connects when it is first
/// needed. Members throw cli::stop when they cannot do what they say.
class session {
public:
  session(const common_options& options, console& at) : options_(options), console_(at) {}

  const common_options& options() const { return options_; }
  console& io() { return console_; }
  const std::string& root() const { return options_.connection.root; }
  std::chrono::milliseconds timeout() const { return options_.connection.timeout; }
  wire::subjects subjects() const { return wire::subjects{root()}; }

  const std::shared_ptr<nats::connection>& connection();

  /// What the server refused so far for want of a permission; empty: nothing.
  std::string refused_permission() const;

  /// A line on stderr.
  void say(std::string_view text);

  /// On stdout, as the options say: the value in JSON, or the table.
  void print(const json& value, const cli::table& rows);

  /// Asks for a yes, unless --yes was given; without a terminal only that helps.
  void confirm(const std::string& question);

  /// The zone named by `given`, else by --zone, else the only one there is.
  std::string zone(const std::string& given = {});

  /// By name. Empty on a server where no zone was ever created.
  std::vector<stored_zone> zones();
  std::optional<stored_zone> find_zone(const std::string& name);
  nats::bucket bucket();

  /// Of one of the zone's streams. Ends the program when there is none, naming what makes it, or no
  /// such zone.
  stream_state state_of(const std::string& zone, const std::string& stream);

  /// Asks the owner of the zone. nullopt when nobody answers.
  std::optional<json> try_ask(const std::string& zone, std::string_view verb, const json& request);
  std::optional<json> try_ask(const std::string& zone, std::string_view verb, const json& request,
                              std::chrono::milliseconds within);

  /// How the zone is doing; nullopt when nobody answers.
  std::optional<client::zone_status> status_of(const std::string& zone);
  std::optional<client::zone_status> status_of(const std::string& zone,
                                               std::chrono::milliseconds within);

  /// As try_ask, where nobody answering ends the program, as an error reply does.
  json ask(const std::string& zone, std::string_view verb, const json& request);

private:
  bool any_zones();

  const common_options& options_;
  console& console_;
  std::shared_ptr<nats::connection> connection_;
};

} // namespace dispatch::ctl
