#include "cmd/dispatch-sim/report.hpp"
#include "cmd/shared/table.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <ostream>

namespace dispatch::sim {

namespace {

using nlohmann::ordered_json;

std::string number(double value, int digits = 1) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string_view name_of(run_end how) {
  switch (how) {
  case run_end::all_ended:
    return "all orders ended";
  case run_end::grace_passed:
    return "the time after the last order has passed";
  case run_end::interrupted:
    return "interrupted";
  case run_end::failed:
    return "failed";
  }
  return "";
}

double per_second(std::uint64_t count, double seconds) {
  return seconds > 0.0 ? static_cast<double>(count) / seconds : 0.0;
}

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

ordered_json json_of(const spread& values) {
  return {{"count", values.count}, {"mean", values.mean}, {"p50", values.p50},
          {"p90", values.p90},     {"p99", values.p99},   {"max", values.max}};
}

ordered_json json_of(const service& served) {
  return {{"placed", served.placed},
          {"delivered", served.delivered},
          {"cancelled", served.cancelled},
          {"undeliverable", served.undeliverable},
          {"returned", served.returned},
          {"open", served.open()},
          {"click_to_door_min", json_of(served.click_to_door_min)},
          {"ready_to_pick_up_min", json_of(served.ready_to_pick_up_min)}};
}

/// The rows that the live result and the baseline have in common.
std::vector<std::pair<std::string, std::string>> rows_of(const service& served) {
  std::vector<std::pair<std::string, std::string>> rows = {
      {"orders placed", std::to_string(served.placed)},
      {"delivered", std::to_string(served.delivered)},
      {"cancelled", std::to_string(served.cancelled)},
      {"undeliverable", std::to_string(served.undeliverable)},
      {"returned", std::to_string(served.returned)},
      {"not ended", std::to_string(served.open())}};
  const auto add = [&](const std::string& name, const spread& values) {
    rows.emplace_back(name + ", mean", number(values.mean, 2) + " min");
    rows.emplace_back(name + ", p50", number(values.p50, 2) + " min");
    rows.emplace_back(name + ", p90", number(values.p90, 2) + " min");
  };
  add("click to door", served.click_to_door_min);
  add("ready to pick-up", served.ready_to_pick_up_min);
  return rows;
}

void print_counts(std::ostream& to, const std::string& title,
                  const std::map<std::string, std::uint64_t>& counts) {
  if (counts.empty()) {
    return;
  }
  to << '\n' << title << '\n';
  cli::table rows{{"", cli::align::right}, {""}};
  for (const auto& [name, count] : counts) {
    rows.add_row({std::to_string(count), name});
  }
  rows.print(to, false, "  ");
}

void print_service(std::ostream& to, const run_report& report) {
  const auto live = rows_of(report.live);
  if (!report.nearest) {
    cli::table rows{{"zone time"}, {"dispatch", cli::align::right}};
    for (const auto& [name, value] : live) {
      rows.add_row({name, value});
    }
    rows.print(to);
    return;
  }
  const auto nearest = rows_of(*report.nearest);
  cli::table rows{
      {"zone time"}, {"dispatch", cli::align::right}, {"nearest free rider", cli::align::right}};
  for (std::size_t i = 0; i < live.size(); ++i) {
    rows.add_row({live[i].first, live[i].second, nearest[i].second});
  }
  rows.print(to);
}

void print_pipeline(std::ostream& to, const run_report& report) {
  const auto latency = [](const spread& values) {
    return number(values.p50) + " / " + number(values.p99) + " / " + number(values.max) + " ms";
  };
  cli::table rows{{"wall time"}, {"", cli::align::right}};
  rows.add_row({"run", number(report.wall_s) + " s"});
  rows.add_row({"events", std::to_string(report.events.events)});
  rows.add_row({"events per second", number(per_second(report.events.events, report.wall_s))});
  rows.add_row({"placed to announced, p50 / p99 / max", latency(report.placed_announced_ms)});
  rows.add_row({"searchable to first offer, p50 / p99 / max", latency(report.first_offer_ms)});
  rows.add_row({"offers per order", number(ratio(report.offers, report.live.placed), 2)});
  rows.add_row({"commands", std::to_string(report.commands.commands)});
  rows.add_row({"commands sent again", std::to_string(report.commands.sent_again)});
  rows.add_row({"commands answered as repeated", std::to_string(report.events.repeated)});
  rows.add_row({"commands that became dead letters", std::to_string(report.commands.dead)});
  rows.add_row({"commands without an outcome", std::to_string(report.without_outcome)});
  rows.add_row({"positions", std::to_string(report.events.positions)});
  rows.add_row({"zone openings", std::to_string(report.events.epochs)});
  rows.print(to);
}

void print_limits(std::ostream& to, const policy& limits) {
  to << "\nlimits of the zone: offer " << limits.offer_ttl.count() << " s, position freshness "
     << limits.position_freshness.count() << " s, match interval "
     << number(static_cast<double>(limits.match_interval.count()) / 1000.0) << " s\n";
}

} // namespace

ordered_json to_json(const run_report& report) {
  ordered_json json = {{"source", report.source},
                       {"zone", report.zone},
                       {"speed", report.speed},
                       {"seed", report.seed},
                       {"orders", report.orders},
                       {"riders", report.riders},
                       {"stations", report.stations},
                       {"ended", name_of(report.ended)},
                       {"good", report.good()},
                       {"delivered_enough", report.delivered_enough()},
                       {"dispatch", json_of(report.live)},
                       {"offers", report.offers},
                       {"offers_per_order", ratio(report.offers, report.live.placed)},
                       {"unserved", report.unserved},
                       {"placed_to_announced_ms", json_of(report.placed_announced_ms)},
                       {"searchable_to_first_offer_ms", json_of(report.first_offer_ms)},
                       {"wall_s", report.wall_s},
                       {"events", report.events.events},
                       {"events_per_s", per_second(report.events.events, report.wall_s)},
                       {"positions", report.events.positions},
                       {"zone_openings", report.events.epochs},
                       {"commands", report.commands.commands},
                       {"commands_sent_again", report.commands.sent_again},
                       {"commands_repeated", report.events.repeated},
                       {"commands_dead", report.commands.dead},
                       {"commands_without_outcome", report.without_outcome},
                       {"refusals", report.events.refusals},
                       {"stations", report.events.of_stock},
                       {"paid", report.paid},
                       {"payments", report.events.payments},
                       {"refunded", report.refunded},
                       {"sourced", report.reserved},
                       {"operators_wishes", report.events.wishes},
                       {"sensor_counts", report.events.counts},
                       {"sensor_counts_in_hand", report.events.counts_in_hand},
                       {"transfers", report.events.transfers},
                       {"transfers_back", report.events.returns},
                       {"limits",
                        {{"offer_ttl_s", report.limits.offer_ttl.count()},
                         {"position_freshness_s", report.limits.position_freshness.count()},
                         {"match_interval_ms", report.limits.match_interval.count()}}},
                       {"warnings", report.warnings}};
  json["nearest_free_rider"] = report.nearest ? json_of(*report.nearest) : ordered_json(nullptr);
  json["audit_clean"] = report.audit_clean ? ordered_json(*report.audit_clean) : nullptr;
  if (!report.failure.empty()) {
    json["failure"] = report.failure;
  }
  return json;
}

void print(std::ostream& to, const run_report& report) {
  to << report.source << ": " << report.orders << " orders, " << report.riders << " riders, "
     << report.stations << " stations; zone " << report.zone << ", speed " << number(report.speed)
     << ", seed " << report.seed << "\n\n";
  print_service(to, report);
  print_counts(to, "not delivered, by what they waited for or why they ended:", report.unserved);
  to << '\n';
  print_pipeline(to, report);
  print_counts(to, "refused commands, by code:", report.events.refusals);
  print_counts(to, "what stations said, by event:", report.events.of_stock);
  print_counts(to, "money and goods, in orders:",
               {{"paid", report.paid},
                {"payments told", report.events.payments},
                {"refunded", report.refunded},
                {"sourced from a station", report.reserved}});
  if (report.events.wishes > 0) {
    print_counts(to, "trouble:",
                 {{"wishes of operators", report.events.wishes},
                  {"counts of sensors", report.events.counts},
                  {"counts of sensors before the rider's word", report.events.counts_in_hand},
                  {"riders who went to the neighbouring zone", report.events.transfers},
                  {"riders who came back", report.events.returns}});
  }
  print_limits(to, report.limits);
  print_counts(to, "warnings:", report.warnings);
  if (!report.audit_text.empty()) {
    to << '\n' << report.audit_text;
  }
  to << "\nended: " << name_of(report.ended);
  if (!report.failure.empty()) {
    to << ": " << report.failure;
  }
  if (!report.delivered_enough()) {
    to << "\nof " << report.paid << " orders paid in time " << report.live.delivered
       << " were delivered; at least " << number(100.0 * report.delivered_min, 0) << " % can be";
  }
  to << "\nverdict: " << (report.good() ? "good" : "not good") << '\n';
}

} // namespace dispatch::sim
