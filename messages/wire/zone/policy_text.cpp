#include "messages/wire/zone/policy_text.hpp"

#include "messages/entities/entity.hpp"
#include "messages/wire/zone/key_list.hpp"
#include "messages/wire/zone/policy_keys.hpp"

#include <algorithm>
#include <set>

namespace dispatch::wire {

namespace {

constexpr std::size_t time_zone_bytes_max = 64;

bool can_name_time_zone(std::string_view name) {
  return !name.empty() && name.size() <= time_zone_bytes_max &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view{"/_+-"}.find(c) != std::string_view::npos;
         });
}

void check_rule(toml_reader& a, const std::string& path, const policy_rule& r) {
  const auto effects = (r.forbid ? 1 : 0) + (r.cost_s.empty() ? 0 : 1) + (r.weight != 0.0 ? 1 : 0);
  if (!valid_id(r.name)) {
    a.reject(path + "name",
             "must be 1 to 64 letters, digits, '-' or '_', is " + wire::quoted(r.name));
  }
  if (!r.group.empty() && !valid_id(r.group)) {
    a.reject(path + "group",
             "must be 1 to 64 letters, digits, '-' or '_', is " + wire::quoted(r.group));
  }
  if (effects != 1) {
    a.reject(path + "name", "rule " + wire::quoted(r.name) +
                                " must have one of forbid = true, cost_s and weight, has " +
                                std::to_string(effects));
  }
  const auto too_long = [&](const char* key, const std::string& expression) {
    if (expression.size() > limits::expression_bytes_max) {
      a.reject(path + key, "must be at most " + std::to_string(limits::expression_bytes_max) +
                               " bytes, is " + std::to_string(expression.size()));
    }
  };
  if (r.when.empty()) {
    a.reject(path + "when", "must be given");
  }
  too_long("when", r.when);
  too_long("cost_s", r.cost_s);
}

result<policy> read_policy(std::string_view text, bool strict) {
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return failure{"policy, line " + std::to_string(error.source().begin.line) + ": " +
                   std::string{error.description()}};
  }
  policy policy;
  policy.version = 0;
  toml_reader reading{table, strict};
  reading.section("policy", [&] {
    policy_version_key(reading, policy);
    policy_keys(reading, policy);
  });
  reading.refuse_unknown_keys();
  if (strict) {
    if (!table.contains("policy")) {
      reading.reject("[policy]", "must be present");
    }
    check_policy(reading, "policy.", policy);
  }
  if (!reading.failed().empty()) {
    return failure{reading.failed()};
  }
  return policy;
}

} // namespace

void check_policy(toml_reader& a, const std::string& path, const policy& p) {
  if (p.radius_max_m < p.radius_m) {
    a.reject(path + "radius_max_m", "must be at least radius_m");
  }
  if (!can_name_time_zone(p.time_zone)) {
    a.reject(path + "time_zone",
             "must be a name such as America/Bogota, is " + wire::quoted(p.time_zone));
  }
  if (p.rules.size() > limits::rules_max) {
    a.reject(path + "rules", "must be at most " + std::to_string(limits::rules_max) + ", are " +
                                 std::to_string(p.rules.size()));
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < p.rules.size(); ++i) {
    const auto rule_path = path + "rules[" + std::to_string(i) + "].";
    check_rule(a, rule_path, p.rules[i]);
    if (!names.insert(p.rules[i].name).second) {
      a.reject(rule_path + "name", "must be unique, is " + wire::quoted(p.rules[i].name));
    }
  }
}

std::string canonical_toml(const policy& policy) {
  toml_writer writing{false};
  writing.section("policy", [&] { policy_keys(writing, policy); });
  return writing.take();
}

std::string to_toml(const policy& policy) {
  toml_writer writing{true};
  writing.section("policy", [&] {
    policy_version_key(writing, policy);
    policy_keys(writing, policy);
  });
  return writing.take();
}

std::vector<key_contract> policy_key_contracts() {
  const policy standard;
  key_list noting;
  policy_version_key(noting, standard);
  policy_keys(noting, standard);
  return noting.take();
}

result<policy> policy_from_toml(std::string_view text) { return read_policy(text, true); }

result<policy> kept_policy_from_toml(std::string_view text) { return read_policy(text, false); }

} // namespace dispatch::wire
