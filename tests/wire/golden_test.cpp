#include "messages/wire/codec.hpp"
#include "tests/wire/samples.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

using namespace dispatch;
using wire::encoding;

namespace {

/// The bytes that an earlier build wrote. With DISPATCH_WRITE_GOLDEN set, this build writes them
/// first: only for a new format, never to make a test pass.
std::string golden(const std::string& name, const std::string& as_written_now) {
  const auto path = GOLDEN_FOLDER "/" + name + ".bin";
  if (std::getenv("DISPATCH_WRITE_GOLDEN") != nullptr) {
    std::ofstream{path, std::ios::binary} << as_written_now;
  }
  std::ifstream file{path, std::ios::binary};
  REQUIRE_MESSAGE(file.good(), "missing " << path);
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<std::string> encoded_events(const record& of) {
  std::vector<std::string> encoded;
  for (const auto& one : of.events) {
    encoded.push_back(wire::encode_event(one));
  }
  return encoded;
}

/// Pausing an order, a rider or a station, which the first records of format 1 did not know.
template <class Body> bool is_of_pause(const Body& body) {
  return std::visit(
      [](const auto& group) {
        if constexpr (requires { std::variant_size<std::decay_t<decltype(group)>>::value; }) {
          return std::visit(
              [](const auto& plain) {
                using type = std::decay_t<decltype(plain)>;
                return std::is_same_v<type, pause_actor> || std::is_same_v<type, resume_actor> ||
                       std::is_same_v<type, actor_paused> || std::is_same_v<type, actor_resumed>;
              },
              group);
        } else {
          return false;
        }
      },
      body);
}

/// Skills, breaks, breakdowns and ends of shifts, which came later still.
bool is_later(const event_body& body) {
  if (const auto* of_order = std::get_if<order_event>(&body)) {
    const auto* placed = std::get_if<order_placed>(of_order);
    const auto* unassigned = std::get_if<order_unassigned>(of_order);
    return std::holds_alternative<order_stranded>(*of_order) ||
           (placed != nullptr && !placed->order.skills.empty()) ||
           (unassigned != nullptr && unassigned->search_until);
  }
  if (const auto* of_rider = std::get_if<rider_event>(&body)) {
    const auto* started = std::get_if<shift_started>(of_rider);
    const auto* ended = std::get_if<shift_ended>(of_rider);
    return std::holds_alternative<break_started>(*of_rider) ||
           std::holds_alternative<break_ended>(*of_rider) ||
           std::holds_alternative<broke_down>(*of_rider) ||
           std::holds_alternative<route_handed_back>(*of_rider) ||
           std::holds_alternative<transfer_started>(*of_rider) ||
           std::holds_alternative<transfer_ended>(*of_rider) ||
           std::holds_alternative<rider_received>(*of_rider) ||
           std::holds_alternative<transfer_answered>(*of_rider) ||
           (started != nullptr && started->ends_at) ||
           (ended != nullptr && ended->reason != shift_end::asked);
  }
  return false;
}

bool is_later(const command_body& body) {
  if (const auto* of_order = std::get_if<order_command>(&body)) {
    const auto* place = std::get_if<place_order>(of_order);
    return place != nullptr && !place->skills.empty();
  }
  if (const auto* of_rider = std::get_if<rider_command>(&body)) {
    const auto* start = std::get_if<start_shift>(of_rider);
    const auto* end = std::get_if<end_shift>(of_rider);
    return std::holds_alternative<start_break>(*of_rider) ||
           std::holds_alternative<end_break>(*of_rider) ||
           std::holds_alternative<report_breakdown>(*of_rider) ||
           std::holds_alternative<transfer_rider>(*of_rider) ||
           std::holds_alternative<receive_rider>(*of_rider) ||
           std::holds_alternative<conclude_transfer>(*of_rider) ||
           (start != nullptr && start->until) || (end != nullptr && end->hand_back);
  }
  return false;
}

/// The text of a policy has the keys of the build that wrote it; what it means stays the same.
void take_policy_text(const command_body& from, command_body& to) {
  const auto* of_zone = std::get_if<zone_command>(&from);
  const auto* written = of_zone != nullptr ? std::get_if<set_policy>(of_zone) : nullptr;
  if (written != nullptr) {
    std::get<set_policy>(std::get<zone_command>(to)).toml = written->toml;
  }
}

/// A record that an earlier build wrote is read as the sample is, whose commands and events may
/// have become more.
void check_golden(const std::string& name, record sample) {
  const auto read =
      wire::decode_record(golden(name, wire::encode_record(sample, encoded_events(sample))));
  REQUIRE(read);
  REQUIRE(read->commands.size() <= sample.commands.size());
  REQUIRE(read->events.size() <= sample.events.size());
  sample.commands.resize(read->commands.size());
  sample.events.resize(read->events.size());
  for (std::size_t i = 0; i < sample.events.size(); ++i) {
    CHECK_MESSAGE(samples::same(read->events[i], sample.events[i]), name, ": event ", i, ", ",
                  event_name(sample.events[i].body));
  }
  for (std::size_t i = 0; i < sample.commands.size(); ++i) {
    take_policy_text(read->commands[i].body, sample.commands[i].body);
    CHECK_MESSAGE(samples::same(read->commands[i], sample.commands[i]), name, ": command ", i, ", ",
                  wire::verb_of(sample.commands[i].body));
  }
  CHECK(samples::same(*read, sample));
}

} // namespace

TEST_CASE("commands of the first contract are still understood") {
  std::map<std::string, int> seen;
  for (const auto& body : samples::outside_commands()) {
    const auto kind = static_cast<entity_kind>(body.index() + 1);
    const std::string verb{wire::verb_of(body)};
    for (const auto as : {encoding::json, encoding::protobuf}) {
      auto name = "command_" + std::string{to_string(kind)} + "_" + verb +
                  (as == encoding::json ? "_json" : "_protobuf");
      if (const auto times = ++seen[name]; times > 1) {
        name += "_" + std::to_string(times); // The same verb with what it gained later.
      }
      CAPTURE(name);
      const auto read =
          wire::decode_command(kind, verb, as, golden(name, wire::encode_command(body, as)));
      REQUIRE(std::holds_alternative<command_body>(read));
      CHECK(samples::same(std::get<command_body>(read), body));
    }
  }
}

TEST_CASE("a record and an event of format 1 are still understood") {
  auto sample = samples::a_record();
  check_golden("record_1_breaks", sample);
  std::erase_if(sample.commands, [](const command& c) { return is_later(c.body); });
  std::erase_if(sample.events, [](const event& e) { return is_later(e.body); });
  check_golden("record_1_pause", sample);
  std::erase_if(sample.commands, [](const command& c) { return is_of_pause(c.body); });
  std::erase_if(sample.events, [](const event& e) { return is_of_pause(e.body); });
  check_golden("record_1", sample);

  check_golden("record_1_goods", samples::added_record());

  const auto event = samples::events().front();
  const auto read = wire::decode_event(golden("event", wire::encode_event(event)));
  REQUIRE(read);
  CHECK(samples::same(*read, event));
}

TEST_CASE("a record with what the intake refused is still understood") {
  const auto sample = samples::an_intake_record();
  const auto read = wire::decode_record(
      golden("record_1_intake", wire::encode_record(sample, encoded_events(sample))));
  REQUIRE(read);
  CHECK(samples::same(*read, sample));
}

TEST_CASE("states of format 1 are still understood") {
  auto order = samples::order_state();
  CHECK(*wire::decode_order(golden("order_state_1_stranded", wire::encode_state(order))) == order);
  order.stranded_with.clear();
  order.belongs_at.reset();
  CHECK(*wire::decode_order(golden("order_state_1_pause", wire::encode_state(order))) == order);
  const auto asked = samples::added_order_state();
  CHECK(*wire::decode_order(golden("order_state_1_several", wire::encode_state(asked))) == asked);
  auto rider = samples::rider_state();
  CHECK(*wire::decode_rider(golden("rider_state_1_breaks", wire::encode_state(rider))) == rider);
  rider.skills.clear();
  rider.ends_at.reset();
  rider.ends_as = shift_end::asked;
  rider.on_break.reset();
  rider.ignored_offers = 0;
  rider.began_at = timestamp{};
  rider.transfers = 0;
  rider.leaving.reset();
  rider.answered.clear();
  CHECK(*wire::decode_rider(golden("rider_state_1_pause", wire::encode_state(rider))) == rider);
  auto station = samples::station_state();
  CHECK(*wire::decode_station(golden("station_state_1_pause", wire::encode_state(station))) ==
        station);
  const auto zone = samples::zone_state();
  CHECK(*wire::decode_zone(golden("zone_state_1", wire::encode_state(zone))) == zone);

  const auto added_order = samples::added_order_state();
  CHECK(*wire::decode_order(golden("order_state_1_goods", wire::encode_state(added_order))) ==
        added_order);
  const auto added_rider = samples::added_rider_state();
  CHECK(*wire::decode_rider(golden("rider_state_1_goods", wire::encode_state(added_rider))) ==
        added_rider);
  const auto added_station = samples::added_station_state();
  CHECK(*wire::decode_station(golden("station_state_1_goods", wire::encode_state(added_station))) ==
        added_station);
  const auto added_zone = samples::added_zone_state();
  CHECK(*wire::decode_zone(golden("zone_state_1_goods", wire::encode_state(added_zone))) ==
        added_zone);

  order.pause.reset();
  rider.pause.reset();
  station.pause.reset();
  CHECK(*wire::decode_order(golden("order_state_1", wire::encode_state(order))) == order);
  CHECK(*wire::decode_rider(golden("rider_state_1", wire::encode_state(rider))) == rider);
  CHECK(*wire::decode_station(golden("station_state_1", wire::encode_state(station))) == station);
}

TEST_CASE("states of edition 2 are still understood") {
  const auto order = samples::order_state_of_edition_2();
  CHECK(*wire::decode_order(golden("order_state_1_edition_2", wire::encode_state(order))) == order);
  const auto station = samples::station_state_of_edition_2();
  CHECK(*wire::decode_station(golden("station_state_1_edition_2", wire::encode_state(station))) ==
        station);
}

TEST_CASE("states with wrong codes, and what is written off, are still understood") {
  const auto order = samples::order_state_with_codes();
  CHECK(*wire::decode_order(golden("order_state_1_codes", wire::encode_state(order))) == order);
  const auto rider = samples::rider_state_with_codes();
  CHECK(*wire::decode_rider(golden("rider_state_1_codes", wire::encode_state(rider))) == rider);
}

TEST_CASE("the canonical bytes of a waybill never change") {
  const auto paper = samples::a_waybill();
  const auto bytes = golden("waybill", wire::encode_waybill(paper));
  CHECK(wire::encode_waybill(paper) == bytes);
  const auto read = wire::decode_waybill(bytes);
  REQUIRE(read);
  CHECK(*read == paper);
}
