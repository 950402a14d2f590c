#pragma once

#include "messages/nats/bucket.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/records/stream.hpp"
#include "messages/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Streams and their settings. dispatchctl creates them, with admin rights. A node creates none but
/// the stream of positions, again: that is of memory, so that a single server which restarts has
/// lost it, and no operator may be there. A node without the right to
/// `$JS.API.STREAM.CREATE.<stream>` says so, and goes on without positions until somebody else
/// creates the stream.
namespace dispatch::nats {

enum class storage : std::uint8_t { file, memory };
enum class discard : std::uint8_t { new_messages, old_messages };

/// Zero means no limit, where a limit is meant.
struct stream_settings {
  std::string name = {};
  std::vector<std::string> subjects = {};
  storage kept_in = storage::file;
  discard when_full = discard::new_messages;
  std::int64_t bytes_max = 0;
  std::chrono::seconds age_max{0};
  std::int32_t message_bytes_max = 0;
  std::int64_t messages_per_subject_max = 0;
  std::chrono::milliseconds duplicate_window{0};
  int replicas = 1;
  bool deny_delete = false;     ///< single messages cannot be deleted
  std::string description = {}; ///< of a log: the zone's incarnation

  bool operator==(const stream_settings&) const = default;
};

/// How much a zone's streams may keep. Their sum over all zones must fit the disk.
struct stream_sizes {
  std::int64_t input_bytes_max = std::int64_t{1} << 30;
  std::chrono::seconds input_age_max = std::chrono::days(7);
  std::int64_t log_bytes_max = std::int64_t{4} << 30;
  std::int64_t output_bytes_max = std::int64_t{1} << 30;
  std::chrono::seconds output_age_max = std::chrono::days(2);
  std::int64_t snapshot_bytes_max = std::int64_t{4} << 30; ///< of all zones together
  int replicas = 1;
};

/// Input, log and output stream of a zone.
std::array<stream_settings, 3> zone_streams(std::string_view root, std::string_view zone,
                                            const stream_sizes& sizes);

/// The stream of all zones' rider positions.
stream_settings position_stream(std::string_view root, int replicas);

/// Creates the stream of positions, with as many replicas as the zone's input has. Succeeds when
/// somebody else was faster.
status restore_position_stream(connection& on, std::string_view root, std::string_view zone);

/// The stream of all zones' snapshots.
stream_settings snapshot_stream(std::string_view root, const stream_sizes& sizes);

/// The stream of what consumers of events gave up on.
stream_settings given_up_stream(std::string_view root, int replicas);

/// All of these: of one zone, and those that zones share.
std::vector<stream_settings> all_streams(std::string_view root, std::string_view zone,
                                         const stream_sizes& sizes);

/// Settings as the server's API has them.
nlohmann::json config_of(const stream_settings& settings);

/// What is said about a stream.
struct stream_description {
  stream_settings settings;
  stream_state state;
};

/// Of the answer to STREAM.INFO.
result<stream_description> parse_stream_description(std::string_view info);

enum class creation : std::uint8_t { created, existed };

/// Creates a stream. Fails, naming the settings, when it exists with different ones.
result<creation> create_stream(connection& on, const stream_settings& wanted);

/// Creates the stream of all zones' snapshots, or leaves it as the first zone's creation made it.
result<creation> create_snapshot_stream(connection& on, std::string_view root,
                                        const stream_sizes& sizes);

/// Fails when there is none.
result<stream_description> describe_stream(connection& on, const std::string& name);

/// Sets how much an existing stream may keep; everything else stays.
status resize_stream(connection& on, const std::string& name, std::int64_t bytes_max,
                     std::chrono::seconds age_max);

/// An empty stream goes on as if the messages before `first` had been there. With a subject of the
/// stream, publishes that expect a last sequence are taken as well: nats-server 2.9 counts what it
/// stored, so they are published and purged, about 10 s per million.
status begin_stream_at(connection& on, const std::string& name, std::uint64_t first,
                       const std::string& subject = {});

/// Deletes a stream with all that is in it. Succeeds when there is none.
status delete_stream(connection& on, const std::string& name);

struct bucket_settings {
  std::string name;
  bucket::keeping kept;
};

/// The buckets of an installation: zones, leases, notes for riders, marks on dead letters.
std::vector<bucket_settings> all_buckets(std::string_view root);

/// Creates them, unless they exist.
status create_buckets(connection& on, std::string_view root, int replicas);

/// Creates the three streams of a zone, and those shared by all zones, unless they exist.
status create_zone_streams(connection& on, std::string_view root, std::string_view zone,
                           const stream_sizes& sizes);

/// Deletes the three streams of a zone, and its snapshots.
status delete_zone_streams(connection& on, std::string_view root, std::string_view zone);

} // namespace dispatch::nats
