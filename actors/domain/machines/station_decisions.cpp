#include "actors/domain/machines/station.hpp"
#include "actors/domain/pause.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

/// What a station's commands come to.
namespace dispatch::domain {

namespace {

station_outcome refused_as_unknown() {
  return refuse<station_event>(refusal::unknown_entity, "no station with this id ever opened");
}

struct station_applier {
  const station& state;
  const domain::context& context;

  station_outcome operator()(const open_station& command) const {
    if (state.open && state.at == command.at && state.hours == command.hours) {
      return refuse<station_event>(refusal::wrong_status,
                                   "the station is open, there and at these hours");
    }
    return accept<station_event>(station_opened{command.at, command.hours});
  }

  station_outcome operator()(const close_station&) const {
    if (!state.open) {
      return refuse<station_event>(refusal::wrong_status, "the station is closed");
    }
    station_outcome result;
    for (const auto& held : state.reservations) {
      result.events.emplace_back(stock_released{held.order, stock_loss::closed});
    }
    result.events.emplace_back(station_closed{});
    return result;
  }

  station_outcome operator()(const report_stock& command) const {
    station_outcome result;
    auto after = state;
    auto report =
        stock_reported{command.levels, context.at, context.at + context.policy.sensor_silence};
    for (auto& counted : report.levels) {
      count_out(report, after, counted);
      release_newest(result, after, counted.item, counted.on_hand);
      if (!counted.low_below && has_threshold(counted.item)) {
        counted.low_below = level_of(state, counted.item).low_below;
      } else if (!counted.low_below) {
        counted.low_below = context.policy.low_stock;
        report.by_policy.push_back(counted.item);
      }
    }
    result.events.emplace_back(std::move(report));
    return result;
  }

  station_outcome operator()(const reserve_stock& command) const {
    if (!state.open) {
      return refuse<station_event>(refusal::wrong_status, "the station is closed");
    }
    auto without = state;
    evolve(without, stock_released{command.order, stock_loss::asked});
    if (!has_in_stock(without, command.items)) {
      return refuse<station_event>(refusal::out_of_stock,
                                   "the station has not enough of the goods");
    }
    return accept<station_event>(stock_reserved{command.order, command.items, command.until});
  }

  station_outcome operator()(const release_stock& command) const {
    return holds(command.order)
               ? accept<station_event>(stock_released{command.order, stock_loss::asked})
               : refused_without_reservation();
  }

  station_outcome operator()(const consume_stock& command) const {
    return holds(command.order) ? accept<station_event>(stock_consumed{command.order})
                                : refused_without_reservation();
  }

  station_outcome operator()(const return_stock& command) const {
    return accept<station_event>(stock_returned{command.order, command.items});
  }

  station_outcome operator()(const begin_hand_over& command) const {
    return holds(command.order) ? accept<station_event>(hand_over_began{command.order})
                                : refused_without_reservation();
  }

  station_outcome operator()(const end_hand_over& command) const {
    const auto held = std::ranges::find(state.reservations, command.order, &reservation::order);
    if (held == state.reservations.end() || !held->handing_over) {
      return refused_without_reservation();
    }
    if (!held->taken.empty()) { // Nobody knows whether it lies there again.
      return accept<station_event>(stock_released{command.order, stock_loss::out_of_stock});
    }
    return accept<station_event>(
        hand_over_ended{command.order, context.at + context.policy.reservation_ttl});
  }

  station_outcome operator()(const pause_actor& command) const {
    return apply_pause<station_event>(state.pause, command, context);
  }

  station_outcome operator()(const resume_actor&) const {
    return apply_resume<station_event>(state.pause, context);
  }

  station_outcome operator()(const pass_deadline&) const {
    station_outcome result;
    for (const auto& held : state.reservations) {
      if (!held.handing_over && held.until <= context.at) {
        result.events.emplace_back(stock_released{held.order, stock_loss::expired});
      }
    }
    const auto low = std::ranges::any_of(state.stock, &stock_level::low);
    if (low && !state.silent && state.silent_from <= context.at) {
      result.events.emplace_back(sensor_silent{state.reported_at});
    }
    if (result.events.empty()) {
      return refuse<station_event>(refusal::wrong_status, "no deadline of the station has passed");
    }
    return result;
  }

private:
  static station_outcome refused_without_reservation() {
    return refuse<station_event>(refusal::unknown_entity, "nothing is reserved for this order");
  }

  bool holds(const std::string& order) const {
    return std::ranges::find(state.reservations, order, &reservation::order) !=
           state.reservations.end();
  }

  /// The level of an article; zeros when nothing is known of it.
  static stock_level level_of(const station& of, const std::string& item) {
    const auto known = std::ranges::find(of.stock, item, &stock_level::item);
    return known == of.stock.end() ? stock_level{item} : *known;
  }

  /// Whether somebody has said it of this article.
  bool has_threshold(const std::string& item) const {
    const auto known = std::ranges::find(state.stock, item, &stock_level::item);
    return known != state.stock.end() && !known->low_by_policy;
  }

  /// What riders who have come lift off the shelf is counted as gone before they say that they have
  /// it: as much as the count is lower, and whatever else does not lie there any more.
  static void count_out(stock_reported& report, station& after, const counted_stock& counted) {
    const auto before = level_of(after, counted.item);
    auto fewer = before.on_hand - std::min(before.on_hand, counted.on_hand);
    std::uint32_t in_hand = 0; // Of those who have come, and as far as it was not counted out.
    std::vector<std::pair<std::string, std::uint32_t>> candidates;
    for (const auto& held : after.reservations) {
      const auto of_item = std::ranges::find(held.items, counted.item, &goods::item);
      const auto gone = std::ranges::find(held.taken, counted.item) != held.taken.end();
      if (held.handing_over && of_item != held.items.end() && !gone) {
        candidates.emplace_back(held.order, of_item->quantity);
        in_hand += of_item->quantity;
      }
    }
    // The largest that fit first: then what is fewer comes out even where it can.
    std::ranges::stable_sort(candidates, std::ranges::greater{},
                             [](const auto& c) { return c.second; });
    const auto count_where = [&](const auto& is_gone) {
      std::erase_if(candidates, [&](const auto& c) {
        if (!is_gone(c.second)) {
          return false;
        }
        fewer -= std::min(fewer, c.second);
        in_hand -= c.second;
        report.taken.push_back({c.first, counted.item});
        return true;
      });
    };
    count_where([&](std::uint32_t quantity) { return quantity <= fewer; });
    count_where([&](std::uint32_t) { return in_hand > counted.on_hand; });
    auto so_far = report;
    so_far.levels = {{counted.item, before.on_hand, before.low_below}};
    std::erase_if(so_far.taken, [&](const auto& one) { return one.item != counted.item; });
    evolve(after, so_far);
  }

  /// Until no more is reserved of the article than lies there.
  static void release_newest(station_outcome& result, station& after, const std::string& item,
                             std::uint32_t on_hand) {
    const auto reserved = [&] {
      const auto known = std::ranges::find(after.stock, item, &stock_level::item);
      return known == after.stock.end() ? 0 : known->reserved;
    };
    while (reserved() > on_hand) {
      const auto& all = after.reservations;
      const auto victim = std::find_if(all.rbegin(), all.rend(), [&](const reservation& held) {
        return !held.handing_over &&
               std::ranges::find(held.items, item, &goods::item) != held.items.end();
      });
      const auto released = stock_released{victim->order, stock_loss::out_of_stock};
      evolve(after, released);
      result.events.emplace_back(released);
    }
  }
};

/// What a sensor counts, and what riders have taken, is so whatever an operator wishes.
bool is_taken_while_paused(const station_command& command) {
  return std::visit(
      []<class Command>(const Command&) -> bool { return Command::at_station.taken_while_paused; },
      command);
}

/// Says which articles have become low by these events.
void add_alerts(station_outcome& result, station after) {
  for (const auto& e : result.events) {
    evolve(after, e);
  }
  for (const auto& level : after.stock) {
    if (!level.low && level.available() < level.low_below) {
      result.events.emplace_back(stock_low{level.item, level.available(), level.low_below});
    }
  }
}

} // namespace

station_outcome apply(const station& state, const station_command& command,
                      const context& context) {
  if (!state.known && !std::holds_alternative<open_station>(command)) {
    return refused_as_unknown();
  }
  if (state.pause && !is_taken_while_paused(command)) {
    return refuse_paused<station_event>(*state.pause, context);
  }
  auto result = std::visit(station_applier{state, context}, command);
  if (!result.events.empty()) {
    add_alerts(result, state);
  }
  return result;
}

} // namespace dispatch::domain
