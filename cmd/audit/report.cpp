#include "cmd/audit/report.hpp"

#include "messages/characters.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace dispatch::audit {

namespace {

constexpr std::array<std::string_view, check_count> check_names = {"log_sequence",
                                                                   "record_decodes",
                                                                   "record_zone",
                                                                   "record_number",
                                                                   "hash_chain",
                                                                   "epoch",
                                                                   "time_order",
                                                                   "state_digest",
                                                                   "input_position",
                                                                   "input_once",
                                                                   "input_joined",
                                                                   "command_outcome",
                                                                   "command_once",
                                                                   "intake_refusal",
                                                                   "event_cause",
                                                                   "output_sequence",
                                                                   "announcement_missing",
                                                                   "announcement_repeated",
                                                                   "announcement_order",
                                                                   "announcement_foreign",
                                                                   "announcement_changed",
                                                                   "order_transition",
                                                                   "order_final",
                                                                   "order_one_rider",
                                                                   "order_refund",
                                                                   "order_pick_up",
                                                                   "order_delivery",
                                                                   "rider_transition",
                                                                   "rider_route",
                                                                   "rider_capacity",
                                                                   "offer_life",
                                                                   "offer_expiry",
                                                                   "views_agree",
                                                                   "waybill",
                                                                   "journal",
                                                                   "stock_oversold",
                                                                   "stock_reservation",
                                                                   "policy_version",
                                                                   "record_clock",
                                                                   "deadline_early",
                                                                   "deadline_late",
                                                                   "search_end",
                                                                   "rider_late",
                                                                   "assignment_answered",
                                                                   "idle_turn",
                                                                   "stock_hand_over",
                                                                   "refusal_effect",
                                                                   "attempts",
                                                                   "trace",
                                                                   "waiting_reason",
                                                                   "zones_disjoint",
                                                                   "stock_lost"};

static_assert(static_cast<std::size_t>(check::stock_lost) + 1 == check_count);

std::string range_text(const covered& range) {
  return range.empty() ? "nothing"
                       : std::to_string(range.first) + " to " + std::to_string(range.last);
}

nlohmann::ordered_json range_json(const covered& range) {
  if (range.empty()) {
    return nullptr;
  }
  return {{"first", range.first}, {"last", range.last}};
}

void add_line(std::string& text, std::string_view label, const std::string& value) {
  constexpr std::size_t label_width = 14;
  text.append(label).append(label_width - std::min(label.size(), label_width), ' ');
  text.append(value).append("\n");
}

std::string counted(std::uint64_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string{what};
}

/// The violations that are listed, and how many more there are.
void add_violations(std::string& text, std::string_view label, const std::vector<violation>& listed,
                    std::uint64_t total, std::string_view what) {
  for (const auto& v : listed) {
    add_line(text, label,
             std::string{to_string(v.which)} + " at record " + std::to_string(v.record) + ": " +
                 v.sentence);
  }
  if (listed.size() < total) {
    add_line(text, "", counted(total - listed.size(), what));
  }
}

nlohmann::ordered_json violations_json(const std::vector<violation>& listed) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& v : listed) {
    list.push_back({{"check", to_string(v.which)}, {"record", v.record}, {"sentence", v.sentence}});
  }
  return list;
}

} // namespace

std::string_view to_string(check which) { return check_names.at(static_cast<std::size_t>(which)); }

std::uint64_t audit_report::open_orders() const {
  return orders_with(order_status::unpaid) + orders_with(order_status::waiting) +
         orders_with(order_status::offered) + orders_with(order_status::assigned) +
         orders_with(order_status::picked_up) + orders_with(order_status::returning);
}

std::string to_text(const audit_report& report) {
  std::string text;
  add_line(text, "zone", report.zone);
  add_line(text, "log",
           "sequences " + range_text(report.log) + ", records " + range_text(report.numbers) +
               ", " + counted(report.epochs, "epochs, ") +
               counted(report.digests, "digests compared"));
  if (!report.journalled.empty()) {
    add_line(text, "journal", "records " + range_text(report.journalled) + " are the same there");
  }
  add_line(text, "out",
           "sequences " + range_text(report.out) + ": " +
               counted(report.announced, "announcements compared, ") +
               counted(report.announced_expired, "expired, ") +
               counted(report.not_yet_announced, "not there yet"));
  add_line(text, "in",
           "sequences " + range_text(report.in) + ": " +
               counted(report.inputs_joined, "consumed inputs compared"));
  if (report.inputs_lost > 0) {
    add_line(text, "in", counted(report.inputs_lost, "times it had lost its end"));
  }
  add_line(text, "consumed",
           counted(report.commands, "commands, ") + counted(report.dead_letters, "dead letters, ") +
               counted(report.positions, "positions, ") + counted(report.deadlines, "deadlines"));
  add_line(text, "events",
           counted(report.events, "events, ") + counted(report.repeats, "commands repeated"));
  for (const auto& [code, count] : report.refusals) {
    add_line(text, "refused", counted(count, to_string(code)));
  }
  if (report.lives_judged) {
    std::string orders = counted(report.open_orders(), "open");
    for (std::size_t i = 1; i < report.orders.size(); ++i) {
      orders.append(", ").append(
          counted(report.orders.at(i), to_string(order_status{static_cast<std::uint8_t>(i)})));
    }
    add_line(text, "orders", orders);
    add_line(text, "offers",
             counted(report.offers, "made, ") + counted(report.open_offers, "open"));
    if (report.waybills_signed + report.waybills_unsigned > 0) {
      add_line(text, "waybills",
               counted(report.waybills_signed, "signed, ") +
                   counted(report.waybills_unsigned, "without a signature"));
    }
    for (const auto& [key, count] : report.waybills_of_other_keys) {
      add_line(text, "waybills", counted(count, "not checked: signed with key ") + key);
    }
  } else {
    add_line(text, "orders", "not judged: the log does not begin with the first record");
  }
  add_violations(text, "known", report.known_violations, report.known_violations_total,
                 "more known ones are not listed");
  add_violations(text, "VIOLATION", report.violations, report.violations_total,
                 "more violations are not listed");
  add_line(text, "verdict",
           report.clean() ? "clean" : counted(report.violations_total, "violations"));
  return text;
}

std::string to_json(const audit_report& report) {
  nlohmann::ordered_json refusals = nlohmann::ordered_json::object();
  for (const auto& [code, count] : report.refusals) {
    refusals[std::string{to_string(code)}] = count;
  }
  nlohmann::ordered_json orders = {{"open", report.open_orders()}};
  for (std::size_t i = 1; i < report.orders.size(); ++i) {
    orders[std::string{to_string(order_status{static_cast<std::uint8_t>(i)})}] =
        report.orders.at(i);
  }
  nlohmann::ordered_json by_check = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < check_count; ++i) {
    by_check[std::string{check_names.at(i)}] = report.violations_by_check.at(i);
  }
  const nlohmann::ordered_json whole = {
      {"zone", report.zone},
      {"verdict", report.clean() ? "clean" : "violated"},
      {"covered",
       {{"log", range_json(report.log)},
        {"records", range_json(report.numbers)},
        {"out", range_json(report.out)},
        {"in", range_json(report.in)},
        {"lives_judged", report.lives_judged}}},
      {"records", report.records},
      {"digests", report.digests},
      {"epochs", report.epochs},
      {"commands", report.commands},
      {"positions", report.positions},
      {"deadlines", report.deadlines},
      {"waybill_answers", report.waybill_answers},
      {"events", report.events},
      {"dead_letters", report.dead_letters},
      {"repeats", report.repeats},
      {"refusals", std::move(refusals)},
      {"inputs_joined", report.inputs_joined},
      {"inputs_lost", report.inputs_lost},
      {"announced", report.announced},
      {"announced_expired", report.announced_expired},
      {"not_yet_announced", report.not_yet_announced},
      {"orders", std::move(orders)},
      {"offers", report.offers},
      {"open_offers", report.open_offers},
      {"waybills_signed", report.waybills_signed},
      {"waybills_unsigned", report.waybills_unsigned},
      {"waybills_of_other_keys", report.waybills_of_other_keys},
      {"violations_total", report.violations_total},
      {"violations_by_check", std::move(by_check)},
      {"violations", violations_json(report.violations)},
      {"known_violations_total", report.known_violations_total},
      {"known_violations", violations_json(report.known_violations)}};
  return printable_json(
      whole.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

} // namespace dispatch::audit
