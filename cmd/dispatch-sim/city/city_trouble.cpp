#include "actors/domain/machines/order.hpp"
#include "cmd/dispatch-sim/city/city.hpp"

#include <algorithm>

/// What happens in cities of trouble: late stations, sensors at the shelf, operators, and riders
/// who work beside.
namespace dispatch::sim {

namespace {

/// How long before or behind the word of the rider a sensor sees what was taken, at most.
constexpr auto sensor_skew_s = 20.0;

duration sensor_skew(std::uint64_t seed, const std::string& order) {
  return seconds_of(sensor_skew_s * chance(seed, "skew/" + order));
}

/// Who is to go to the neighbouring zone and has work looks again after this time.
constexpr std::chrono::minutes transfer_retry{1};

} // namespace

void city::perform_trouble(const planned_action& action, timestamp now) {
  switch (action.what) {
  case deed::be_ready: {
    const auto& id = plan_.orders[action.index].id;
    if (!domain::is_final(stories_.at(id).state)) {
      voice_.tell({entity_kind::order, id}, order_command{ready_order{}});
    }
    break;
  }
  case deed::lift:
    lift(action);
    break;
  case deed::sense:
    sense(action.name);
    break;
  case deed::wish:
    ++tally_.wishes;
    voice_.wish(plan_.wishes[action.index].target, plan_.wishes[action.index].command);
    break;
  case deed::transfer:
    transfer(action, now);
    break;
  case deed::come_back:
    voice_.move(riders_[action.index].agent.plan().id, true);
    break;
  default:
    break;
  }
}

void city::sense(const std::string& station) {
  ++tally_.counts;
  tell_station(station, lying_.count(station));
}

/// When the rider's next step is due: a pick-up not before the station has the order. The sensor
/// may see it earlier than it is said.
timestamp city::due_at_shelf(std::size_t index) {
  const auto& entry = riders_[index];
  const auto& next = *entry.agent.next();
  const auto* pick_up = std::get_if<pick_up_order>(&next.command);
  const auto story = pick_up != nullptr ? stories_.find(pick_up->order) : stories_.end();
  if (story == stories_.end()) {
    return next.due;
  }
  const auto due = std::max(next.due, story->second.plan->late_until.value_or(next.due));
  if (plan_.shelf_sensors && chance(habits_.seed, "early/" + pick_up->order) < 0.5) {
    agenda_.add(due - sensor_skew(habits_.seed, pick_up->order),
                {deed::lift, index, entry.plan, pick_up->order});
  }
  return due;
}

/// The rider takes the goods before saying so.
void city::lift(const planned_action& action) {
  const auto& order = stories_.at(action.name).state;
  if (riders_[action.index].plan == action.plan && order.status == order_status::assigned &&
      order.sourced && lying_.lift(action.name, order.details.station, order.details.items)) {
    sense(order.details.station);
  }
}

/// The shelf after an event of an order that a station holds goods for.
void city::watch_shelf(const std::string& id, const order_story& story, const order_event& event,
                       timestamp at) {
  const auto* taken = std::get_if<order_picked_up>(&event);
  if (taken != nullptr && !taken->station.empty()) {
    if (!lying_.forget_lift(id)) {
      lying_.take(taken->station, story.state.details.items);
      if (plan_.shelf_sensors) {
        agenda_.add(at + sensor_skew(habits_.seed, id), {deed::sense, 0, 0, taken->station});
      }
    }
  } else if (story.state.status != order_status::assigned) {
    if (const auto station = lying_.put_back(id, story.state.details.items)) {
      sense(*station);
    }
  }
}

/// To the neighbouring zone, when there is no work in hand.
void city::transfer(const planned_action& action, timestamp now) {
  const auto& plan = plan_.transfers[action.index];
  const auto& agent = riders_[rider_index_.at(plan.rider)].agent;
  const auto& state = agent.state();
  if (state.on_shift && state.route.empty() && !state.open_offer && !state.on_break) {
    voice_.move(plan.rider, false);
  } else if (now < agent.plan().off && open_orders_ > 0) {
    agenda_.add(now + transfer_retry, action);
  }
}

} // namespace dispatch::sim
