#include "cmd/dispatchd/metrics_page.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <chrono>
#include <functional>
#include <utility>
#include <vector>

namespace dispatch::daemon {

namespace {

using reading = std::function<double(const zone_runtime&)>;

struct figure {
  const char* name;
  const char* help;
  prometheus::MetricType type;
  reading read;
};

constexpr double per_second = 1e-6;

template <class Number> double number(const std::atomic<Number>& value) {
  return static_cast<double>(value.load());
}

double oldest_waiting_seconds(const zone_runtime& zone) {
  const auto since = zone.metrics().oldest_waiting_since_us.load();
  if (since == 0) {
    return 0.0;
  }
  const auto wall = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  const auto now = zone.definition().clock.to_zone(wall);
  return std::chrono::duration<double>(now - timestamp{duration{since}}).count();
}

double lag(std::uint64_t ahead, std::uint64_t behind) {
  return ahead > behind ? static_cast<double>(ahead - behind) : 0.0;
}

const std::vector<figure>& figures() {
  using type = prometheus::MetricType;
  using zone = const zone_runtime&;
  static const std::vector<figure> list = {
      {"dispatch_zone_running", "1 while the zone takes commands.", type::Gauge,
       [](zone z) { return z.metrics().running ? 1.0 : 0.0; }},
      {"dispatch_zone_halted", "1 when the zone has stopped for a cause that needs a person.",
       type::Gauge, [](zone z) { return z.metrics().halted ? 1.0 : 0.0; }},
      {"dispatch_zone_epoch", "Number of the zone's ownership period.", type::Gauge,
       [](zone z) { return number(z.metrics().epoch); }},
      {"dispatch_oldest_waiting_order_seconds",
       "Zone time since the order that waits longest was placed; 0 when none waits.", type::Gauge,
       oldest_waiting_seconds},
      {"dispatch_waiting_orders", "Orders that wait for a rider.", type::Gauge,
       [](zone z) { return number(z.metrics().waiting_orders); }},
      {"dispatch_input_lag_commands", "Stored commands not yet consumed, when last asked.",
       type::Gauge, [](zone z) { return lag(z.metrics().input_last, z.metrics().input_position); }},
      {"dispatch_announce_lag_records", "Committed records whose events are not all announced.",
       type::Gauge,
       [](zone z) { return lag(z.metrics().committed_record, z.metrics().announced_record); }},
      {"dispatch_store_lag_records", "Committed records not yet in SQLite.", type::Gauge,
       [](zone z) { return lag(z.metrics().committed_record, z.metrics().materialised_record); }},
      {"dispatch_zone_careful",
       "1 while commands are decided one at a time, because owners died of what came in.",
       type::Gauge, [](zone z) { return z.metrics().careful ? 1.0 : 0.0; }},
      {"dispatch_zone_log_full", "1 while the zone waits because its log has no room.", type::Gauge,
       [](zone z) { return z.metrics().log_full ? 1.0 : 0.0; }},
      {"dispatch_input_age_seconds", "Age of the oldest command of the last turn when taken.",
       type::Gauge, [](zone z) { return number(z.metrics().input_age_us) * per_second; }},
      {"dispatch_zone_sheds_positions", "1 while positions are dropped, since the zone is behind.",
       type::Gauge, [](zone z) { return z.metrics().sheds_positions ? 1.0 : 0.0; }},
      {"dispatch_zone_sheds_new_orders",
       "1 while new orders are refused, since the zone is behind.", type::Gauge,
       [](zone z) { return z.metrics().sheds_new_orders ? 1.0 : 0.0; }},
      {"dispatch_refused_too_many_total", "Commands refused because of their sender's rate.",
       type::Counter, [](zone z) { return number(z.metrics().refused_too_many); }},
      {"dispatch_refused_overloaded_total", "New orders refused because the zone was behind.",
       type::Counter, [](zone z) { return number(z.metrics().refused_overloaded); }},
      {"dispatch_positions_shed_total", "Positions dropped because the zone was behind.",
       type::Counter, [](zone z) { return number(z.metrics().positions_shed); }},
      {"dispatch_positions_unreadable_total",
       "Positions that make no place; the log names the newest.", type::Counter,
       [](zone z) { return static_cast<double>(z.unreadable().count()); }},
      {"dispatch_riders_at_work", "Riders on shift who are not on a break.", type::Gauge,
       [](zone z) { return number(z.metrics().riders_at_work); }},
      {"dispatch_position_silence_seconds",
       "Time since a rider's position came; 0 while no rider is at work.", type::Gauge,
       [](zone z) { return static_cast<double>(position_silence(z.metrics()).count()); }},
      {"dispatch_actors", "Entity actors awake.", type::Gauge,
       [](zone z) { return number(z.metrics().actors); }},
      {"dispatch_timers_suspended", "1 while the clock is too far off the server's.", type::Gauge,
       [](zone z) { return z.metrics().timers_suspended ? 1.0 : 0.0; }},
      {"dispatch_records_total", "Records committed.", type::Counter,
       [](zone z) { return number(z.metrics().records); }},
      {"dispatch_commands_total", "Commands committed.", type::Counter,
       [](zone z) { return number(z.metrics().commands); }},
      {"dispatch_events_total", "Events committed.", type::Counter,
       [](zone z) { return number(z.metrics().events); }},
      {"dispatch_refused_total", "Commands refused.", type::Counter,
       [](zone z) { return number(z.metrics().refused); }},
      {"dispatch_dead_letters_total", "Inputs that are no commands.", type::Counter,
       [](zone z) { return number(z.metrics().dead_letters); }},
      {"dispatch_policy_version", "Version of the zone's policy in force.", type::Gauge,
       [](zone z) { return number(z.metrics().policy_version); }},
      {"dispatch_failed_rules_total",
       "Searches in which a rule of the policy came to no number and was skipped.", type::Counter,
       [](zone z) { return number(z.metrics().failed_rules); }},
      {"dispatch_offers_total", "Offers made.", type::Counter,
       [](zone z) { return number(z.metrics().offers); }},
      {"dispatch_waybills_signed_total", "Waybills handed out with a signature.", type::Counter,
       [](zone z) { return number(z.metrics().waybills_signed); }},
      {"dispatch_waybills_unsigned_total", "Waybills handed out without one, to be signed later.",
       type::Counter, [](zone z) { return number(z.metrics().waybills_unsigned); }},
      {"dispatch_signer_out", "1 while the signer of waybills fails or does not answer in time.",
       type::Gauge, [](zone z) { return z.metrics().signer_out ? 1.0 : 0.0; }},
      {"dispatch_travel_questions_total", "Questions to the routing engine.", type::Counter,
       [](zone z) { return number(z.metrics().travel_questions); }},
      {"dispatch_travel_times_total", "Travel times that the routing engine told.", type::Counter,
       [](zone z) { return number(z.metrics().travel_times); }},
      {"dispatch_travel_unanswered_total",
       "Searches for a rider for which the routing engine told nothing in time.", type::Counter,
       [](zone z) { return number(z.metrics().travel_unanswered); }},
      {"dispatch_travel_engine_out", "1 while the routing engine fails or does not answer in time.",
       type::Gauge, [](zone z) { return z.metrics().travel_engine_out ? 1.0 : 0.0; }},
      {"dispatch_turns_aborted_total", "Turns taken back because an actor threw.", type::Counter,
       [](zone z) { return number(z.metrics().turns_aborted); }},
      {"dispatch_unknown_appends_total", "Appends whose outcome had to be looked up.",
       type::Counter, [](zone z) { return number(z.metrics().unknown_appends); }},
      {"dispatch_turn_seconds_total", "Time from taking a turn's input to its commit.",
       type::Counter, [](zone z) { return number(z.metrics().turn_us_sum) * per_second; }},
      {"dispatch_match_seconds_total", "Time spent matching.", type::Counter,
       [](zone z) { return number(z.metrics().match_us_sum) * per_second; }},
      {"dispatch_matches_total", "Matches run.", type::Counter,
       [](zone z) { return number(z.metrics().matches); }},
  };
  return list;
}

} // namespace

std::string metrics_page(const zone_keeper& zones) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& f : figures()) {
    prometheus::MetricFamily family;
    family.name = f.name;
    family.help = f.help;
    family.type = f.type;
    families.push_back(std::move(family));
  }
  zones.visit([&](const zone_runtime& zone) {
    for (std::size_t i = 0; i < families.size(); ++i) {
      const auto& f = figures()[i];
      prometheus::ClientMetric metric;
      metric.label.push_back({"zone", zone.definition().name});
      (f.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) =
          f.read(zone);
      families[i].metric.push_back(std::move(metric));
    }
  });
  prometheus::MetricFamily followed;
  followed.name = "dispatch_zones_followed";
  followed.help = "Zones of other nodes whose log this node follows.";
  followed.type = prometheus::MetricType::Gauge;
  followed.metric.emplace_back().gauge.value = static_cast<double>(zones.followed());
  families.push_back(std::move(followed));
  return prometheus::TextSerializer{}.Serialize(families);
}

} // namespace dispatch::daemon
