#include "actors/upkeep/retention.hpp"

#include "actors/output/announcing.hpp"
#include "actors/recovery/digest_check.hpp"
#include "actors/support/failpoint.hpp"
#include "actors/support/logging.hpp"
#include "messages/wire/codec.hpp"
#include "persistence/files/archive.hpp"
#include "persistence/files/snapshot_file.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace dispatch {

namespace {

constexpr auto name = "retention";
const failure was_stopped{"stopped"};

/// Removes a file at the end of its lifetime.
struct scratch_file {
  std::filesystem::path path;

  ~scratch_file() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

} // namespace

bool snapshot_due(const retention_rules& rules, const snapshot_manifest* newest,
                  const store_position& position, timestamp since, timestamp now) {
  snapshot_manifest none;
  none.made_at = since;
  const auto& last = newest != nullptr ? *newest : none;
  if (position.number <= last.number) {
    return false;
  }
  return position.number - last.number >= rules.snapshot_records ||
         position.input_position >= last.input_position + limits::input_retention_messages ||
         now - last.made_at >= rules.snapshot_interval || now < last.made_at;
}

std::vector<std::uint64_t> superfluous(const std::vector<snapshot_manifest>& complete,
                                       const std::vector<std::uint64_t>& begun) {
  std::vector<std::uint64_t> found;
  if (complete.empty()) {
    return found;
  }
  const auto kept = std::min(complete.size(), limits::snapshots_kept);
  std::ranges::copy_if(begun, std::back_inserter(found), [&](std::uint64_t number) {
    const auto end = complete.begin() + static_cast<std::ptrdiff_t>(kept);
    // What is newer than the newest may be on its way.
    return number < complete.front().number &&
           std::ranges::find(complete.begin(), end, number, &snapshot_manifest::number) == end;
  });
  return found;
}

retention::retention(settings how, zone_ports ports)
    : settings_(std::move(how)), ports_(std::move(ports)), since_(ports_.clock->now()) {}

status retention::go_round() {
  if (stopped_) {
    return nothing{};
  }
  if (!looked_) {
    if (auto seen = look(); !seen) {
      return seen;
    }
  }
  const auto position = ports_.store->position();
  if (!position) {
    return position.error();
  }
  const auto* newest = complete_.empty() ? nullptr : &complete_.front();
  if (snapshot_due(settings_.definition.retention, newest, *position, since_,
                   ports_.clock->now())) {
    if (auto shipped = ship(); !shipped) {
      return shipped;
    }
  }
  if (tidied_) {
    return nothing{};
  }
  if (auto tidy_now = tidy(); !tidy_now) {
    return tidy_now;
  }
  if (complete_.size() >= limits::snapshots_kept) {
    const auto& oldest = complete_[limits::snapshots_kept - 1];
    const auto announced = announced_record();
    if (!announced) {
      return announced.error();
    }
    const auto needless = std::min(oldest.number, *announced);
    if (auto archived = archive_log(oldest.log_sequence - (oldest.number - needless)); !archived) {
      return archived;
    }
    if (auto trimmed = trim_input(oldest.input_position); !trimmed) {
      return trimmed;
    }
  }
  if (auto forgot = forget(); !forgot) {
    return forgot;
  }
  tidied_ = true;
  return nothing{};
}

status retention::look() {
  auto complete = ports_.snapshots->complete();
  if (!complete) {
    return complete.error();
  }
  complete_ = std::move(*complete);
  looked_ = true;
  return nothing{};
}

status retention::ship() {
  const auto began = std::chrono::steady_clock::now();
  const auto& zone = settings_.definition.name;
  const scratch_file file{settings_.data / (zone + ".snapshot")};
  const auto written = files::write_snapshot(file.path, [&](store_sink& to) {
    digest_check checked{to};
    auto copied = ports_.store->copy_to(checked);
    return copied ? checked.judge() : copied;
  });
  if (!written) {
    return written.error();
  }
  const auto& position = written->head.position;
  const auto chunk_bytes = settings_.chunk_bytes;
  const snapshot_manifest manifest{
      .zone = zone,
      .number = position.number,
      .log_sequence = position.log_sequence,
      .hash = position.hash,
      .input_position = position.input_position,
      .digest = position.digest,
      .made_at = ports_.clock->now(),
      .bytes = written->bytes,
      .chunks = static_cast<std::uint32_t>((written->bytes + chunk_bytes - 1) / chunk_bytes),
      .content = written->content};
  auto parts = files::read_file(file.path, chunk_bytes);
  if (!parts) {
    return parts.error();
  }
  auto put = ports_.snapshots->put_chunks(
      position.number, [&] { return stopped_ ? result<std::string>{was_stopped} : (*parts)(); });
  if (!put) {
    return put;
  }
  failpoint("before_manifest");
  looked_ = false; // Until the answer, it may be there or not.
  if (auto completed = ports_.snapshots->put_manifest(manifest); !completed) {
    return completed;
  }
  failpoint("after_manifest");
  if (auto seen = look(); !seen) {
    return seen;
  }
  tidied_ = false;
  const auto took = std::chrono::steady_clock::now() - began;
  log::info(
      {zone, name, {}},
      "shipped the snapshot of record " + std::to_string(manifest.number) + ": " +
          std::to_string(manifest.bytes) + " bytes in " +
          std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()) +
          " ms");
  return nothing{};
}

status retention::tidy() {
  const auto begun = ports_.snapshots->begun();
  if (!begun) {
    return begun.error();
  }
  for (const auto number : superfluous(complete_, *begun)) {
    if (auto removed = ports_.snapshots->remove(number); !removed) {
      return removed;
    }
  }
  return nothing{};
}

/// Number of the last record of which something is known to be out. A node without a journal takes
/// what is not from the log.
result<std::uint64_t> retention::announced_record() {
  const auto log = ports_.store->position();
  if (!log) {
    return log.error();
  }
  const auto end =
      find_output_end(*ports_.sink, settings_.definition.name, {log->epoch, log->number});
  if (!end) {
    return end.error();
  }
  if (end->last) {
    return end->last->number;
  }
  const auto noted = ports_.store->announced();
  return noted ? result<std::uint64_t>{noted->number} : noted.error();
}

/// Of the records before sequence `end`, those that are old.
status retention::archive_log(std::uint64_t end) {
  const auto state = ports_.log->state();
  if (!state) {
    return state.error();
  }
  const auto first = state->first_sequence;
  if (first >= end) {
    return nothing{};
  }
  const auto& clock = settings_.definition.clock;
  const auto kept_for = settings_.definition.retention.log;
  const auto now = ports_.clock->now();
  const auto oldest = ports_.log->read(first);
  if (!oldest) {
    return oldest.error();
  }
  const auto oldest_record = *oldest ? wire::decode_record(**oldest) : result<record>{failure{}};
  if (oldest_record &&
      now - clock.to_wall(oldest_record->now) < kept_for + kept_for / limits::archive_slack_parts) {
    return nothing{};
  }
  // To be told now, rather than when the records are archived, that this log cannot be trimmed.
  if (auto possible = ports_.log->trim(first); !possible) {
    return possible;
  }
  files::archive_writer writer{files::archive_directory(settings_.data, settings_.definition.name)};
  auto next = first;
  status archived = nothing{};
  auto scanned =
      ports_.log->scan(first, end - 1, [&](std::uint64_t sequence, std::string_view bytes) {
        const auto r = wire::decode_record(bytes);
        if (!r || stopped_) {
          archived = r ? was_stopped : r.error();
          return false;
        }
        if (now - clock.to_wall(r->now) < kept_for) {
          return false;
        }
        archived = writer.put(r->number, sequence, bytes);
        next = sequence + 1;
        return static_cast<bool>(archived);
      });
  if (!scanned || !archived) {
    return scanned ? archived : scanned;
  }
  if (auto finished = writer.finish(); !finished) {
    return finished;
  }
  failpoint("before_trim");
  if (auto trimmed = ports_.log->trim(next); !trimmed) {
    return trimmed;
  }
  log::info({settings_.definition.name, name, {}},
            "archived and trimmed " + std::to_string(next - first) +
                " records; the log begins at sequence " + std::to_string(next));
  return nothing{};
}

/// In large steps: an old server takes seconds for a trim.
status retention::trim_input(std::uint64_t first_kept) {
  if (first_kept < input_trimmed_ + limits::input_retention_messages) {
    return nothing{};
  }
  auto trimmed = ports_.feed->trim(first_kept);
  if (trimmed) {
    input_trimmed_ = first_kept;
  }
  return trimmed;
}

status retention::forget() {
  const auto position = ports_.store->position();
  if (!position) {
    return position.error();
  }
  return ports_.store->forget(position->now - limits::dedupe_horizon,
                              position->number -
                                  std::min(position->number, limits::journal_records_min));
}

} // namespace dispatch
