#include "actors/recovery/snapshot_loading.hpp"

#include "actors/recovery/digest_check.hpp"
#include "actors/support/logging.hpp"
#include "messages/wire/codec.hpp"
#include "persistence/files/snapshot_file.hpp"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace dispatch {

namespace {

/// A snapshot, chunk by chunk.
struct download {
  snapshot_shelf& shelf;
  const snapshot_manifest& manifest;
  std::uint32_t next = 0;
  wire::running_hash hash;
  std::optional<failure> unreachable; ///< the shelf did not answer

  result<std::string> take() {
    if (next == manifest.chunks) {
      return std::string{};
    }
    auto chunk = shelf.chunk(manifest.number, next);
    if (!chunk) {
      unreachable = chunk.error();
      return chunk.error();
    }
    if (!*chunk || (*chunk)->empty()) {
      return failure{"chunk " + std::to_string(next) + " is missing"};
    }
    ++next;
    hash.add(**chunk);
    return std::move(**chunk);
  }

  /// Puts all of it into the sink and compares it with the manifest.
  status into(store_sink& to) {
    digest_check checked{to};
    if (auto read = files::read_snapshot([this] { return take(); }, checked); !read) {
      return read;
    }
    const auto& position = checked.position();
    if (next != manifest.chunks || hash.so_far() != manifest.content ||
        position.number != manifest.number || position.hash != manifest.hash ||
        position.log_sequence != manifest.log_sequence) {
      return failure{"it is not what its manifest says"};
    }
    return checked.judge();
  }
};

struct loader {
  commit_log& log;
  snapshot_shelf& shelf;
  store& kept;
  const std::string& zone;
  std::string passed_over; ///< snapshots, and why

  /// Whether the log has its last record, or goes on directly behind it.
  result<bool> fits(const snapshot_manifest& manifest) {
    const auto last = log.read(manifest.log_sequence);
    if (!last) {
      return last.error();
    }
    if (*last) {
      return wire::hash_of(**last) == manifest.hash;
    }
    const auto next = log.read(manifest.log_sequence + 1);
    if (!next) {
      return next.error();
    }
    const auto r = *next ? wire::decode_record(**next) : result<record>{failure{}};
    return r && r->previous == manifest.hash;
  }

  void pass_over(const snapshot_manifest& manifest, const std::string& why) {
    const auto text = "the snapshot of record " + std::to_string(manifest.number) + ": " + why;
    log::warning({zone, "opening", {}}, "passed over: " + text);
    passed_over += (passed_over.empty() ? "" : "; ") + text;
  }

  /// True: the store is this snapshot now. A failure is the shelf's or the store's.
  result<bool> load(const snapshot_manifest& manifest) {
    const auto began = std::chrono::steady_clock::now();
    download from{shelf, manifest, 0, {}, {}};
    std::optional<std::string> damage;
    auto became = kept.become([&](store_sink& to) {
      auto read = from.into(to);
      if (!read && !from.unreachable) {
        damage = read.error().what;
      }
      return read;
    });
    if (damage) {
      pass_over(manifest, *damage);
      return false;
    }
    if (!became) {
      return became.error();
    }
    const auto took = std::chrono::steady_clock::now() - began;
    log::info(
        {zone, "opening", {}},
        "loaded the snapshot of record " + std::to_string(manifest.number) + ": " +
            std::to_string(manifest.bytes) + " bytes in " +
            std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()) +
            " ms");
    return true;
  }

  /// True: the store is one of them now.
  result<bool> load_newest(const std::vector<snapshot_manifest>& shipped) {
    for (const auto& manifest : shipped) {
      const auto fitting = fits(manifest);
      if (!fitting) {
        return fitting.error();
      }
      if (!*fitting) {
        pass_over(manifest, "the log does not have its last record, or another one there");
        continue;
      }
      auto loaded = load(manifest);
      if (!loaded || *loaded) {
        return loaded;
      }
    }
    return false;
  }
};

} // namespace

opening_outcome load_snapshot(commit_log& log, snapshot_shelf* shelf, store& kept,
                              const std::string& zone) {
  const auto position = kept.position();
  if (!position) {
    return of_store(position.error());
  }
  const auto state = log.state();
  if (!state) {
    return passing(state.error());
  }
  const auto goes_on = state->first_sequence <= position->log_sequence + 1;
  if (goes_on && position->number > 0) {
    return std::nullopt;
  }
  std::string causes;
  if (shelf != nullptr) {
    const auto shipped = shelf->complete();
    if (!shipped) {
      return passing(shipped.error());
    }
    if (!shipped->empty() && shipped->front().log_sequence > state->last_sequence) {
      return permanent(
          "the log regressed: a snapshot of record " + std::to_string(shipped->front().number) +
          " was shipped, the log ends at sequence " + std::to_string(state->last_sequence));
    }
    loader one{log, *shelf, kept, zone, {}};
    const auto loaded = one.load_newest(*shipped);
    if (!loaded) {
      return passing(loaded.error());
    }
    if (*loaded) {
      return std::nullopt;
    }
    causes = one.passed_over;
  }
  if (goes_on) {
    return std::nullopt;
  }
  return permanent(
      "the log begins at sequence " + std::to_string(state->first_sequence) +
      ", this node's store ends at sequence " + std::to_string(position->log_sequence) +
      ", and no shipped snapshot fits: " + (causes.empty() ? "there is none" : causes));
}

} // namespace dispatch
