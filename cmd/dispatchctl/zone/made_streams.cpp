#include "cmd/dispatchctl/zone/made_streams.hpp"

#include "cmd/shared/command_line.hpp"
#include "messages/nats/connection/api.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dispatch::ctl {

namespace {

constexpr std::int64_t divisor_max = 1024;
constexpr std::int64_t mebibyte = 1 << 20;

/// All streams that a zone needs, those of all zones first.
std::vector<nats::stream_settings> streams_of(session& session, const std::string& zone,
                                              const nats::stream_sizes& sizes) {
  const auto& root = session.root();
  std::vector all = {nats::position_stream(root, sizes.replicas),
                     nats::given_up_stream(root, sizes.replicas),
                     nats::snapshot_stream(root, sizes)};
  std::ranges::move(nats::zone_streams(root, zone, sizes), std::back_inserter(all));
  return all;
}

std::int64_t part_of(std::int64_t bytes, std::int64_t divisor) {
  return std::max(bytes / divisor / mebibyte, std::int64_t{1}) * mebibyte;
}

nats::stream_sizes part_of(nats::stream_sizes sizes, std::int64_t divisor) {
  for (auto* bytes : {&sizes.input_bytes_max, &sizes.log_bytes_max, &sizes.output_bytes_max,
                      &sizes.snapshot_bytes_max}) {
    *bytes = part_of(*bytes, divisor);
  }
  return sizes;
}

bool exists(session& session, const std::string& stream) {
  const auto found = nats::api::find_stream(*session.connection(), stream);
  return found && *found;
}

/// Whether all that is missing can be made. Leaves nothing behind.
bool fits(session& session, const std::vector<nats::stream_settings>& wanted) {
  std::vector<std::string> tried;
  bool all_made = true;
  for (const auto& stream : wanted) {
    if (exists(session, stream.name)) {
      continue;
    }
    if (!nats::create_stream(*session.connection(), stream)) {
      all_made = false;
      break;
    }
    tried.push_back(stream.name);
  }
  for (const auto& stream : tried) {
    const auto state = nats::api::find_stream(*session.connection(), stream);
    if (state && *state && (*state)->messages > 0) {
      session.say("stream " + stream +
                  " was made on trial and is left, for it holds messages by now");
    } else if (const auto gone = nats::delete_stream(*session.connection(), stream); !gone) {
      session.say("stream " + stream + " was made on trial and is left: " + gone.error().what);
    }
  }
  return all_made;
}

} // namespace

result<bool> made_streams::make(const std::string& zone, const nats::stream_sizes& sizes,
                                const std::string& incarnation) {
  const auto log = wire::log_stream(with_.root(), zone);
  const auto snapshots = wire::snapshot_stream(with_.root());
  bool as_asked = true;
  for (auto stream : streams_of(with_, zone, sizes)) {
    stream.description = stream.name == log ? incarnation : "";
    if (stream.name == snapshots && exists(with_, snapshots)) {
      with_.say("stream " + snapshots + " existed"); // The first zone decided how much it keeps.
      continue;
    }
    const auto made = make_stream(stream);
    if (!made) {
      return made;
    }
    as_asked = *made && as_asked;
  }
  return as_asked;
}

result<bool> made_streams::make_stream(const nats::stream_settings& wanted) {
  const auto made = nats::create_stream(*with_.connection(), wanted);
  if (made) {
    const bool is_new = *made == nats::creation::created;
    if (is_new) {
      made_.push_back(wanted.name);
    }
    with_.say(
        "stream " + wanted.name + (is_new ? " created" : " existed as asked for") +
        (wanted.bytes_max > 0
             ? ", keeps at most " + cli::size_text(static_cast<std::uint64_t>(wanted.bytes_max))
             : ""));
    return true;
  }
  if (!exists(with_, wanted.name)) {
    return failure{"stream " + wanted.name + ": " + made.error().what};
  }
  with_.say(made.error().what);
  return false;
}

void made_streams::take_back() {
  for (const auto& stream : std::exchange(made_, {})) {
    const auto state = nats::api::find_stream(*with_.connection(), stream);
    if (state && *state && (*state)->messages > 0) {
      with_.say("stream " + stream + " is left, for it holds messages by now");
    } else if (const auto gone = nats::delete_stream(*with_.connection(), stream); !gone) {
      with_.say("stream " + stream + " is left: " + gone.error().what);
    } else {
      with_.say("stream " + stream + " taken back");
    }
  }
}

std::optional<nats::stream_sizes> fitting_sizes(session& session, const std::string& zone,
                                                const nats::stream_sizes& asked) {
  for (std::int64_t divisor = 2; divisor <= divisor_max; divisor *= 2) {
    const auto sizes = part_of(asked, divisor);
    if (fits(session, streams_of(session, zone, sizes))) {
      return sizes;
    }
  }
  return std::nullopt;
}

std::string options_of(session& session, const nats::stream_sizes& sizes) {
  const auto mib = [](std::int64_t bytes) { return std::to_string(bytes / mebibyte) + "MiB"; };
  const auto snapshots = exists(session, wire::snapshot_stream(session.root()))
                             ? std::string{}
                             : " --snap-bytes " + mib(sizes.snapshot_bytes_max);
  return "--in-bytes " + mib(sizes.input_bytes_max) + " --log-bytes " + mib(sizes.log_bytes_max) +
         " --out-bytes " + mib(sizes.output_bytes_max) + snapshots;
}

} // namespace dispatch::ctl
