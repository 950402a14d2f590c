#pragma once

#include "messages/entities/entity.hpp"
#include "messages/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Every subject, stream and bucket name of the product, and the header of command ids.
namespace dispatch::wire {

inline constexpr auto default_root = "dispatch";

/// SENDER.ID of a command. Not `Nats-Msg-Id`: within its window the server takes a message for
/// stored when anybody's message had that id before.
inline constexpr auto command_id_header = "Dispatch-Command-Id";

/// The subjects of one installation, below one root token.
class subjects {
public:
  explicit subjects(std::string root = default_root) : root_(std::move(root)) {}

  const std::string& root() const { return root_; }

  /// root.in.zone.kind.id.verb[.operator]
  std::string command(std::string_view zone, const entity_ref& target, std::string_view verb,
                      std::string_view by = {}) const;
  std::string commands_of_zone(std::string_view zone) const; ///< root.in.zone.>
  std::string log(std::string_view zone) const;              ///< root.log.zone
  /// root.out.zone.kind.id.event
  std::string event(std::string_view zone, const entity_ref& entity, std::string_view name) const;
  /// root.out.zone.dead.reason
  std::string dead_letter(std::string_view zone, std::string_view reason) const;
  std::string events_of_zone(std::string_view zone) const; ///< root.out.zone.>
  /// root.dead.consumer.zone: events that a consumer gave up on
  std::string given_up(std::string_view consumer, std::string_view zone) const;
  std::string given_up() const; ///< root.dead.>
  std::string position(std::string_view zone,
                       std::string_view rider) const;         ///< root.pos.zone.rider
  std::string positions_of_zone(std::string_view zone) const; ///< root.pos.zone.*
  std::string positions() const;                              ///< root.pos.>
  /// root.snap.zone.number.index, .manifest, and all of one snapshot, one zone, all zones
  std::string snapshot_chunk(std::string_view zone, std::uint64_t number,
                             std::uint32_t index) const;
  std::string snapshot_manifest(std::string_view zone, std::uint64_t number) const;
  std::string snapshot(std::string_view zone, std::uint64_t number) const; ///< root.snap.zone.N.>
  std::string snapshots_of_zone(std::string_view zone) const;              ///< root.snap.zone.>
  std::string snapshots() const;                                           ///< root.snap.>
  /// root.admin.zone.verb: request-reply, reading only
  std::string admin(std::string_view zone, std::string_view verb) const;
  std::string admin_of_zone(std::string_view zone) const; ///< root.admin.zone.>

private:
  std::string root_;
};

/// A command's subject, taken apart.
struct command_subject {
  std::string zone;
  entity_ref target;
  std::string verb;
  std::string by;
};

/// Fails, naming the token and the rule, on anything that is not a command's subject.
result<command_subject> parse_command_subject(std::string_view root, std::string_view subject);

/// A part of a snapshot.
struct snapshot_subject {
  std::uint64_t number = 0;
  std::optional<std::uint32_t> chunk; ///< nullopt: the manifest
};
/// nullopt when it is not one of this zone.
std::optional<snapshot_subject> parse_snapshot_subject(std::string_view root, std::string_view zone,
                                                       std::string_view subject);

/// The rider of a position's subject; nullopt when it is not one of this zone.
std::optional<std::string> parse_position_subject(std::string_view root, std::string_view zone,
                                                  std::string_view subject);

/// IN_zone, LOG_zone, OUT_zone: stream names of a zone. A non-default root is part of the name, so
/// that installations can share a server.
std::string input_stream(std::string_view root, std::string_view zone);
std::string log_stream(std::string_view root, std::string_view zone);
std::string output_stream(std::string_view root, std::string_view zone);
std::string position_stream(std::string_view root);
std::string snapshot_stream(std::string_view root);
std::string zones_bucket(std::string_view root);
std::string leases_bucket(std::string_view root);
/// What consumers of events gave up on, of all zones.
std::string given_up_stream(std::string_view root);
/// Which dead letters were dealt with, and by whom.
std::string dead_bucket(std::string_view root);

/// What customers have to say to the rider, by `<zone>.<order>`. Never in a stream of the zone.
std::string notes_bucket(std::string_view root);

/// Keys of the leases bucket: a node's heartbeat, a zone's claim, and an operator's wish that a
/// node runs nothing.
std::string heartbeat_key(std::string_view node);
std::string claim_key(std::string_view zone);
std::string drain_key(std::string_view node);

} // namespace dispatch::wire
