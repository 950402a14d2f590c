#include "messages/wire/codec.hpp"
#include "messages/wire/contract.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/wire/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

using namespace dispatch;

namespace {

wire::command_contract contract_of(entity_kind kind, const std::string& verb) {
  const auto all = wire::command_contracts();
  const auto found = std::ranges::find_if(
      all, [&](const wire::command_contract& one) { return one.kind == kind && one.verb == verb; });
  REQUIRE(found != all.end());
  return *found;
}

wire::field_rule rule_of(const wire::command_contract& of, const std::string& field) {
  const auto found = std::ranges::find(of.rules, field, &wire::field_rule::field);
  REQUIRE_MESSAGE(found != of.rules.end(), field);
  return *found;
}

} // namespace

TEST_CASE("the contract lists every command from outside, and positions") {
  std::set<std::pair<entity_kind, std::string>> listed;
  for (const auto& one : wire::command_contracts()) {
    CHECK(listed.emplace(one.kind, one.verb).second);
    CHECK(one.message.starts_with("dispatch.v1."));
    CHECK((one.verb == "record_position" || wire::verb_of(one.blank) == one.verb));
  }
  std::set<std::pair<entity_kind, std::string>> known = {{entity_kind::rider, "record_position"}};
  for (const auto& body : samples::all_outside_commands()) {
    known.emplace(static_cast<entity_kind>(body.index() + 1), wire::verb_of(body));
  }
  CHECK(listed == known);
}

TEST_CASE("the rules of a command are those that the codec applies") {
  const auto place = contract_of(entity_kind::order, "place");
  CHECK(place.message == "dispatch.v1.PlaceOrder");
  CHECK(rule_of(place, "station").is_id);
  CHECK_FALSE(rule_of(place, "station").required); // With goods, the zone finds one.
  CHECK_FALSE(rule_of(place, "pick_up").required);
  CHECK(rule_of(place, "drop_off").required);
  CHECK(rule_of(place, "pick_up.latitude").required);
  CHECK(rule_of(place, "pick_up.latitude").lowest == -90.0);
  CHECK(rule_of(place, "drop_off.longitude").highest == 180.0);
  CHECK(rule_of(place, "load").lowest == 1.0);
  CHECK(rule_of(place, "load").highest == 1000.0);
  CHECK(rule_of(place, "vehicles").items_max == 4);
  CHECK(rule_of(place, "reference").bytes_max == 128);
  const auto shift = contract_of(entity_kind::rider, "start_shift");
  CHECK(rule_of(shift, "vehicle").required);
  CHECK(rule_of(contract_of(entity_kind::rider, "accept"), "offer").is_id);
  CHECK(rule_of(contract_of(entity_kind::rider, "accept"), "offer").required);
  CHECK(contract_of(entity_kind::order, "pay").rules.empty());
}

TEST_CASE("the contract lists every event, as it is announced") {
  std::map<std::string, wire::event_contract> by_field;
  for (const auto& one : wire::event_contracts()) {
    CHECK(by_field.emplace(one.field, one).second);
  }
  std::set<std::pair<std::size_t, std::string>> known;
  for (const auto& all : {samples::events(), samples::added_events()}) {
    for (const auto& e : all) {
      known.emplace(e.body.index(), event_name(e.body));
    }
  }
  CHECK(by_field.size() == known.size());
  CHECK(by_field.at("order_placed").name == "placed");
  CHECK(by_field.at("order_placed").kinds == std::vector{entity_kind::order});
  CHECK(by_field.at("rider_paused").name == "paused");
  CHECK(by_field.at("rider_paused").kinds == std::vector{entity_kind::rider});
  CHECK(by_field.at("rider_paused").message == "dispatch.v1.ActorPaused");
  CHECK(by_field.at("refused").kinds.size() == 4);
  CHECK_FALSE(by_field.at("position_recorded").announced);
}
