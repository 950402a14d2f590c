#include "actors/recovery/announced_search.hpp"

#include "actors/commit_log/committed_record.hpp"
#include "actors/recovery/opening.hpp"
#include "actors/support/logging.hpp"
#include "messages/wire/codec.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace dispatch {

opening_outcome announced_search::look(const store_position& log) {
  const auto& name = settings_.definition.name;
  const auto end = find_output_end(*ports_.sink, name, {log.epoch, log.number});
  if (!end) {
    return passing(end.error());
  }
  if (end->foreign > 0) {
    log::warning({name, "opening", {}}, told_of_foreign(*end, name));
  }
  start_ = {name, end->last_sequence, end->last.value_or(announcement_id{}), log.epoch};
  to_count_.reset();
  if (!end->last) {
    to_count_ = 0;
  }
  if (!end->last && end->last_sequence > 0) {
    const auto noted = ports_.store->announced();
    if (!noted) {
      return of_store(noted.error());
    }
    start_.last = {0, noted->number, noted->index};
    const auto own = end->last_sequence - end->foreign;
    to_count_ = own - std::min(own, noted->out_sequence);
  }
  return std::nullopt;
}

opening_outcome announced_search::compare(const store_position& log) const {
  const auto& last = start_.last;
  if (last.number > log.number) {
    return permanent("the log regressed: the output stream holds events of record " +
                     std::to_string(last.number) + ", the log ends with record " +
                     std::to_string(log.number));
  }
  if (last.number == 0 || last.epoch == 0) {
    return std::nullopt;
  }
  const auto bytes = committed_record(*ports_.store, *ports_.log, last.number);
  if (!bytes) {
    return of_store(bytes.error());
  }
  const auto r = *bytes ? wire::decode_record(**bytes) : result<record>{failure{}};
  if (r && r->epoch != last.epoch) {
    return permanent("the log regressed: the output stream holds events of record " +
                     std::to_string(last.number) + " of epoch " + std::to_string(last.epoch) +
                     ", in the log it is of epoch " + std::to_string(r->epoch));
  }
  return std::nullopt;
}

result<announced_position> announced_search::known() const {
  if (to_count_ || start_.last.number == 0) {
    return ports_.store->announced();
  }
  return announced_position{start_.last.number, start_.last.index, start_.out_sequence};
}

opening_outcome announced_search::collect(const store_position& open,
                                          std::vector<committed_turn_ptr>& unannounced) {
  const wire::subjects names{settings_.root};
  const auto first = std::max<std::uint64_t>(start_.last.number, 1);
  for (auto number = first; number <= open.number; ++number) {
    const auto bytes = committed_record(*ports_.store, *ports_.log, number);
    if (!bytes) {
      return of_store(bytes.error());
    }
    if (!*bytes && to_count_) {
      start_.last = {0, number, std::numeric_limits<std::uint32_t>::max()};
      continue; // So old that its events have expired.
    }
    if (!*bytes) {
      return permanent(
          "record " + std::to_string(number) +
          " has to be announced, but neither the journal nor the log keeps it any more");
    }
    const auto r = wire::decode_record(**bytes);
    const auto encoded = wire::encoded_events_of(**bytes);
    if (!r || !encoded) {
      return permanent("record " + std::to_string(number) + " is damaged");
    }
    auto turn = std::make_shared<committed_turn>();
    turn->epoch = r->epoch;
    turn->number = number;
    turn->announcements = announcements_of(*r, *encoded, names);
    if (number < open.number) {
      count(*turn);
    }
    unannounced.push_back(std::move(turn));
  }
  return std::nullopt;
}

void announced_search::count(const committed_turn& turn) {
  announcement_id id{turn.epoch, turn.number, 0};
  for (; id.index < turn.announcements.size(); ++id.index) {
    if (to_count_.value_or(0) > 0 && start_.last < id) {
      start_.last = id;
      --*to_count_;
    }
  }
}

} // namespace dispatch
