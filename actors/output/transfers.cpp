#include "actors/output/transfers.hpp"

#include "actors/support/failpoint.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"

#include <algorithm>
#include <utility>

namespace dispatch {

namespace {

/// What goes to one zone in the name of another has an id of its own: the other zone's answers do
/// not depend on ids, and no repeat may be lost in a window of duplicates.
std::string id_of(const std::string& zone, const std::string& rider, std::uint64_t number,
                  const std::string& what) {
  return "transfer-" + zone + "." +
         std::to_string(wire::fast_hash(rider + " " + std::to_string(number) + " " + what));
}

} // namespace

transfers::transfers(std::string zone, std::shared_ptr<store> kept, std::shared_ptr<zone_road> road,
                     std::shared_ptr<wall_clock> clock)
    : zone_(std::move(zone)), store_(std::move(kept)), road_(std::move(road)),
      clock_(std::move(clock)) {}

status transfers::go_round() {
  std::map<std::string, announcement> announced;
  status first_failure = nothing{};
  for (std::string after; !stopped_;) {
    const auto rows = store_->list(entity_kind::rider, "leaving", after, limits::transfers_listed);
    if (!rows) {
      return rows.error();
    }
    for (const auto& row : *rows) {
      after = row.snapshot.entity.id;
      const auto state = wire::decode_rider(row.snapshot.state);
      if (!state) {
        return state.error();
      }
      if (stopped_ || !state->leaving) {
        continue;
      }
      if (const auto done = carry(after, *state->leaving); !done && first_failure) {
        first_failure = done;
      }
      if (const auto known = announced_.find(after); known != announced_.end()) {
        announced.insert(*known);
      }
    }
    if (rows->size() < limits::transfers_listed) {
      break;
    }
  }
  announced_ = std::move(announced);
  return first_failure;
}

status transfers::carry(const std::string& rider, const departure& to) {
  if (to.zone == zone_) {
    return conclude(rider, {to.rider.number, false, "the rider is in this zone"});
  }
  const auto newest = road_->newest(to.zone, rider, "transfer_answered");
  if (!newest) {
    return newest.error();
  }
  if (*newest) {
    const auto* of_rider = std::get_if<rider_event>(&(*newest)->body);
    const auto* said = of_rider != nullptr ? std::get_if<transfer_answered>(of_rider) : nullptr;
    if (said != nullptr && said->from == zone_ && said->number == to.rider.number) {
      return conclude(rider, {to.rider.number, said->received, said->detail, said->at_work});
    }
  }
  const auto exists = road_->exists(to.zone);
  if (!exists) {
    return exists.error();
  }
  return *exists ? announce(rider, to)
                 : conclude(rider, {to.rider.number, false, "there is no zone " + to.zone});
}

status transfers::announce(const std::string& rider, const departure& to) {
  auto& last = announced_[rider];
  const auto now = clock_->now();
  const auto is_new = last.number != to.rider.number;
  if (!is_new && now >= last.at && now < last.at + last.patience) {
    return nothing{};
  }
  const auto patience = is_new ? limits::transfer_patience_min
                               : std::min(last.patience * 2, limits::transfer_patience_max);
  last = {to.rider.number, now, patience};
  failpoint("before_receive");
  auto told = road_->tell(
      to.zone, rider, receive_rider{zone_, to.rider},
      id_of(zone_, rider, to.rider.number, std::to_string(now.time_since_epoch().count())), zone_);
  failpoint("after_receive");
  return told;
}

status transfers::conclude(const std::string& rider, const conclude_transfer& how) {
  failpoint("before_conclude");
  auto told = road_->tell(zone_, rider, how, id_of(zone_, rider, how.number, "concluded"), zone_);
  failpoint("after_conclude");
  return told;
}

} // namespace dispatch
