#include "messages/limits.hpp"
#include "messages/records/record_budget.hpp"
#include "messages/wire/codec.hpp"
#include "tests/wire/samples.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <variant>
#include <vector>

using namespace dispatch;
using record_budget::reserve;

namespace {

std::size_t encoded_bytes(const record& r) {
  std::vector<std::string> events;
  for (const auto& e : r.events) {
    events.push_back(wire::encode_event(e));
  }
  return wire::encode_record(r, events).size();
}

/// What one more part costs the record.
template <class Part> std::size_t cost_of(std::vector<Part> record::*list, const Part& one) {
  record r;
  const auto without = encoded_bytes(r);
  (r.*list).push_back(one);
  return encoded_bytes(r) - without;
}

std::vector<record> sample_records() {
  return {samples::a_record(), samples::added_record(), samples::an_intake_record()};
}

template <class Part> std::size_t sum_of(const std::vector<Part>& all) {
  return std::accumulate(all.begin(), all.end(), std::size_t{0},
                         [](std::size_t sum, const Part& one) { return sum + reserve(one); });
}

/// A policy is no text of usual length. `limits::input_bytes_per_turn` bounds it.
std::size_t policy_bytes(const command& c) {
  const auto* of_zone = std::get_if<zone_command>(&c.body);
  const auto* set = of_zone != nullptr ? std::get_if<set_policy>(of_zone) : nullptr;
  return set != nullptr ? wire::encode_command(c.body, wire::encoding::protobuf).size() : 0;
}

} // namespace

TEST_CASE("record budget: every part of the sample records costs at most its reserve") {
  std::size_t checked = 0;
  for (const auto& r : sample_records()) {
    for (const auto& c : r.commands) {
      CHECK_MESSAGE(cost_of(&record::commands, c) <= reserve(c) + policy_bytes(c),
                    wire::verb_of(c.body));
    }
    for (const auto& e : r.events) { // The reserve of its command has room for one long body.
      CHECK_MESSAGE(cost_of(&record::events, e) <= reserve(e) + record_budget::command_bytes,
                    event_name(e.body));
    }
    for (const auto& d : r.decisions) {
      CHECK(cost_of(&record::decisions, d) <= reserve(d));
    }
    for (const auto& letter : r.dead_letters) {
      CHECK(cost_of(&record::dead_letters, letter) <= reserve(letter));
    }
    for (const auto& told : r.travel) {
      if (!told.times.empty()) { // An empty answer costs some 6 bytes more.
        CHECK(cost_of(&record::travel, told) <= reserve(told));
      }
    }
    checked += r.commands.size() + r.events.size();
  }
  CHECK(checked > 100);
}

TEST_CASE("record budget: a sample record costs at most the sum of its reserves") {
  for (auto r : sample_records()) {
    std::size_t policies = 0;
    for (const auto& c : r.commands) {
      policies += policy_bytes(c);
    }
    const auto reserved = policies + sum_of(r.commands) + sum_of(r.events) + sum_of(r.decisions) +
                          sum_of(r.dead_letters) + sum_of(r.travel);
    const auto encoded = encoded_bytes(r);
    r.commands.clear();
    r.events.clear();
    r.decisions.clear();
    r.dead_letters.clear();
    r.travel.clear();
    const auto frame = encoded_bytes(r);
    CHECK(frame <= record_budget::record_bytes);
    CHECK(encoded - frame <= reserved);
  }
}

TEST_CASE("record budget: decisions with the most evidence cost at most their reserve") {
  decision d = samples::a_decision();
  d.candidates.resize(limits::candidates_kept, d.candidates.front());
  for (std::size_t i = d.gated.size(); i < limits::gated_kept; ++i) {
    d.gated.push_back({"rider-of-the-city-" + std::to_string(i), gate::rule, "a-rule"});
  }
  d.rules.assign(limits::rules_kept, "a-rule-with-a-long-name");
  d.failed_rules = d.rules;
  CHECK(cost_of(&record::decisions, d) <= reserve(d));
  d.swap_from = d.candidates.front();
  CHECK(cost_of(&record::decisions, d) <= reserve(d));
}
