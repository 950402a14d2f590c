#include "messages/wire/codec.hpp"
#include "tests/wire/samples.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <set>

using namespace dispatch;
using nlohmann::json;

namespace {

/// The names of all fields in the .proto files: the words before ` = number;`, in lower case as
/// enumerators are not.
std::set<std::string> declared_names() {
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator{PROTO_FOLDER "/dispatch/v1"}) {
    if (file.path().filename() == "admin.proto") {
      continue; // Its messages are in no record: tests/contract compares them with answers.
    }
    std::ifstream text{file.path()};
    for (std::string line; std::getline(text, line);) {
      const auto end = line.find(" = ");
      if (line.starts_with("  ") && line.ends_with(';') && end != std::string::npos) {
        const auto begin = line.rfind(' ', end - 1) + 1;
        if (line[begin] >= 'a') {
          names.insert(line.substr(begin, end - begin));
        }
      }
    }
  }
  return names;
}

void collect_keys(const json& value, std::set<std::string>& keys) {
  for (const auto& [key, inner] : value.items()) {
    if (value.is_object()) {
      keys.insert(key);
    }
    if (inner.is_structured()) {
      collect_keys(inner, keys);
    }
  }
}

std::string sample_record() {
  std::vector<std::string> encoded;
  for (const auto& one : samples::events()) {
    encoded.push_back(wire::encode_event(one));
  }
  return wire::encode_record(samples::a_record(), encoded);
}

std::string added_record() {
  const auto added = samples::added_record();
  std::vector<std::string> encoded;
  for (const auto& one : added.events) {
    encoded.push_back(wire::encode_event(one));
  }
  return wire::encode_record(added, encoded);
}

/// The name that an enumeration's value should have in JSON.
std::string spelled(std::string prefix, std::string_view name) {
  for (const auto c : name) {
    prefix += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return prefix;
}

json state(entity_kind kind, const std::string& bytes) {
  return json::parse(*wire::state_to_json(kind, bytes));
}

} // namespace

TEST_CASE("JSON names are those of the .proto files, and all of them are used") {
  std::set<std::string> keys;
  collect_keys(json::parse(*wire::record_to_json(sample_record())), keys);
  collect_keys(state(entity_kind::order, wire::encode_state(samples::order_state())), keys);
  collect_keys(state(entity_kind::rider, wire::encode_state(samples::rider_state())), keys);
  collect_keys(state(entity_kind::station, wire::encode_state(samples::station_state())), keys);
  collect_keys(json::parse(*wire::record_to_json(added_record())), keys);
  collect_keys(state(entity_kind::order, wire::encode_state(samples::added_order_state())), keys);
  collect_keys(state(entity_kind::rider, wire::encode_state(samples::rider_state_with_codes())),
               keys);
  collect_keys(state(entity_kind::station, wire::encode_state(samples::added_station_state())),
               keys);
  collect_keys(state(entity_kind::zone, wire::encode_state(samples::zone_state())), keys);
  collect_keys(state(entity_kind::zone, wire::encode_state(samples::added_zone_state())), keys);
  collect_keys(state(entity_kind::order, wire::encode_state(samples::order_state_of_edition_2())),
               keys);
  collect_keys(
      state(entity_kind::station, wire::encode_state(samples::station_state_of_edition_2())), keys);
  collect_keys(state(entity_kind::order, wire::encode_state(samples::order_state_with_codes())),
               keys);
  auto numbered = samples::a_record();
  numbered.events.clear();
  numbered.commands.front().numbered = true;
  collect_keys(json::parse(*wire::record_to_json(wire::encode_record(numbered, {}))), keys);
  auto to_rider = offer_received{{"offer-1", {"order-1"}, {stop{}}, samples::time(), false}};
  to_rider.offer.route.front().delivery_code = "sealed";
  const event offered{{entity_kind::rider, "r1"}, samples::time(), {}, {}, rider_event{to_rider}};
  const auto announced = wire::announced_form(offered, wire::encode_event(offered));
  CHECK(announced.find("sealed") == std::string::npos);
  collect_keys(json::parse(*wire::event_to_json(announced)), keys);
  CHECK(keys == declared_names());
}

TEST_CASE("a command in JSON") {
  const auto body =
      json::parse(wire::encode_command(samples::outside_commands().front(), wire::encoding::json));
  CHECK(body == json::parse(R"({
    "station": "station-1",
    "pick_up": {"latitude": -6.2087634, "longitude": 106.845599},
    "drop_off": {"latitude": -6.1751101, "longitude": 106.865036},
    "ready_at": "2026-11-21T09:50:15.123456Z",
    "prepaid": true,
    "load": 3,
    "vehicles": ["VEHICLE_BICYCLE", "VEHICLE_CAR"],
    "reference": "upstream/47 \u00e9",
    "items": [],
    "priority": 0,
    "delivery_code": "",
    "skills": []
  })"));
}

TEST_CASE("gates, waiting reasons and refusals have the same names everywhere") {
  for (int i = 1; i <= static_cast<int>(gate::shift_ends); ++i) {
    decision one;
    one.counts.push_back({static_cast<gate>(i), 1});
    CHECK(json::parse(wire::decision_to_json(one))["counts"][0]["code"] ==
          spelled("GATE_", to_string(static_cast<gate>(i))));
  }
  for (int i = 1; i <= static_cast<int>(waiting_reason::riders_busy); ++i) {
    decision one;
    one.waiting = static_cast<waiting_reason>(i);
    CHECK(json::parse(wire::decision_to_json(one))["waiting"] ==
          spelled("WAITING_REASON_", to_string(one.waiting)));
  }
  for (int i = 1; i <= static_cast<int>(refusal::overloaded); ++i) {
    const auto code = static_cast<refusal>(i);
    if (to_string(code).empty()) {
      continue; // no refusal of this build
    }
    auto one = samples::events().front();
    one.body = command_refused{code, "", ""};
    CHECK(json::parse(*wire::event_to_json(wire::encode_event(one)))["refused"]["code"] ==
          spelled("REFUSAL_", to_string(code)));
  }
}

TEST_CASE("a record in JSON shows what is nested in it") {
  const auto shown = json::parse(*wire::record_to_json(sample_record()));
  const auto sample = samples::a_record();
  CHECK(shown["commands"].size() == sample.commands.size());
  CHECK(shown["commands"][3]["body"] == json{{"reason", "changed their mind"}});
  CHECK(shown["events"].size() == sample.events.size());
  CHECK(shown["events"][3]["order_offered"] == json{{"offer", "offer-1"}, {"rider", "rider-1"}});
  CHECK(shown["previous"].get<std::string>().starts_with("f0efeeed"));
  CHECK(shown["decisions"][0] == json::parse(wire::decision_to_json(samples::a_decision())));
}

TEST_CASE("an event and a state in JSON") {
  const auto shown = json::parse(*wire::event_to_json(wire::encode_event(samples::events()[1])));
  CHECK(shown["entity"] == json{{"kind", "ENTITY_KIND_ORDER"}, {"id", "entity-1"}});
  CHECK(shown["order_paid"] == json{{"search_until", "2026-11-21T11:00:15.123456Z"}});
  CHECK(state(entity_kind::zone, wire::encode_state(zone{})) ==
        json{{"format", 1}, {"epoch", "0"}, {"paused", false}, {"pause_reason", ""}});
}

TEST_CASE("a time that JSON cannot spell is a failure") {
  auto far = samples::events().front();
  far.at = timestamp{duration{INT64_MAX / 2}};
  CHECK_FALSE(wire::event_to_json(wire::encode_event(far)));
}
