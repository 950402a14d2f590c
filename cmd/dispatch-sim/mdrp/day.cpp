#include "cmd/dispatch-sim/mdrp/day.hpp"

#include "actors/domain/geohash.hpp"
#include "actors/whole_zone/whole_zone.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace dispatch::sim::mdrp {

namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

constexpr sys_days first_day = 2026y / January / 5;
constexpr int finishing = 180; ///< minutes behind the last shift

/// On the equator, where a degree is a degree.
place on_earth(const spot& at) {
  constexpr auto metres_per_degree = domain::earth_radius_m * domain::radians_per_degree;
  return {at.y_m / metres_per_degree, at.x_m / metres_per_degree};
}

timestamp at_minute(int minute) { return timestamp{first_day} + minutes{minute}; }

/// A courier, who does what the route says.
struct walker {
  enum class doing { away, idle, riding, standing, leaving };
  doing now = doing::away;
  int until = 0;    ///< riding: is there; leaving: goes on
  int came = 0;     ///< standing since
  int accepted = 0; ///< the last offer
  spot at;
  std::string name = "0"; ///< of the place
};

class day {
public:
  day(const instance& of, const policy& policy) : of_(of), zone_(policy) {
    walkers_.resize(of.couriers.size());
    served_.meals.resize(of.meals.size());
    served_.legs.resize(of.couriers.size());
    for (std::size_t i = 0; i < of.couriers.size(); ++i) {
      walkers_[i].at = of.couriers[i].start;
      last_ = std::max(last_, of.couriers[i].off);
    }
    for (std::size_t i = 0; i < of.meals.size(); ++i) {
      meal_of_.emplace(of.meals[i].id, i);
    }
  }

  served_day run(const std::function<void(int minute)>& tell) {
    open_restaurants();
    for (int minute = 0; minute <= last_ + finishing && !is_over(minute); ++minute) {
      minute_ = minute;
      step();
      if (minute % 60 == 0) {
        tell(minute);
      }
    }
    return std::move(served_);
  }

private:
  bool is_over(int minute) const {
    return minute > last_ && std::ranges::none_of(walkers_, [](const walker& w) {
             return w.now == walker::doing::riding || w.now == walker::doing::standing ||
                    w.now == walker::doing::leaving;
           });
  }

  void say(entity_kind kind, const std::string& id, command_body body) {
    command c;
    c.target = {kind, id};
    c.sequence = ++sequence_;
    c.id = std::to_string(sequence_);
    c.numbered = true;
    c.body = std::move(body);
    said_.push_back(std::move(c));
  }

  void rider_says(std::size_t courier, rider_command body) {
    say(entity_kind::rider, of_.couriers[courier].id, std::move(body));
  }

  /// Hands what was said to the zone, and lets it go on as far as it can.
  void turn() {
    const auto now = std::max(at_minute(minute_), now_ + 1us);
    for (auto& c : said_) {
      c.at = now;
    }
    now_ = now;
    served_.records += zone_.take_turn(now, {std::exchange(said_, {}), {}}, 0s).happened ? 1 : 0;
  }

  void open_restaurants() {
    for (const auto& each : of_.restaurants) {
      say(entity_kind::station, each.id, station_command{open_station{on_earth(each.at)}});
    }
    turn();
  }

  void step() {
    place_meals();
    for (std::size_t courier = 0; courier < walkers_.size(); ++courier) {
      go_on(courier);
    }
    turn();
    while (accept_offers()) {
      turn();
    }
    for (std::size_t courier = 0; courier < walkers_.size(); ++courier) {
      set_out(courier);
    }
    for (std::size_t courier = 0; courier < walkers_.size(); ++courier) {
      collect(courier);
    }
    if (!said_.empty()) {
      turn();
    }
  }

  void place_meals() {
    for (; placed_ < of_.meals.size() && of_.meals[placed_].placed <= minute_; ++placed_) {
      const auto& meal = of_.meals[placed_];
      const auto& from = of_.restaurants[meal.restaurant];
      place_order order;
      order.station = from.id;
      order.pick_up = on_earth(from.at);
      order.drop_off = on_earth(meal.customer);
      order.ready_at = at_minute(meal.ready);
      order.prepaid = true;
      say(entity_kind::order, meal.id, order_command{std::move(order)});
    }
  }

  const rider* known(std::size_t courier) const {
    const auto found = zone_.riders.find(of_.couriers[courier].id);
    return found == zone_.riders.end() ? nullptr : found->second.get();
  }

  spot spot_of(const stop& s) const {
    const auto& meal = of_.meals[meal_of_.at(s.order)];
    return s.kind == stop_kind::pick_up ? of_.restaurants[meal.restaurant].at : meal.customer;
  }

  std::string name_of(const stop& s) const {
    const auto& meal = of_.meals[meal_of_.at(s.order)];
    return s.kind == stop_kind::pick_up ? of_.restaurants[meal.restaurant].id : meal.id;
  }

  /// What the courier's time has come for.
  void go_on(std::size_t courier) {
    auto& w = walkers_[courier];
    const auto& shift = of_.couriers[courier];
    if (w.now == walker::doing::away && minute_ >= shift.on && minute_ < shift.off) {
      start_shift begins;
      begins.capacity = 100;
      begins.at = on_earth(w.at);
      begins.until = at_minute(shift.off);
      rider_says(courier, begins);
      w.now = walker::doing::idle;
    } else if (w.now == walker::doing::riding && minute_ >= w.until) {
      arrive(courier);
    } else if (w.now == walker::doing::leaving && minute_ >= w.until) {
      leave(courier);
    }
  }

  void arrive(std::size_t courier) {
    auto& w = walkers_[courier];
    const auto& next = known(courier)->route.front();
    w.at = spot_of(next);
    w.name = name_of(next);
    w.came = minute_;
    rider_says(courier, arrive_at_stop{next.order});
    w.now = walker::doing::standing;
    if (next.kind == stop_kind::drop_off) {
      auto& meal = served_.meals[meal_of_.at(next.order)];
      meal.delivered = minute_ + of_.drop_off_service / 2;
      w.now = walker::doing::leaving;
      w.until = minute_ + 2 * (of_.drop_off_service / 2);
    }
  }

  /// The customer has the meal, or the restaurant's door is closed behind.
  void leave(std::size_t courier) {
    auto& w = walkers_[courier];
    const auto& route = known(courier)->route;
    w.now = walker::doing::idle;
    if (!route.empty() && route.front().kind == stop_kind::drop_off && known(courier)->arrived) {
      rider_says(courier, deliver_order{route.front().order});
    } else {
      rider_says(courier, record_position{on_earth(w.at)});
    }
  }

  bool accept_offers() {
    for (std::size_t courier = 0; courier < walkers_.size(); ++courier) {
      const auto* rider = known(courier);
      if (rider != nullptr && rider->open_offer) {
        rider_says(courier, accept_offer{rider->open_offer->id});
        walkers_[courier].accepted = minute_;
      }
    }
    return !said_.empty();
  }

  /// To the next stop, if there is one.
  void set_out(std::size_t courier) {
    auto& w = walkers_[courier];
    const auto* rider = known(courier);
    if (w.now != walker::doing::idle || rider == nullptr || rider->route.empty()) {
      return;
    }
    const auto& next = rider->route.front();
    const auto name = name_of(next);
    if (name == w.name) {
      w.now = walker::doing::riding;
      w.until = minute_;
      arrive(courier);
      return;
    }
    rider_says(courier, record_position{on_earth(w.at)});
    served_.legs[courier].push_back({minute_, w.name, name});
    w.now = walker::doing::riding;
    w.until = minute_ + travel_minutes(of_, w.at, spot_of(next));
  }

  /// All that is to be collected here, once all of it is ready.
  void collect(std::size_t courier) {
    auto& w = walkers_[courier];
    if (w.now != walker::doing::standing || minute_ < w.came + of_.pick_up_service / 2) {
      return;
    }
    std::vector<std::string> orders;
    for (const auto& s : known(courier)->route) {
      if (s.kind != stop_kind::pick_up || name_of(s) != w.name) {
        break;
      }
      if (of_.meals[meal_of_.at(s.order)].ready > minute_) {
        return;
      }
      orders.push_back(s.order);
    }
    collected_meals bundle{w.accepted, minute_, courier, {}};
    for (const auto& id : orders) {
      if (id != orders.front()) {
        rider_says(courier, arrive_at_stop{id});
      }
      rider_says(courier, pick_up_order{id});
    }
    for (const auto& s : known(courier)->route) {
      if (s.kind == stop_kind::drop_off && std::ranges::find(orders, s.order) != orders.end()) {
        const auto meal = meal_of_.at(s.order);
        served_.meals[meal].collected = minute_;
        served_.meals[meal].courier = courier;
        bundle.meals.push_back(meal);
      }
    }
    served_.bundles.push_back(std::move(bundle));
    w.now = walker::doing::leaving;
    w.until = minute_ + of_.pick_up_service / 2;
  }

  const instance& of_;
  whole_zone zone_;
  std::vector<walker> walkers_; ///< parallel to the couriers
  std::map<std::string, std::size_t> meal_of_;
  std::vector<command> said_; ///< and not yet heard
  std::uint64_t sequence_ = 0;
  timestamp now_;
  std::size_t placed_ = 0;
  int minute_ = 0;
  int last_ = 0; ///< minute of a shift
  served_day served_;
};

} // namespace

policy policy_for(const instance& of, policy base) {
  base.speed_m_per_s.fill(of.metres_per_minute / 60.0);
  base.detour_factor = 1.0;
  base.travel_overhead = 30s; // Half of the minute that a way is rounded up to.
  base.pick_up_service = minutes{of.pick_up_service};
  base.drop_off_service = minutes{of.drop_off_service};
  base.position_freshness = days{2};
  base.dispatch_ahead = hours{12};
  base.max_wait = days{2};
  base.radius_m = base.radius_max_m = 100'000.0;
  base.overtime = minutes{finishing};
  base.bundle_orders_max = 5;
  base.route_orders_max = 10;
  return base;
}

served_day serve(const instance& of, const policy& policy,
                 const std::function<void(int minute)>& tell) {
  return day{of, policy}.run(tell);
}

} // namespace dispatch::sim::mdrp
