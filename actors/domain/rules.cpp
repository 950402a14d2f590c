#include "actors/domain/rules.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <muParser.h>
#include <numeric>
#include <tuple>
#include <utility>

/// The only place that knows muParser. Its own operators are off: division has to be watched, `=`
/// must not assign, and `^` is not the same on every processor.
namespace dispatch::domain {

namespace {

thread_local bool divided_by_zero = false;

double add(double a, double b) { return a + b; }
double subtract(double a, double b) { return a - b; }
double multiply(double a, double b) { return a * b; }
double divide(double a, double b) {
  divided_by_zero = divided_by_zero || b == 0.0;
  return a / b;
}
double less(double a, double b) { return a < b ? 1.0 : 0.0; }
double less_or_equal(double a, double b) { return a <= b ? 1.0 : 0.0; }
double equal(double a, double b) { return a == b ? 1.0 : 0.0; }
double not_equal(double a, double b) { return a != b ? 1.0 : 0.0; }
double greater_or_equal(double a, double b) { return a >= b ? 1.0 : 0.0; }
double greater(double a, double b) { return a > b ? 1.0 : 0.0; }
double both(double a, double b) { return a != 0.0 && b != 0.0 ? 1.0 : 0.0; }
double either(double a, double b) { return a != 0.0 || b != 0.0 ? 1.0 : 0.0; }
double opposite(double a) { return -a; }
double negation(double a) { return a == 0.0 ? 1.0 : 0.0; }
double smaller(double a, double b) { return std::min(a, b); }
double larger(double a, double b) { return std::max(a, b); }
double magnitude(double a) { return std::fabs(a); }
double rounded_down(double a) { return std::floor(a); }
double rounded_up(double a) { return std::ceil(a); }

constexpr std::array<std::string_view, 5> vehicle_names = {"", "walking", "bicycle", "motorcycle",
                                                           "car"};

const rule_facts& facts_of(void* given) { return *static_cast<const rule_facts*>(given); }

double has(std::span<const std::string> list, std::string_view name) {
  return std::ranges::find(list, name) != list.end() ? 1.0 : 0.0;
}
double needs(void* given, const char* skill) { return has(facts_of(given).order_skills, skill); }
double rider_can(void* given, const char* skill) {
  return has(facts_of(given).rider_skills, skill);
}
double station_is(void* given, const char* id) { return facts_of(given).station == id ? 1.0 : 0.0; }
double vehicle_is(void* given, const char* name) {
  return vehicle_names.at(static_cast<std::size_t>(facts_of(given).rider_vehicle)) == name ? 1.0
                                                                                           : 0.0;
}

/// A word of an expression outside quotes, and the text in quotes behind it.
struct word {
  std::string_view name;
  std::string_view argument;
};

std::vector<word> words_of(std::string_view expression) {
  constexpr std::string_view in_words =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  std::vector<word> words;
  for (std::size_t at = 0; at < expression.size();) {
    if (expression[at] == '"') {
      const auto end = std::min(expression.find('"', at + 1), expression.size());
      if (!words.empty()) {
        words.back().argument = expression.substr(at + 1, end - at - 1);
      }
      at = end + 1;
    } else if (in_words.find(expression[at]) != std::string_view::npos) {
      const auto end = std::min(expression.find_first_not_of(in_words, at), expression.size());
      words.push_back({expression.substr(at, end - at), {}});
      at = end;
    } else {
      ++at;
    }
  }
  return words;
}

bool asks_of_rider(std::string_view expression) {
  constexpr std::array<std::string_view, 6> of_rider = {
      "rider_capacity", "rider_load", "rider_orders", "distance_m", "rider_can", "vehicle_is"};
  return std::ranges::any_of(words_of(expression), [&](const word& w) {
    return std::ranges::find(of_rider, w.name) != of_rider.end();
  });
}

/// Makes the language; `facts` must outlive the parser.
void define(mu::Parser& p, rule_facts& facts) {
  p.ClearFun();
  p.ClearConst();
  p.ClearInfixOprt();
  p.ClearPostfixOprt();
  p.EnableBuiltInOprt(false);
  p.DefineOprt("||", either, mu::prLOR);
  p.DefineOprt("&&", both, mu::prLAND);
  p.DefineOprt("<=", less_or_equal, mu::prCMP);
  p.DefineOprt(">=", greater_or_equal, mu::prCMP);
  p.DefineOprt("==", equal, mu::prCMP);
  p.DefineOprt("!=", not_equal, mu::prCMP);
  p.DefineOprt("<", less, mu::prCMP);
  p.DefineOprt(">", greater, mu::prCMP);
  p.DefineOprt("+", add, mu::prADD_SUB);
  p.DefineOprt("-", subtract, mu::prADD_SUB);
  p.DefineOprt("*", multiply, mu::prMUL_DIV);
  p.DefineOprt("/", divide, mu::prMUL_DIV);
  p.DefineInfixOprt("-", opposite);
  p.DefineInfixOprt("!", negation);
  p.DefineFun("min", smaller);
  p.DefineFun("max", larger);
  p.DefineFun("abs", magnitude);
  p.DefineFun("floor", rounded_down);
  p.DefineFun("ceil", rounded_up);
  p.DefineFunUserData("needs", needs, &facts, false);
  p.DefineFunUserData("rider_can", rider_can, &facts, false);
  p.DefineFunUserData("station_is", station_is, &facts, false);
  p.DefineFunUserData("vehicle_is", vehicle_is, &facts, false);
  p.DefineVar("order_load", &facts.order_load);
  p.DefineVar("order_waited_min", &facts.order_waited_min);
  p.DefineVar("order_priority", &facts.order_priority);
  p.DefineVar("station_distance_m", &facts.station_distance_m);
  p.DefineVar("local_hour", &facts.local_hour);
  p.DefineVar("local_weekday", &facts.local_weekday);
  p.DefineVar("rider_capacity", &facts.rider_capacity);
  p.DefineVar("rider_load", &facts.rider_load);
  p.DefineVar("rider_orders", &facts.rider_orders);
  p.DefineVar("distance_m", &facts.distance_m);
}

/// The expression's value; nullopt when it is no number.
std::optional<double> value_of(mu::Parser& p) {
  divided_by_zero = false;
  const auto value = p.Eval();
  return divided_by_zero || !std::isfinite(value) ? std::nullopt : std::optional{value};
}

/// What is wrong with an expression; empty: nothing.
std::string compile(mu::Parser& p, rule_facts& facts, const std::string& expression) {
  for (const auto& w : words_of(expression)) {
    if (w.name == "vehicle_is" &&
        (w.argument.empty() ||
         std::ranges::find(vehicle_names, w.argument) == vehicle_names.end())) {
      return "vehicle_is: must be walking, bicycle, motorcycle or car, is " +
             std::string{w.argument};
    }
  }
  try {
    define(p, facts);
    p.SetExpr(expression);
    auto values = 0;
    (void)p.Eval(values);
    return values == 1 ? "" : "must be one value, are " + std::to_string(values);
  } catch (const mu::ParserError& error) {
    const auto at = error.GetPos();
    return (at >= 0 ? "position " + std::to_string(at) + ": " : std::string{}) + error.GetMsg();
  }
}

} // namespace

void set_local_time(rule_facts& facts, timestamp now, std::chrono::seconds ahead) {
  const auto local = now + ahead;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  facts.local_hour = std::chrono::duration<double, std::ratio<3600>>(local - day).count();
  facts.local_weekday = static_cast<double>(std::chrono::weekday{day}.iso_encoding());
}

struct rule_set::compiled {
  struct rule {
    std::string name;
    std::string fault; ///< empty: none
    mu::Parser when{};
    std::optional<mu::Parser> cost{};
    bool forbid = false;
    double weight = 0.0;
    std::size_t group = 0;
    bool of_riders = false; ///< something in its group asks of the rider
  };

  rule_facts facts; ///< what the parsers read
  std::vector<rule> rules;
  std::vector<std::size_t> sequence; ///< by group, best first
};

rule_set::rule_set(const std::vector<policy_rule>& given)
    : compiled_(std::make_unique<compiled>()) {
  auto& facts = compiled_->facts;
  auto& rules = compiled_->rules;
  const auto count = std::min(given.size(), limits::rules_max);
  std::map<std::string_view, std::size_t> groups;
  std::vector<bool> group_asks(count, false);
  rules.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& from = given[i];
    auto& to = rules[i];
    to.name = from.name;
    to.forbid = from.forbid;
    to.weight = from.weight;
    to.group = from.group.empty() ? i : groups.try_emplace(from.group, i).first->second;
    group_asks[to.group] =
        group_asks[to.group] || asks_of_rider(from.when) || asks_of_rider(from.cost_s);
    if (const auto wrong = compile(to.when, facts, from.when); !wrong.empty()) {
      to.fault = "when: " + wrong;
    }
    if (!from.cost_s.empty()) {
      const auto wrong = compile(to.cost.emplace(), facts, from.cost_s);
      if (to.fault.empty() && !wrong.empty()) {
        to.fault = "cost_s: " + wrong;
      }
    }
  }
  for (auto& rule : rules) {
    rule.of_riders = group_asks[rule.group];
    if (rule.of_riders && rule.weight != 0.0 && rule.fault.empty()) {
      rule.fault = "weight: no expression of the rule or its group may ask of the rider";
    }
  }
  auto& sequence = compiled_->sequence;
  sequence.resize(count);
  std::iota(sequence.begin(), sequence.end(), std::size_t{0});
  std::ranges::sort(sequence, {}, [&](std::size_t i) {
    return std::tuple{rules[i].group, -given[i].priority, i};
  });
}

rule_set::~rule_set() = default;
rule_set::rule_set(rule_set&&) noexcept = default;
rule_set& rule_set::operator=(rule_set&&) noexcept = default;

bool rule_set::empty() const { return compiled_->rules.empty(); }

rule_verdict rule_set::of_order(const rule_facts& facts) const { return judge(facts, false); }

rule_verdict rule_set::of_pair(const rule_facts& facts) const { return judge(facts, true); }

rule_verdict rule_set::judge(const rule_facts& facts, bool of_riders) const {
  auto& rules = compiled_->rules;
  compiled_->facts = facts;
  rule_verdict verdict;
  auto settled = rules.size(); // the group of which a rule applies
  for (const auto i : compiled_->sequence) {
    auto& rule = rules[i];
    if (rule.of_riders != of_riders || rule.group == settled) {
      continue;
    }
    const auto holds = rule.fault.empty() ? value_of(rule.when) : std::nullopt;
    const auto cost = holds && *holds != 0.0 && rule.cost ? value_of(*rule.cost) : 0.0;
    if (!holds || !cost || std::fabs(*cost) > limits::rule_cost_s_max) {
      verdict.failed |= rule_bits{1} << i;
      continue;
    }
    if (*holds == 0.0) {
      continue;
    }
    settled = rule.group;
    verdict.applied |= rule_bits{1} << i;
    verdict.cost_s += *cost;
    if (rule.weight != 0.0) {
      verdict.weight *= rule.weight;
    }
    if (rule.forbid && !verdict.forbidden_by) {
      verdict.forbidden_by = i;
    }
  }
  verdict.weight =
      std::clamp(verdict.weight, 1.0 / limits::order_weight_max, limits::order_weight_max);
  return verdict;
}

const std::string& rule_set::name(std::size_t place) const {
  return compiled_->rules.at(place).name;
}

std::vector<std::string> rule_set::names(rule_bits which) const {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < compiled_->rules.size() && list.size() < limits::rules_kept; ++i) {
    if ((which & (rule_bits{1} << i)) != 0) {
      list.push_back(name(i));
    }
  }
  return list;
}

std::optional<std::string> rule_set::fault() const {
  for (const auto& rule : compiled_->rules) {
    if (!rule.fault.empty()) {
      return "rule " + rule.name + ", " + rule.fault;
    }
  }
  return std::nullopt;
}

} // namespace dispatch::domain
