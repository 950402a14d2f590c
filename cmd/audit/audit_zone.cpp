#include "cmd/audit/audit_zone.hpp"

#include "cmd/client/follower.hpp"
#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/subjects.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace dispatch::audit {

namespace {

/// One stream, read from its first message to the last that it has when the reading begins.
class whole_stream {
public:
  using visitor = std::function<void(const stored_message&)>;
  using hole_visitor = std::function<void(std::uint64_t first, std::uint64_t last)>;

  whole_stream(nats::connection& on, std::string stream) : on_(on), stream_(std::move(stream)) {}

  /// `begin` is told the first sequence kept, and again when the stream has meanwhile let go of
  /// what was to be read next. `hole` is told what is missing in the middle, from here to there.
  status read(const std::function<void(std::uint64_t)>& begin, const hole_visitor& hole,
              const visitor& visit) {
    auto state = nats::api::state_of(on_, stream_);
    if (!state) {
      return state.error();
    }
    const auto last = state->last_sequence;
    auto first = state->first_sequence;
    begin(std::max<std::uint64_t>(first, 1));
    for (;;) {
      const auto outcome = read_range(first, last, visit);
      if (outcome) {
        return outcome;
      }
      state = nats::api::state_of(on_, stream_);
      if (!state) {
        return outcome;
      }
      if (state->first_sequence > next_) {
        first = state->first_sequence;
        begin(first);
        continue;
      }
      const auto behind = first_kept_behind(last);
      if (!behind || *behind == next_) {
        return outcome;
      }
      hole(next_, *behind - 1);
      first = *behind;
    }
  }

private:
  /// The first sequence from the next on that is kept; `last` + 1: there is none.
  result<std::uint64_t> first_kept_behind(std::uint64_t last) {
    for (auto sequence = next_; sequence <= last; ++sequence) {
      const auto message = nats::api::message_at(on_, stream_, sequence);
      if (!message) {
        return message.error();
      }
      if (*message) {
        return sequence;
      }
    }
    return last + 1;
  }

  status read_range(std::uint64_t first, std::uint64_t last, const visitor& visit) {
    next_ = std::max<std::uint64_t>(first, 1);
    if (next_ > last) {
      return nothing{};
    }
    client::stream_reader reader{on_.shared_from_this(), stream_, "", next_ - 1};
    while (next_ <= last) {
      const auto messages =
          reader.next(limits::feed_messages_max, client::steady::now() + limits::port_timeout);
      if (!messages) {
        return messages.error();
      }
      if (messages->empty()) {
        return failure{"reading stream " + stream_ + " at sequence " + std::to_string(next_) +
                       ": nothing came in time; is the server well?"};
      }
      for (const auto& message : *messages) {
        if (message.sequence <= last) {
          visit(message);
        }
        next_ = message.sequence + 1;
      }
    }
    return nothing{};
  }

  nats::connection& on_;
  const std::string stream_;
  std::uint64_t next_ = 1; ///< sequence to be visited next
};

} // namespace

result<audit_report> audit_zone(nats::connection& on, const std::string& root,
                                const std::string& zone, audit_options options,
                                const archived_records& archived) {
  auditor judge(root, zone, std::move(options));
  // Output and input first: whatever they hold was announced from, or will be consumed into, a log
  // that is at least as long when it is read.
  auto outputs = whole_stream(on, wire::output_stream(root, zone))
                     .read([&](std::uint64_t first) { judge.outputs_begin_at(first); },
                           [](std::uint64_t, std::uint64_t) {}, // The next sequence tells.
                           [&](const stored_message& m) {
                             judge.add_output(m.sequence, m.id, m.subject, m.body);
                           });
  if (!outputs) {
    return outputs.error();
  }
  auto inputs = whole_stream(on, wire::input_stream(root, zone))
                    .read([](std::uint64_t) {}, // What is kept is compared, wherever it begins.
                          [&](std::uint64_t first, std::uint64_t end) {
                            judge.add_hole_in_inputs(first, end);
                          },
                          [&](const stored_message& m) { judge.add_input(m); });
  if (!inputs) {
    return inputs.error();
  }
  std::uint64_t last = 0;
  const auto add_record = [&](std::uint64_t sequence, std::string_view bytes,
                              std::optional<timestamp> stored_at = {}) {
    if (sequence > last) {
      judge.add_record(sequence, bytes, stored_at);
      last = sequence;
    }
  };
  // Whatever the log has let go of was archived before. Without an archive, a gap in its middle is
  // a violation, which the auditor names.
  status from_archive = nothing{};
  const auto fill_gap = [&](std::uint64_t first) {
    if (archived && from_archive && first > last + 1) {
      from_archive = archived(add_record);
    }
  };
  auto log = whole_stream(on, wire::log_stream(root, zone))
                 .read(
                     fill_gap, [&](std::uint64_t, std::uint64_t end) { fill_gap(end + 1); },
                     [&](const stored_message& m) { add_record(m.sequence, m.body, m.stored_at); });
  if (!from_archive) {
    return from_archive.error();
  }
  if (!log) {
    return log.error();
  }
  return judge.finish();
}

} // namespace dispatch::audit
