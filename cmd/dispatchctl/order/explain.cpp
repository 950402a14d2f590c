#include "cmd/dispatchctl/order/explain.hpp"

#include "cmd/dispatchctl/json_text.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/json_output.hpp"
#include "messages/records/decision.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <ostream>
#include <utility>
#include <vector>

namespace dispatch::ctl {

namespace {

constexpr std::size_t decisions_max = 50; // of the zone's answers
constexpr std::size_t nearest_shown = 5;

std::string number(const json& of, const char* field, const char* format = "%.0f") {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, of.value(field, 0.0));
  return text.data();
}

/// What an order waits for, as a sentence goes on behind "It".
const char* sentence_of(waiting_reason reason) {
  switch (reason) {
  case waiting_reason::none:
    return "waits";
  case waiting_reason::not_looked_at:
    return "is looked at in the next match";
  case waiting_reason::zone_paused:
    return "waits because the zone makes no offers";
  case waiting_reason::station_closed:
    return "waits because its station is closed";
  case waiting_reason::too_early:
    return "waits because it is ready much later than the zone looks ahead";
  case waiting_reason::no_rider_in_reach:
    return "waits because no rider is in reach";
  case waiting_reason::all_riders_gated:
    return "waits because no rider in reach may be asked";
  case waiting_reason::riders_busy:
    return "waits because the riders in reach are busy, or serve others better";
  case waiting_reason::order_paused:
    return "waits because an operator has paused it";
  case waiting_reason::station_paused:
    return "waits because an operator has paused its station";
  case waiting_reason::no_stock:
    return "waits because no open station in reach has the goods";
  case waiting_reason::order_held:
    return "waits because an operator holds it";
  case waiting_reason::planned:
    return "is planned for a rider, who is asked when it is time to set out";
  case waiting_reason::rule:
    return "waits because a rule of the policy forbids it";
  }
  return "waits";
}

/// The same for a reason as the zone's answers spell it. A newer zone may know others.
std::string waiting_sentence(const std::string& spelled) {
  const auto name = name_of(spelled);
  for (int code = 0; code <= UINT8_MAX; ++code) {
    if (const auto reason = static_cast<waiting_reason>(code); to_string(reason) == name) {
      return sentence_of(reason);
    }
  }
  return "waits: " + plain_word(spelled);
}

/// `-20 near, boost`: what the rules add, and which.
std::string rules_of(const json& candidate) {
  const auto rules = on_one_line(candidate.value("rules", json::array()));
  const auto cost = number(candidate, "rules_cost_s");
  return cost == "0" ? rules : cost + (rules.empty() ? "" : " " + rules);
}

void print_candidates(std::ostream& to, const json& decision) {
  using cli::align;
  const auto candidates = decision.value("candidates", json::array());
  const auto with_rules =
      std::ranges::any_of(candidates, [](const json& c) { return !rules_of(c).empty(); });
  std::vector<cli::column> columns = {{"RIDER"},
                                      {"COST s", align::right},
                                      {"TRAVEL", align::right},
                                      {"ORDER WAITS", align::right},
                                      {"RIDER WAITS", align::right},
                                      {"DETOUR", align::right},
                                      {"DISTANCE m", align::right}};
  const auto with_stations = std::ranges::any_of(
      candidates, [](const json& c) { return !c.value("station", "").empty(); });
  if (with_stations) {
    columns.push_back({"RIDE", align::right});
    columns.push_back({"GOODS FROM"});
  }
  if (with_rules) {
    columns.push_back({"RULES"});
  }
  const auto by_engine = std::ranges::any_of(
      candidates, [](const json& c) { return plain_word(c.value("travel", "none")) != "none"; });
  if (by_engine) {
    columns.push_back({"TIMES"});
  }
  columns.push_back({""});
  cli::table rows(std::move(columns));
  const auto chosen = decision.value("rider", "");
  const auto also = decision.value("also", json::array());
  for (const auto& c : candidates) {
    const auto rider = c.value("rider", "");
    std::vector<std::string> cells = {rider,
                                      number(c, "cost_s", "%.1f"),
                                      number(c, "travel_s"),
                                      number(c, "order_wait_s"),
                                      number(c, "rider_wait_s"),
                                      number(c, "detour_s"),
                                      number(c, "distance_m")};
    if (with_stations) {
      cells.push_back(number(c, "ride_s"));
      cells.push_back(c.value("station", ""));
    }
    if (with_rules) {
      cells.push_back(rules_of(c));
    }
    if (by_engine) {
      const auto source = plain_word(c.value("travel", ""));
      cells.push_back(source == "none" ? "estimated" : source);
    }
    const auto is_asked = std::ranges::any_of(
        also, [&](const json& other) { return other.value("rider", "") == rider; });
    cells.emplace_back(rider == chosen ? "<- chosen" : is_asked ? "<- asked too" : " ");
    rows.add_row(std::move(cells));
  }
  if (!rows.empty()) {
    rows.print(to, true, "    ");
  }
}

void print_gated(std::ostream& to, const json& decision) {
  std::map<std::string, std::vector<std::string>> nearest;
  for (const auto& g : decision.value("gated", json::array())) {
    auto& riders = nearest[g.value("code", "")];
    if (riders.size() < nearest_shown) {
      const auto rule = g.value("rule", "");
      riders.push_back(g.value("rider", "") + (rule.empty() ? "" : " (" + rule + ")"));
    }
  }
  cli::table rows{{"PASSED OVER", cli::align::right}, {"BECAUSE"}, {"NEAREST"}};
  for (const auto& c : decision.value("counts", json::array())) {
    const auto code = c.value("code", "");
    rows.add_row(
        {c.value("riders", json(0)).dump(), plain_word(code), on_one_line(json(nearest[code]))});
  }
  if (!rows.empty()) {
    rows.print(to, true, "    ");
  }
}

/// The rider whom an operator named, and the gate that was shut.
std::string refused_assignment(const json& decision) {
  const auto gated = decision.value("gated", json::array());
  if (gated.empty()) {
    return "the rider whom an operator named could not take it; it " +
           waiting_sentence(decision.value("waiting", ""));
  }
  return "rider " + gated.front().value("rider", "") + ", whom an operator named, could not take " +
         "it: " + plain_word(gated.front().value("code", ""));
}

std::string verdict_of(const json& decision) {
  const auto rider = decision.value("rider", "");
  const auto offer = decision.value("offer", "");
  const bool by_operator = decision.value("by_operator", false);
  if (!offer.empty()) {
    if (by_operator) {
      return "given to rider " + rider + " by an operator, as " + offer;
    }
    auto verdict = "offered to rider " + rider + " as " + offer;
    if (const auto holder = decision.value("swap_from", json()); holder.is_object()) {
      verdict += ", " + number(decision, "gain_s") + " s better than rider " +
                 holder.value("rider", "") + ", who has it and whose cost is " +
                 number(holder, "cost_s", "%.1f") + " s";
    }
    for (const auto& other : decision.value("also", json::array())) {
      verdict += ", to rider " + other.value("rider", "") + " as " + other.value("offer", "");
    }
    return verdict;
  }
  if (by_operator) {
    return refused_assignment(decision);
  }
  return "it " + waiting_sentence(decision.value("waiting", ""));
}

void print_decision(std::ostream& to, const json& decision) {
  to << '\n'
     << decision.value("at", "") << "  record " << on_one_line(decision.value("record", json()))
     << ": " << cli::printable(verdict_of(decision)) << '\n'
     << "    policy version " << decision.value("policy_version", json(0)).dump();
  if (decision.value("radius_m", 0.0) > 0) {
    to << ", riders within " << number(decision, "radius_m")
       << " m: " << decision.value("in_reach", json(0)).dump();
  }
  to << '\n';
  const auto print_rules = [&](const char* field, const char* meaning) {
    if (const auto rules = decision.value(field, json::array()); !rules.empty()) {
      to << "    " << meaning << ": " << on_one_line(rules) << '\n';
    }
  };
  const auto candidates = decision.value("candidates", json::array());
  const auto estimated = std::ranges::all_of(
      candidates, [](const json& c) { return plain_word(c.value("travel", "")) == "none"; });
  if (estimated && !candidates.empty()) {
    to << "    travel times estimated from straight distances\n";
  }
  print_rules("rules", "rules that apply to the order");
  print_rules("failed_rules", "rules that came to no number");
  print_candidates(to, decision);
  print_gated(to, decision);
}

/// Of an order that is still at the door.
void print_wrong_codes(std::ostream& to, const json& answer) {
  const auto times = answer.value("wrong_codes", 0U);
  if (times == 0 || plain_word(answer.value("status", "")) != "picked up") {
    return;
  }
  const auto id = answer.value("id", "");
  const auto rider = answer.value("rider", "");
  to << "Wrong codes given at the door: " << times
     << ". When no more are taken (`code_locked`), an operator confirms the hand-over, behind the\n"
        "rider's `arrive`: dispatchctl send rider "
     << rider << " deliver '{\"order\":\"" << id << "\"}' --operator NAME\n";
}

} // namespace

void describe(CLI::App& verb, order_explain& asked) {
  verb.description("Show why an order is where it is: every decision with its evidence");
  verb.add_option("order", asked.order, "id of the order")->required()->check(id_rule());
  cli::add_number(verb, "--limit", asked.limit, "how many of the newest decisions", 1,
                  decisions_max);
  verb.footer(
      R"(All terms are seconds. A candidate's cost is the travel, plus the other terms times their
weights in the zone's policy, plus what its rules add. A decision is kept when an offer is made, or
when what the order waits for changes. Travel times are estimated from straight distances, or those
of a routing engine (`partly`: some of them).

Examples:
  dispatchctl order explain o1
  dispatchctl order explain o1 -o json)");
}

void print_explanation(std::ostream& to, const json& answer) {
  const auto waiting = on_one_line(answer.value("waiting", json()));
  const auto ended_for = answer.value("end_reason", "");
  to << "Order " << answer.value("id", "") << " is " << plain_word(answer.value("status", ""))
     << cli::printable(ended_for.empty() ? "" : ": " + ended_for) << '.';
  if (!waiting.empty()) {
    to << " It " << waiting_sentence(waiting) << '.';
  }
  if (const auto pause = answer.value("pause", json()); pause.is_object()) {
    const auto reason = pause.value("reason", "");
    to << " Paused since " << pause.value("since", "")
       << cli::printable(reason.empty() ? "" : ": " + reason) << '.';
  }
  to << '\n';
  print_wrong_codes(to, answer);
  const auto& decisions = answer.at("decisions");
  for (const auto& decision : decisions) {
    print_decision(to, decision);
  }
  if (decisions.empty()) {
    to << "The dispatcher has decided nothing about it.\n";
  }
}

void run(const order_explain& asked, session& session) {
  const auto answer =
      session.ask(session.zone(), "explain", {{"id", asked.order}, {"limit", asked.limit}});
  if (session.options().as_json) {
    cli::print_json(session.io().out, answer);
  } else {
    print_explanation(session.io().out, answer);
  }
  if (const auto missing = answer.value("records_missing", std::uint64_t{0}); missing > 0) {
    session.say(std::to_string(missing) + " older records are not kept on the node any more");
  }
}

} // namespace dispatch::ctl
