#include "cmd/dispatch-sim/city/baseline.hpp"

#include "actors/domain/route.hpp"
#include "cmd/client/agenda.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace dispatch::sim {

namespace {

class nearest_policy {
public:
  nearest_policy(const scenario& city, const policy& policy) : city_(city), policy_(policy) {
    for (const auto& rider : city.riders) {
      places_.push_back(rider.start);
    }
  }

  service run() {
    for (std::size_t i = 0; i < city_.riders.size(); ++i) {
      agenda_.add(city_.riders[i].on, {what::rider_free, i});
    }
    for (std::size_t i = 0; i < city_.orders.size(); ++i) {
      const auto searched = search_from(city_.orders[i]);
      agenda_.add(searched, {what::order_searched, i});
      agenda_.add(searched + policy_.max_wait, {what::order_given_up, i});
    }
    result_.placed = city_.orders.size();
    while (const auto due = agenda_.next_due()) {
      const auto happens = agenda_.take(*due);
      note(happens->second);
      serve(*due);
    }
    result_.click_to_door_min = spread_of(std::move(click_to_door_));
    result_.ready_to_pick_up_min = spread_of(std::move(ready_to_pick_up_));
    return result_;
  }

private:
  enum class what : std::uint8_t { rider_free, order_searched, order_given_up };
  struct occurrence {
    what kind;
    std::size_t index;
  };

  timestamp search_from(const planned_order& order) const {
    return std::max<timestamp>(order.placed_at, order.ready_at - policy_.dispatch_ahead);
  }

  void note(const occurrence& happens) {
    switch (happens.kind) {
    case what::rider_free:
      free_.insert(happens.index);
      break;
    case what::order_searched:
      waiting_.insert(happens.index); // by index, which is the order of placement
      break;
    case what::order_given_up:
      result_.undeliverable += waiting_.erase(happens.index);
      break;
    }
  }

  void serve(timestamp now) {
    while (!waiting_.empty()) {
      const auto order = *waiting_.begin();
      const auto rider = nearest_to(city_.orders[order].pick_up, now);
      if (!rider) {
        return;
      }
      waiting_.erase(waiting_.begin());
      free_.erase(*rider);
      carry(*rider, city_.orders[order], now);
    }
  }

  std::optional<std::size_t> nearest_to(const place& at, timestamp now) {
    std::erase_if(free_, [&](std::size_t i) { return city_.riders[i].off <= now; });
    std::optional<std::size_t> best;
    auto best_s = 0.0;
    for (const auto i : free_) {
      const auto travel_s = domain::travel_s(places_[i], at, city_.riders[i].vehicle, policy_);
      if (!best || travel_s < best_s) {
        best = i;
        best_s = travel_s;
      }
    }
    return best;
  }

  void carry(std::size_t rider, const planned_order& order, timestamp now) {
    const auto by = city_.riders[rider].vehicle;
    const auto there =
        now + seconds_of(domain::travel_s(places_[rider], order.pick_up, by, policy_));
    const auto on_board = std::max(there, order.ready_at) + policy_.pick_up_service;
    const auto delivered =
        on_board + seconds_of(domain::travel_s(order.pick_up, order.drop_off, by, policy_)) +
        policy_.drop_off_service;
    ready_to_pick_up_.push_back(minutes_of(on_board - order.ready_at));
    click_to_door_.push_back(minutes_of(delivered - order.placed_at));
    ++result_.delivered;
    places_[rider] = order.drop_off;
    agenda_.add(delivered, {what::rider_free, rider});
  }

  const scenario& city_;
  const policy& policy_;
  std::vector<place> places_; ///< of the riders, when they are free
  std::set<std::size_t> free_;
  std::set<std::size_t> waiting_;
  client::agenda<timestamp, occurrence> agenda_;
  std::vector<double> click_to_door_;
  std::vector<double> ready_to_pick_up_;
  service result_;
};

} // namespace

service nearest_free_rider(const scenario& city, const policy& policy) {
  return nearest_policy{city, policy}.run();
}

} // namespace dispatch::sim
