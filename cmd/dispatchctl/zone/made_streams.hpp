#pragma once

#include "cmd/dispatchctl/session.hpp"
#include "messages/nats/stream_admin.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::ctl {

/// With less a stream takes hardly a message.
inline constexpr std::int64_t stream_bytes_min = std::int64_t{1} << 20;

/// The streams that `zone create` makes. Takes back those that it made and that hold nothing,
/// unless they are to be kept.
class made_streams {
public:
  explicit made_streams(session& session) : with_(session) {}
  made_streams(const made_streams&) = delete;
  made_streams& operator=(const made_streams&) = delete;
  ~made_streams() { take_back(); }

  /// Makes the zone's streams, and those of all zones, unless they exist. Says what it does.
  /// Returns false when one exists with other settings, and fails when the server refuses one.
  result<bool> make(const std::string& zone, const nats::stream_sizes& sizes,
                    const std::string& incarnation);

  void take_back();
  void keep() { made_.clear(); }

private:
  result<bool> make_stream(const nats::stream_settings& wanted);

  session& with_;
  std::vector<std::string> made_;
};

/// The largest sizes that the server has room for at the moment, of a half, a quarter and so on of
/// those asked for. They are tried out. nullopt when none of them fits.
std::optional<nats::stream_sizes> fitting_sizes(session& session, const std::string& zone,
                                                const nats::stream_sizes& asked);

/// As options of `zone create`, those that would count now.
std::string options_of(session& session, const nats::stream_sizes& sizes);

} // namespace dispatch::ctl
