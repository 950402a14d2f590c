#include "messages/wire/codec.hpp"
#include "tests/wire/samples.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <set>

using namespace dispatch;
using wire::encoding;

namespace {

const std::set<std::string> reasons = {"bad_body", "bad_field", "too_large"};

rc::Gen<std::string> bytes() { return rc::gen::container<std::string>(rc::gen::arbitrary<char>()); }

/// Some bytes replaced, inserted or cut off.
std::string mutated(std::string text) {
  const auto edits = *rc::gen::inRange(1, 6);
  for (int i = 0; i < edits && !text.empty(); ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    switch (*rc::gen::inRange(0, 4)) {
    case 0:
      text[at] = *rc::gen::arbitrary<char>();
      break;
    case 1:
      text.insert(at, 1, *rc::gen::arbitrary<char>());
      break;
    case 2:
      text.resize(at);
      break;
    default:
      text.insert(at, text.substr(*rc::gen::inRange<std::size_t>(0, text.size())));
    }
  }
  return text;
}

/// A valid command, which has a spelling that reads back the same, or a named rejection.
void check_command(const command_body& like, encoding as, const std::string& body) {
  const auto kind = static_cast<entity_kind>(like.index() + 1);
  const auto verb = wire::verb_of(like);
  const auto read = wire::decode_command(kind, verb, as, body);
  if (const auto* why_not = std::get_if<wire::rejection>(&read)) {
    RC_ASSERT(reasons.contains(why_not->reason));
    RC_ASSERT(!why_not->detail.empty());
    RC_ASSERT(wire::valid_utf8(why_not->detail));
    return;
  }
  const auto& command = std::get<command_body>(read);
  RC_ASSERT(wire::verb_of(command) == verb);
  for (const auto again_as : {encoding::json, encoding::protobuf}) {
    const auto again =
        wire::decode_command(kind, verb, again_as, wire::encode_command(command, again_as));
    RC_ASSERT(std::holds_alternative<command_body>(again));
    RC_ASSERT(samples::same(std::get<command_body>(again), command));
  }
}

/// Reads back the same, or fails by name.
void check_log(const std::string& stored) {
  if (const auto event = wire::decode_event(stored)) {
    const auto again = wire::decode_event(wire::encode_event(*event));
    RC_ASSERT(static_cast<bool>(again));
  } else {
    RC_ASSERT(!event.error().what.empty());
  }
  (void)wire::event_to_json(stored);
  const auto record = wire::decode_record(stored);
  RC_ASSERT((record || !record.error().what.empty()));
  (void)wire::record_to_json(stored);
  (void)wire::encoded_events_of(stored);
  (void)wire::decode_dead_letter(stored);
  for (const auto kind :
       {entity_kind::order, entity_kind::rider, entity_kind::station, entity_kind::zone}) {
    (void)wire::state_to_json(kind, stored);
  }
}

std::string a_stored_message() {
  const auto events = samples::events();
  switch (*rc::gen::inRange(0, 5)) {
  case 0: {
    std::vector<std::string> encoded;
    for (const auto& one : events) {
      encoded.push_back(wire::encode_event(one));
    }
    return wire::encode_record(samples::a_record(), encoded);
  }
  case 1:
    return wire::encode_state(samples::order_state());
  case 2:
    return wire::encode_state(samples::rider_state());
  case 3:
    return wire::encode_dead_letter(samples::a_dead_letter());
  default:
    return wire::encode_event(events.at(*rc::gen::inRange<std::size_t>(0, events.size())));
  }
}

} // namespace

TEST_CASE("any bytes are a command or a named rejection") {
  for (const auto& like : samples::all_outside_commands()) {
    CAPTURE(wire::verb_of(like));
    for (const auto as : {encoding::json, encoding::protobuf}) {
      CHECK(rc::check([&] { check_command(like, as, *bytes()); }));
    }
  }
}

TEST_CASE("any mutation of a command is a command or a named rejection") {
  for (const auto& like : samples::all_outside_commands()) {
    CAPTURE(wire::verb_of(like));
    for (const auto as : {encoding::json, encoding::protobuf}) {
      CHECK(rc::check([&] { check_command(like, as, mutated(wire::encode_command(like, as))); }));
    }
  }
}

TEST_CASE("any truncation of a command is a command or a named rejection") {
  for (const auto& like : samples::all_outside_commands()) {
    for (const auto as : {encoding::json, encoding::protobuf}) {
      const auto whole = wire::encode_command(like, as);
      CHECK(rc::check([&] {
        check_command(like, as,
                      whole.substr(0, *rc::gen::inRange<std::size_t>(0, whole.size() + 1)));
      }));
    }
  }
}

TEST_CASE("JSON made to break parsers is rejected") {
  const auto place = samples::outside_commands().front();
  const auto nested = [](std::string_view open, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) {
      text += open;
    }
    return text;
  };
  for (const auto& body : {nested("[", 60'000),
                           nested("{\"a\":", 12'000),
                           nested("{\"pick_up\":", 5'000),
                           std::string(60'000, '"'),
                           std::string{"null"},
                           std::string{"[]"},
                           std::string{"7"},
                           std::string{"{"},
                           std::string{"\0", 1},
                           std::string{"{\"load\":1e999}"},
                           std::string{"{\"load\":-1}"},
                           std::string{"{\"load\":1.5}"},
                           std::string{"{\"load\":99999999999999999999}"},
                           std::string{"{\"ready_at\":\"9999999-01-01T00:00:00Z\"}"},
                           std::string{"{\"ready_at\":\"0000-00-00T00:00:00Z\"}"},
                           std::string{"{\"pick_up\":{\"latitude\":1e400,\"longitude\":0}}"},
                           std::string{"{\"pick_up\":{\"latitude\":NaN,\"longitude\":0}}"},
                           std::string{"{\"station\":\"\\ud800\"}"},
                           std::string{"{\"station\":\"\xFF\"}"},
                           "{\"load\":" + std::string(60'000, '9') + "}"}) {
    CAPTURE(body.substr(0, 40));
    const auto read = wire::decode_command(entity_kind::order, "place", encoding::json, body);
    REQUIRE(std::holds_alternative<wire::rejection>(read));
    CHECK(reasons.contains(std::get<wire::rejection>(read).reason));
    CHECK(std::get<wire::rejection>(read).detail.size() < 700);
    CHECK(wire::valid_utf8(std::get<wire::rejection>(read).detail));
  }
}

TEST_CASE("any bytes are a stored message or a named failure") {
  CHECK(rc::check([] { check_log(*bytes()); }));
}

TEST_CASE("any mutation of a stored message is one or a named failure") {
  CHECK(rc::check([] { check_log(mutated(a_stored_message())); }));
}
