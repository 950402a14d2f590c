#include "cmd/dispatchd/answers/metric_list.hpp"

#include <atomic>

namespace dispatch::daemon {

namespace {

using readings = const zone_readings&;

figure shown(bool value) { return value; }
figure shown(std::uint64_t value) { return value; }
figure shown(std::int64_t us) { return std::chrono::microseconds{us}; }

/// A field of zone_metrics as it is: a flag, a count, or microseconds where it has a sign.
template <auto Field> figure field(readings of) { return shown((of.metrics.*Field).load()); }

/// A sum of microseconds.
template <auto Field> figure sum_us(readings of) {
  return shown(static_cast<std::int64_t>((of.metrics.*Field).load()));
}

/// How far the second one is behind the first.
template <auto Ahead, auto Behind> figure lag(readings of) {
  const auto ahead = (of.metrics.*Ahead).load();
  const auto behind = (of.metrics.*Behind).load();
  return ahead > behind ? ahead - behind : 0;
}

figure oldest_waiting(readings of) {
  const auto since = of.metrics.oldest_waiting_since_us.load();
  if (since == 0) {
    return std::chrono::microseconds{0};
  }
  const auto wall = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  return of.clock.to_zone(wall) - timestamp{duration{since}};
}

figure silence(readings of) { return position_silence(of.metrics); }

figure unreadable_count(readings of) { return of.unreadable.count(); }

figure newest_unreadable(readings of) {
  return of.unreadable.newest(unreadable_positions::clock::now());
}

} // namespace

const std::vector<metric>& metric_list() {
  using m = zone_metrics;
  static const std::vector<metric> list = {
      {"dispatch_zone_running", "", "1 while the zone takes commands.", field<&m::running>},
      {"dispatch_zone_halted", "", "1 when the zone has stopped for a cause that needs a person.",
       field<&m::halted>},
      {"dispatch_zone_epoch", "", "Number of the zone's ownership period.", field<&m::epoch>},
      {"dispatch_oldest_waiting_order_seconds", "",
       "Zone time since the order that waits longest was placed; 0 when none waits.",
       oldest_waiting},
      {"dispatch_waiting_orders", "waiting_orders", "Orders that wait for a rider.",
       field<&m::waiting_orders>},
      {"dispatch_input_lag_commands", "", "Stored commands not yet consumed, when last asked.",
       lag<&m::input_last, &m::input_position>},
      {"dispatch_announce_lag_records", "", "Committed records whose events are not all announced.",
       lag<&m::committed_record, &m::announced_record>},
      {"dispatch_store_lag_records", "", "Committed records not yet in SQLite.",
       lag<&m::committed_record, &m::materialised_record>},
      {"", "announced_record", "Newest record whose events are all announced.",
       field<&m::announced_record>},
      {"", "materialised_record", "Newest record that is in SQLite.",
       field<&m::materialised_record>},
      {"dispatch_zone_careful", "careful",
       "1 while commands are decided one at a time, because owners died of what came in.",
       field<&m::careful>},
      {"dispatch_zone_log_full", "log_full", "1 while the zone waits because its log has no room.",
       field<&m::log_full>},
      {"dispatch_input_age_seconds", "input_age_ms",
       "Age of the oldest command of the last turn when taken.", field<&m::input_age_us>},
      {"dispatch_zone_sheds_positions", "sheds_positions",
       "1 while positions are dropped, since the zone is behind.", field<&m::sheds_positions>},
      {"dispatch_zone_sheds_new_orders", "sheds_new_orders",
       "1 while new orders are refused, since the zone is behind.", field<&m::sheds_new_orders>},
      {"dispatch_refused_too_many_total", "refused_too_many",
       "Commands refused because of their sender's rate.", field<&m::refused_too_many>},
      {"dispatch_refused_overloaded_total", "refused_overloaded",
       "New orders refused because the zone was behind.", field<&m::refused_overloaded>},
      {"dispatch_positions_shed_total", "positions_shed",
       "Positions dropped because the zone was behind.", field<&m::positions_shed>},
      {"dispatch_positions_unreadable_total", "positions_unreadable",
       "Positions that make no place; the log names the newest.", unreadable_count},
      {"", "position_unreadable",
       "Subject and reason of the newest such position, for a minute; empty: none came.",
       newest_unreadable},
      {"dispatch_riders_at_work", "riders_at_work", "Riders on shift who are not on a break.",
       field<&m::riders_at_work>},
      {"dispatch_position_silence_seconds", "position_silence_s",
       "Time since a rider's position came; 0 while no rider is at work.", silence},
      {"", "position_freshness_s", "Older positions do not count, by the policy in force.",
       field<&m::position_freshness_us>},
      {"dispatch_actors", "actors", "Entity actors awake.", field<&m::actors>},
      {"dispatch_timers_suspended", "timers_suspended",
       "1 while the clock is too far off the server's.", field<&m::timers_suspended>},
      {"dispatch_records_total", "records", "Records committed.", field<&m::records>},
      {"dispatch_commands_total", "commands", "Commands committed.", field<&m::commands>},
      {"dispatch_events_total", "events", "Events committed.", field<&m::events>},
      {"dispatch_refused_total", "refused", "Commands refused.", field<&m::refused>},
      {"dispatch_dead_letters_total", "dead_letters", "Inputs that are no commands.",
       field<&m::dead_letters>},
      {"dispatch_policy_version", "policy_version", "Version of the zone's policy in force.",
       field<&m::policy_version>},
      {"dispatch_failed_rules_total", "failed_rules",
       "Searches in which a rule of the policy came to no number and was skipped.",
       field<&m::failed_rules>},
      {"dispatch_offers_total", "offers", "Offers made.", field<&m::offers>},
      {"dispatch_waybills_signed_total", "waybills_signed", "Waybills handed out with a signature.",
       field<&m::waybills_signed>},
      {"dispatch_waybills_unsigned_total", "waybills_unsigned",
       "Waybills handed out without one, to be signed later.", field<&m::waybills_unsigned>},
      {"dispatch_signer_out", "signer_out",
       "1 while the signer of waybills fails or does not answer in time.", field<&m::signer_out>},
      {"dispatch_travel_questions_total", "travel_questions", "Questions to the routing engine.",
       field<&m::travel_questions>},
      {"dispatch_travel_times_total", "travel_times", "Travel times that the routing engine told.",
       field<&m::travel_times>},
      {"dispatch_travel_unanswered_total", "travel_unanswered",
       "Searches for a rider for which the routing engine told nothing in time.",
       field<&m::travel_unanswered>},
      {"dispatch_travel_engine_out", "travel_engine_out",
       "1 while the routing engine fails or does not answer in time.",
       field<&m::travel_engine_out>},
      {"dispatch_turns_aborted_total", "turns_aborted", "Turns taken back because an actor threw.",
       field<&m::turns_aborted>},
      {"dispatch_unknown_appends_total", "unknown_appends",
       "Appends whose outcome had to be looked up.", field<&m::unknown_appends>},
      {"dispatch_turn_seconds_total", "", "Time from taking a turn's input to its commit.",
       sum_us<&m::turn_us_sum>},
      {"dispatch_match_seconds_total", "", "Time spent matching.", sum_us<&m::match_us_sum>},
      {"dispatch_matches_total", "", "Matches run.", field<&m::matches>},
  };
  return list;
}

double number_of(const figure& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    return *flag ? 1.0 : 0.0;
  }
  if (const auto* time = std::get_if<std::chrono::microseconds>(&value)) {
    return std::chrono::duration<double>{*time}.count();
  }
  const auto* count = std::get_if<std::uint64_t>(&value);
  return count != nullptr ? static_cast<double>(*count) : 0.0;
}

std::int64_t in_unit_of(std::string_view field, std::chrono::microseconds time) {
  return field.ends_with("_ms") ? time / std::chrono::milliseconds{1}
                                : time / std::chrono::seconds{1};
}

} // namespace dispatch::daemon
