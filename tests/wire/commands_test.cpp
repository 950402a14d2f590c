#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/commands.hpp"
#include "tests/wire/samples.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <utility>

using namespace dispatch;
using wire::encoding;

namespace {

constexpr encoding encodings[] = {encoding::json, encoding::protobuf};

entity_kind kind_of(const command_body& body) { return static_cast<entity_kind>(body.index() + 1); }

/// The rejection as `reason detail`; empty when there is none.
std::string rejected(entity_kind kind, std::string_view verb, std::string_view json) {
  const auto read = wire::decode_command(kind, verb, encoding::json, json);
  const auto* why_not = std::get_if<wire::rejection>(&read);
  return why_not == nullptr ? "" : why_not->reason + " " + why_not->detail;
}

std::string place_json(const std::string& members) {
  return R"({"station":"s","pick_up":{"latitude":1,"longitude":2},)"
         R"("drop_off":{"latitude":3,"longitude":4})" +
         members + "}";
}

rc::Gen<std::string> an_id() {
  return rc::gen::resize(60, rc::gen::nonEmpty(rc::gen::container<std::string>(
                                 rc::gen::elementOf(std::string{"abcXYZ019-_"}))));
}

rc::Gen<double> degrees(int limit) {
  return rc::gen::map(rc::gen::inRange(-limit * 10'000'000, limit * 10'000'000 + 1),
                      [](int value) { return value / 1e7; });
}

place a_place() { return {*degrees(90), *degrees(180)}; }

} // namespace

TEST_CASE("every command from outside survives a round trip in both encodings") {
  std::set<std::pair<std::size_t, std::string_view>> verbs;
  for (const auto& body : samples::all_outside_commands()) {
    const auto verb = wire::verb_of(body);
    verbs.insert({body.index(), verb});
    for (const auto as : encodings) {
      CAPTURE(verb);
      const auto bytes = wire::encode_command(body, as);
      const auto read = wire::decode_command(kind_of(body), verb, as, bytes);
      REQUIRE(std::holds_alternative<command_body>(read));
      CHECK(samples::same(std::get<command_body>(read), body));
    }
  }
  CHECK(verbs.size() == 36);
}

TEST_CASE("a count of stock that is left out is no count of nothing") {
  constexpr auto station = entity_kind::station;
  CHECK(rejected(station, "stock", R"({"levels":[{"item":"gas"}]})") ==
        "bad_field levels[0].on_hand: must be present");
  CHECK(rejected(station, "stock", R"({"levels":[{"item":"gas","on_hand":null}]})") ==
        "bad_field levels[0].on_hand: must be present");
  CHECK(rejected(station, "stock", R"({"levels":[{"item":"gas","on_hand":0}]})").empty());
  // What lies in a log that an older build wrote: {levels: [{item: "gas"}]}.
  constexpr std::string_view recorded{"\x0a\x05\x0a\x03gas"};
  const auto read = wire::decode_command(station, "stock", encoding::protobuf, recorded);
  CHECK(std::holds_alternative<wire::rejection>(read));
  CHECK(wire::recorded_to_json(station, "stock", recorded));
  const auto body = wire::decode_recorded(station, "stock", recorded);
  REQUIRE(std::holds_alternative<command_body>(body));
  const auto& report =
      std::get<report_stock>(std::get<station_command>(std::get<command_body>(body)));
  CHECK(report.levels.front().on_hand == 0);
}

TEST_CASE("a value that an enumeration has not is refused with those that it has") {
  const auto told = rejected(entity_kind::rider, "start_shift", R"({"vehicle":"BICYCLE"})");
  CHECK_MESSAGE(told.find("must be one of VEHICLE_") != std::string::npos, told);
  CHECK_MESSAGE(told.find("VEHICLE_BICYCLE") != std::string::npos, told);
  CHECK_MESSAGE(told.find("UNSPECIFIED") == std::string::npos, told);
  const auto listed = rejected(entity_kind::order, "place", place_json(R"(,"vehicles":["CAR"])"));
  CHECK_MESSAGE(listed.find("must be one of VEHICLE_") != std::string::npos, listed);
}

TEST_CASE("random places and times survive a round trip in both encodings") {
  CHECK(rc::check([] {
    place_order order;
    order.station = *an_id();
    order.pick_up = a_place();
    order.drop_off = a_place();
    order.ready_at = samples::time() + duration{*rc::gen::inRange<std::int64_t>(0, 1LL << 50U)};
    order.prepaid = *rc::gen::arbitrary<bool>();
    order.load = *rc::gen::inRange(1U, 1001U);
    order.vehicles = *rc::gen::resize(
        4, rc::gen::container<std::vector<vehicle>>(rc::gen::element(
               vehicle::walking, vehicle::bicycle, vehicle::motorcycle, vehicle::car)));
    order.vehicles.resize(std::min<std::size_t>(order.vehicles.size(), 4));
    order.reference = *an_id();
    const command_body body = order_command{order};
    for (const auto as : encodings) {
      const auto read =
          wire::decode_command(entity_kind::order, "place", as, wire::encode_command(body, as));
      RC_ASSERT(std::holds_alternative<command_body>(read));
      RC_ASSERT(samples::same(std::get<command_body>(read), body));
    }
  }));
}

TEST_CASE("positions survive a round trip in both encodings") {
  CHECK(rc::check([] {
    const auto at = a_place();
    for (const auto as : encodings) {
      const auto read = wire::decode_position(as, wire::encode_position(at, as));
      RC_ASSERT(std::holds_alternative<place>(read));
      RC_ASSERT(std::get<place>(read) == at);
    }
  }));
  const auto bad = wire::decode_position(encoding::json, R"({"at":{"latitude":91,"longitude":0}})");
  CHECK(std::get<wire::rejection>(bad).detail == "at.latitude: must be within [-90, 90], is 91");
}

TEST_CASE("inner commands have no verb and no entrance") {
  for (const auto& body : samples::inner_commands()) {
    CHECK(wire::verb_of(body).empty());
  }
  for (const auto& body : samples::added_inner_commands()) {
    CHECK(wire::verb_of(body).empty());
  }
  CHECK(wire::verb_of(order_command{offer_order{}}).empty());
  CHECK(wire::verb_of(rider_command{propose_offer{}}).empty());
  for (const auto* verb : {"pass_deadline", "record_position", "propose_offer", "start", ""}) {
    CHECK(
        rejected(entity_kind::rider, verb, "{}").starts_with("unknown_verb verb: must be one of"));
  }
  CHECK(rejected(entity_kind::zone, "place", "{}") ==
        "unknown_verb verb: must be one of pause, resume, set_policy, accept_loss for zone, is "
        "'place'");
}

TEST_CASE("an empty body is an empty message") {
  for (const auto as : encodings) {
    CHECK(std::holds_alternative<command_body>(
        wire::decode_command(entity_kind::order, "pay", as, "")));
    CHECK(std::get<wire::rejection>(wire::decode_command(entity_kind::order, "place", as, ""))
              .detail == "drop_off: must be present");
  }
}

TEST_CASE("absent is allowed where it means something") {
  const auto read =
      wire::decode_command(entity_kind::order, "place", encoding::json, place_json(""));
  REQUIRE(std::holds_alternative<command_body>(read));
  const auto& order = std::get<place_order>(std::get<order_command>(std::get<command_body>(read)));
  CHECK(order.ready_at == timestamp{});
  CHECK(order.load == 1);
  CHECK(order.vehicles.empty());
}

TEST_CASE("rejections name the field and the rule") {
  const auto place = [](const std::string& members) {
    return rejected(entity_kind::order, "place", place_json(members));
  };
  CHECK(place(R"(,"load":0)") == "bad_field load: must be within [1, 1000], is 0");
  CHECK(place(R"(,"load":1001)") == "bad_field load: must be within [1, 1000], is 1001");
  CHECK(place(R"(,"vehicles":[1,2,3,4,4])") == "bad_field vehicles: must be at most 4, are 5");
  CHECK(place(R"(,"vehicles":[5])") == "bad_field vehicles: must be a known value, is 5");
  CHECK(place(R"(,"vehicles":[0])") == "bad_field vehicles: must be given");
  CHECK(place(",\"reference\":\"" + std::string(129, 'x') + "\"") ==
        "bad_field reference: must be at most 128 bytes, is 129");
  CHECK(place(R"(,"ready_at":"1999-12-31T23:59:59Z")") ==
        "bad_field ready_at: must be in the years 2000 to 2100");
  CHECK(place(R"(,"ready_at":"2101-01-01T00:00:00Z")") ==
        "bad_field ready_at: must be in the years 2000 to 2100");
  CHECK(place(R"(,"ready_at":"2100-12-31T23:59:59Z")").empty());
  CHECK(place(R"(,"colour":"red")").starts_with("bad_body is not a dispatch.v1.PlaceOrder"));
  CHECK(place(R"(,"colour":"red")").find("colour") != std::string::npos);

  CHECK(rejected(entity_kind::order, "place",
                 R"({"station":"s","pick_up":{"latitude":123.4,"longitude":0}})") ==
        "bad_field pick_up.latitude: must be within [-90, 90], is 123.4");
  CHECK(rejected(entity_kind::order, "place", R"({"pick_up":{"latitude":1}})") ==
        "bad_field pick_up.longitude: must be present");
  CHECK(rejected(entity_kind::station, "open", R"({"at":{"latitude":"NaN","longitude":0}})") ==
        "bad_field at.latitude: must be within [-90, 90], is nan");
  CHECK(
      rejected(entity_kind::station, "open", R"({"at":{"latitude":0,"longitude":"-Infinity"}})") ==
      "bad_field at.longitude: must be within [-180, 180], is -inf");
  CHECK(rejected(entity_kind::order, "assign", R"({"rider":"a.b"})") ==
        "bad_field rider: must be 1 to 64 letters, digits, '-' or '_', is 'a.b'");
  CHECK(rejected(entity_kind::rider, "start_shift",
                 R"({"capacity":1,"at":{"latitude":0,"longitude":0}})") ==
        "bad_field vehicle: must be given");
  CHECK(rejected(entity_kind::rider, "start_shift",
                 R"({"vehicle":"VEHICLE_CAR","at":{"latitude":0,"longitude":0}})") ==
        "bad_field capacity: must be within [1, 1000], is 0");
  for (const auto* verb : {"accept", "decline", "arrive", "pick_up", "deliver"}) {
    CHECK(rejected(entity_kind::rider, verb, "{}").starts_with("bad_field o"));
  }
  const auto shift = [](const std::string& members) {
    return rejected(entity_kind::rider, "start_shift",
                    R"({"vehicle":"VEHICLE_CAR","capacity":1,"at":{"latitude":0,"longitude":0})" +
                        members + "}");
  };
  CHECK(shift("").empty());
  CHECK(shift(R"(,"until":"2101-01-01T00:00:00Z")") ==
        "bad_field until: must be in the years 2000 to 2100");
  const std::string nine = R"(,"skills":["1","2","3","4","5","6","7","8","9"])";
  for (const auto& said : {shift(nine), place(nine)}) {
    CHECK(said == "bad_field skills: must be at most 8, are 9");
  }
  for (const auto& said : {shift(R"(,"skills":["a b"])"), place(R"(,"skills":["a b"])")}) {
    CHECK(said == "bad_field skills: must be 1 to 64 letters, digits, '-' or '_', is 'a b'");
  }
  const auto long_reason = "{\"reason\":\"" + std::string(257, 'x') + "\"}";
  CHECK(rejected(entity_kind::zone, "pause", long_reason) ==
        "bad_field reason: must be at most 256 bytes, is 257");
  for (const auto* verb : {"start_break", "report_breakdown"}) {
    CHECK(rejected(entity_kind::rider, verb, long_reason) ==
          "bad_field reason: must be at most 256 bytes, is 257");
  }
  CHECK(rejected(entity_kind::order, "cancel", long_reason) ==
        "bad_field reason: must be at most 256 bytes, is 257");
}

TEST_CASE("protobuf text that is not UTF-8 is rejected by field") {
  const auto read = wire::decode_command(entity_kind::order, "cancel", encoding::protobuf,
                                         std::string_view{"\x0A\x01\xFF", 3});
  CHECK(std::get<wire::rejection>(read).detail.find("dispatch.v1.CancelOrder.reason") !=
        std::string::npos);
}

TEST_CASE("a body above the limit is rejected unread") {
  const std::string body(limits::command_bytes_max + 1, ' ');
  for (const auto as : encodings) {
    CHECK(std::get<wire::rejection>(wire::decode_command(entity_kind::order, "pay", as, body))
              .reason == "too_large");
    CHECK(std::get<wire::rejection>(wire::decode_position(as, body)).reason == "too_large");
  }
}

TEST_CASE("unknown protobuf fields are ignored") {
  const auto body =
      wire::encode_command(order_command{assign_order{"rider-1"}}, encoding::protobuf) +
      std::string{"\xFA\x07\x03xyz", 6};
  const auto read = wire::decode_command(entity_kind::order, "assign", encoding::protobuf, body);
  REQUIRE(std::holds_alternative<command_body>(read));
  CHECK(samples::same(std::get<command_body>(read), order_command{assign_order{"rider-1"}}));
}

TEST_CASE("content types") {
  for (const auto* json : {"", "application/json", "Application/JSON; charset=utf-8"}) {
    CHECK(*wire::encoding_of(json) == encoding::json);
  }
  for (const auto* protobuf : {"application/protobuf", "application/x-protobuf"}) {
    CHECK(*wire::encoding_of(protobuf) == encoding::protobuf);
  }
  const auto other = wire::encoding_of("text/plain");
  REQUIRE_FALSE(other);
  CHECK(other.error().what.find("'text/plain'") != std::string::npos);
}
