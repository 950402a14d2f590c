#include "cmd/dispatch-sim/city/city.hpp"

#include "actors/domain/machines/order.hpp"

#include <algorithm>
#include <utility>

namespace dispatch::sim {

namespace {

/// Riders do not rest by themselves: who is sent on a break for ignoring offers notices after this.
constexpr std::chrono::minutes break_lasts{5};

place_order command_of(const planned_order& plan) {
  return {.station = plan.station,
          .pick_up = plan.pick_up,
          .drop_off = plan.drop_off,
          .ready_at = plan.ready_at,
          .prepaid = plan.prepaid,
          .load = 1,
          .vehicles = {},
          .reference = {},
          .items = plan.items,
          .skills = plan.skills};
}

/// How often a station's sensor reports.
constexpr auto sensor_interval = std::chrono::minutes{5};

} // namespace

city::city(const scenario& plan, const rider_habits& habits, const policy& policy,
           city_voice& voice)
    : plan_(plan), habits_(habits), policy_(policy), voice_(voice),
      open_orders_(plan.orders.size()) {
  for (std::size_t i = 0; i < plan.stations.size(); ++i) {
    const auto& station = plan.stations[i];
    agenda_.add(plan.begins, {deed::open_station, i, 0, {}});
    lying_.put(station.id, station.stock);
    if (!station.stock.empty()) {
      agenda_.add(plan.begins, {deed::count_stock, i, 0, {}});
    }
  }
  for (std::size_t i = 0; i < plan.turns.size(); ++i) {
    agenda_.add(plan.turns[i].at, {deed::station_turn, i, 0, {}});
  }
  riders_.reserve(plan.riders.size());
  for (std::size_t i = 0; i < plan.riders.size(); ++i) {
    const auto& rider = plan.riders[i];
    riders_.push_back({rider_agent{rider, policy_}, 0});
    rider_index_.emplace(rider.id, i);
    agenda_.add(rider.on, {deed::begin_shift, i, 0, {}});
    agenda_.add(rider.off, {deed::end_shift, i, 0, {}});
    // Reports are spread over the interval, as those of independent people are.
    const auto phase = chance(habits.seed, "phase/" + rider.id) *
                       static_cast<double>(habits.position_interval.count());
    agenda_.add(rider.on + duration{static_cast<duration::rep>(phase)}, {deed::report, i, 0, {}});
  }
  for (std::size_t i = 0; i < plan.wishes.size(); ++i) {
    agenda_.add(plan.wishes[i].at, {deed::wish, i, 0, {}});
  }
  for (std::size_t i = 0; i < plan.transfers.size(); ++i) {
    agenda_.add(plan.transfers[i].at, {deed::transfer, i, 0, {}});
  }
  for (std::size_t i = 0; i < plan.orders.size(); ++i) {
    stories_[plan.orders[i].id].plan = &plan.orders[i];
    if (const auto late = plan.orders[i].late_until) {
      agenda_.add(*late, {deed::be_ready, i, 0, {}});
    }
    agenda_.add(plan.orders[i].placed_at, {deed::place, i, 0, {}});
    for (const auto at : plan.orders[i].payments) {
      agenda_.add(at, {deed::pay, i, 0, {}});
      ++payments_to_come_;
    }
  }
}

std::size_t city::act(timestamp now, std::size_t actions_max) {
  std::size_t done = 0;
  while (done < actions_max) {
    const auto due = agenda_.take(now);
    if (!due) {
      break;
    }
    perform(due->second, now);
    ++done;
  }
  return done;
}

void city::close() {
  if (std::exchange(closed_, true)) {
    return;
  }
  for (auto i = placed_orders_; i < plan_.orders.size(); ++i) {
    --open_orders_;
    payments_to_come_ -= plan_.orders[i].payments.size();
  }
}

void city::perform(const planned_action& action, timestamp now) {
  const auto of_order =
      action.what == deed::place || action.what == deed::pay || action.what == deed::be_ready;
  if (closed_ && of_order && action.index >= placed_orders_) {
    return;
  }
  switch (action.what) {
  case deed::open_station: {
    const auto& station = plan_.stations[action.index];
    tell_station(station.id, open_station{station.at, station.hours});
    break;
  }
  case deed::station_turn:
    turn_station(plan_.turns[action.index]);
    break;
  case deed::count_stock:
    count_stock(action, now);
    break;
  case deed::pay:
    ++tally_.payments;
    --payments_to_come_;
    voice_.tell({entity_kind::order, plan_.orders[action.index].id}, order_command{pay_order{}});
    break;
  case deed::begin_shift: {
    const auto& agent = riders_[action.index].agent;
    tell_rider(
        agent,
        start_shift{
            agent.plan().vehicle, rider_capacity, agent.plan().start, agent.plan().skills, {}});
    break;
  }
  case deed::end_shift:
    tell_rider(riders_[action.index].agent, end_shift{});
    break;
  case deed::end_break:
    if (riders_[action.index].agent.state().on_break) {
      tell_rider(riders_[action.index].agent, end_break{});
    }
    break;
  case deed::place: {
    const auto& order = plan_.orders[action.index];
    ++placed_orders_;
    voice_.tell({entity_kind::order, order.id}, order_command{command_of(order)});
    break;
  }
  case deed::report:
    report_position(action, now);
    break;
  case deed::answer:
    answer(action);
    break;
  case deed::step: {
    auto& entry = riders_[action.index];
    if (entry.plan == action.plan && entry.agent.next()) {
      entry.agent.took_step(voice_.tell({entity_kind::rider, entry.agent.plan().id},
                                        command_body{entry.agent.next()->command}));
    }
    break;
  }
  default:
    perform_trouble(action, now);
    break;
  }
}

void city::tell_station(const std::string& id, station_command command) {
  voice_.tell({entity_kind::station, id}, command_body{std::move(command)});
}

void city::turn_station(const dispatch::sim::station_turn& turn) {
  lying_.put(turn.station, turn.restock);
  if (turn.closes) {
    tell_station(turn.station, close_station{});
  }
  if (turn.opens) {
    const auto known = std::ranges::find(plan_.stations, turn.station, &planned_station::id);
    tell_station(turn.station, open_station{known->at, known->hours});
  }
}

/// What riders have taken is known by the zone's events, or by a lift.
void city::count_stock(const planned_action& action, timestamp now) {
  sense(plan_.stations[action.index].id);
  if (open_orders_ > 0) {
    agenda_.add(now + sensor_interval, action);
  }
}

void city::observe_station(const std::string& id, const station_event& event) {
  ++tally_.of_stock[std::string{event_name(event_body{event})}];
  if (const auto* returned = std::get_if<stock_returned>(&event)) {
    lying_.put(id, returned->items);
  } else if (const auto* count = std::get_if<stock_reported>(&event)) {
    tally_.counts_in_hand += count->taken.empty() ? 0U : 1U;
  }
}

void city::report_position(const planned_action& action, timestamp now) {
  const auto& agent = riders_[action.index].agent;
  if (agent.working()) {
    voice_.report_position(agent.plan().id, agent.position(now));
    ++tally_.positions;
  }
  if (agent.working() || now < agent.plan().off) {
    agenda_.add(now + habits_.position_interval, action);
  }
}

void city::answer(const planned_action& action) {
  const auto& agent = riders_[action.index].agent;
  const auto& open = agent.state().open_offer;
  if (open && open->id == action.name) {
    if (const auto answer = answer_to(action.name, habits_); answer.say) {
      tell_rider(agent, *answer.say);
    }
  }
}

void city::tell_rider(const rider_agent& agent, rider_command command) {
  voice_.tell({entity_kind::rider, agent.plan().id}, command_body{std::move(command)});
}

void city::schedule_step(std::size_t index) {
  auto& entry = riders_[index];
  ++entry.plan;
  if (!entry.agent.next()) {
    return;
  }
  const auto due = due_at_shelf(index);
  agenda_.add(due, {deed::step, index, entry.plan, {}});
}

void city::observe(const event& event, timestamp stored_at) {
  ++tally_.events;
  if (const auto* opened = std::get_if<zone_event>(&event.body)) {
    tally_.epochs += std::holds_alternative<zone_opened>(*opened) ? 1U : 0U;
  }
  if (std::holds_alternative<command_repeated>(event.body)) {
    ++tally_.repeated;
  }
  const auto rider = event.entity.kind == entity_kind::rider ? rider_index_.find(event.entity.id)
                                                             : rider_index_.end();
  if (const auto* refused = std::get_if<command_refused>(&event.body)) {
    ++tally_.refusals[std::string(to_string(refused->code))];
    if (rider != rider_index_.end()) {
      riders_[rider->second].agent.refused(event.command_id, event.at);
      schedule_step(rider->second);
    }
  } else if (const auto* of_rider = std::get_if<rider_event>(&event.body)) {
    if (rider != rider_index_.end()) {
      observe_rider(rider->second, *of_rider, event);
    }
  } else if (const auto* of_order = std::get_if<order_event>(&event.body)) {
    observe_order(event, *of_order, stored_at);
  } else if (const auto* of_station = std::get_if<station_event>(&event.body)) {
    observe_station(event.entity.id, *of_station);
  }
}

void city::observe_rider(std::size_t index, const rider_event& event,
                         const dispatch::event& whole) {
  auto& agent = riders_[index].agent;
  const auto was_working = agent.working();
  agent.observe(event, whole.command_id, whole.at);
  if (agent.working() && !was_working) {
    ++working_riders_;
  } else if (!agent.working() && was_working) {
    --working_riders_;
  }
  if (const auto* received = std::get_if<offer_received>(&event)) {
    const auto answer = answer_to(received->offer.id, habits_);
    agenda_.add(whole.at + answer.after, {deed::answer, index, 0, received->offer.id});
  }
  if (const auto* moved = std::get_if<transfer_ended>(&event);
      moved != nullptr && moved->received) {
    ++tally_.transfers;
    const auto plan = std::ranges::find(plan_.transfers, agent.plan().id, &planned_transfer::rider);
    agenda_.add(whole.at + plan->away, {deed::come_back, index, 0, {}});
  }
  tally_.returns += std::holds_alternative<rider_received>(event) ? 1U : 0U;
  if (std::holds_alternative<break_started>(event)) {
    agenda_.add(whole.at + break_lasts, {deed::end_break, index, 0, {}});
  }
  schedule_step(index);
}

void city::observe_order(const dispatch::event& whole, const order_event& event,
                         timestamp stored_at) {
  const auto& id = whole.entity.id;
  const auto found = stories_.find(id);
  if (found == stories_.end()) {
    return;
  }
  auto& story = found->second;
  const auto was_final = domain::is_final(story.state);
  domain::evolve(story.state, event);
  watch_shelf(id, story, event, whole.at);
  story.sourced = story.sourced || std::holds_alternative<order_sourced>(event);
  if (std::holds_alternative<order_placed>(event)) {
    story.placed_stored_at = stored_at;
  }
  if (std::holds_alternative<order_offered>(event) && !story.offered) {
    story.offered = true;
    story.first_offer_stored_at = stored_at;
  }
  if (!was_final && domain::is_final(story.state)) {
    --open_orders_;
  }
}

} // namespace dispatch::sim
