#include "messages/wire/codec.hpp"
#include "tests/wire/samples.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <set>
#include <utility>

using namespace dispatch;

namespace {

std::vector<std::string> encoded(const std::vector<event>& events) {
  std::vector<std::string> bytes;
  for (const auto& one : events) {
    bytes.push_back(wire::encode_event(one));
  }
  return bytes;
}

std::string encoded(const record& r) { return wire::encode_record(r, encoded(r.events)); }

/// `format` is field 1, a varint: what comes last counts.
std::string with_format(std::string bytes, char format) { return bytes += {'\x08', format}; }

template <class State, class Decode> void check_state(const State& sample, Decode decode) {
  const auto bytes = wire::encode_state(sample);
  const auto read = decode(bytes);
  REQUIRE(read);
  CHECK(*read == sample);

  const auto first = decode(wire::encode_state(State{}));
  REQUIRE(first);
  CHECK(*first == State{});

  const auto newer = decode(with_format(bytes, 2));
  REQUIRE_FALSE(newer);
  CHECK(newer.error().what.find("has format 2, this build reads 1 to 1") != std::string::npos);
  CHECK_FALSE(decode(""));
}

timestamp a_time() {
  return timestamp{duration{*rc::gen::arbitrary<std::int32_t>() * std::int64_t{1'000'003}}};
}

} // namespace

TEST_CASE("every event survives a round trip") {
  std::set<std::pair<std::size_t, std::string_view>> names;
  auto all = samples::events();
  std::ranges::copy(samples::added_events(), std::back_inserter(all));
  for (const auto& sample : all) {
    CAPTURE(event_name(sample.body));
    names.insert({sample.body.index(), event_name(sample.body)});
    const auto read = wire::decode_event(wire::encode_event(sample));
    REQUIRE(read);
    CHECK(samples::same(*read, sample));
  }
  CHECK(names.size() == std::variant_size_v<order_event> + std::variant_size_v<rider_event> +
                            std::variant_size_v<station_event> + std::variant_size_v<zone_event> +
                            2);
}

TEST_CASE("times survive to the microsecond, also before 1970") {
  CHECK(rc::check([] {
    auto one = samples::events().front();
    one.at = a_time();
    const auto read = wire::decode_event(wire::encode_event(one));
    RC_ASSERT(static_cast<bool>(read));
    RC_ASSERT(read->at == one.at);
  }));
}

TEST_CASE("states survive a round trip and refuse other formats") {
  check_state(samples::order_state(), wire::decode_order);
  check_state(samples::rider_state(), wire::decode_rider);
  check_state(samples::station_state(), wire::decode_station);
  check_state(samples::zone_state(), wire::decode_zone);
}

TEST_CASE("dead letters survive a round trip") {
  const auto read = wire::decode_dead_letter(wire::encode_dead_letter(samples::a_dead_letter()));
  REQUIRE(read);
  CHECK(*read == samples::a_dead_letter());
}

TEST_CASE("a record survives a round trip, with its events as they were encoded") {
  const auto sample = samples::a_record();
  const auto events = encoded(sample.events);
  const auto bytes = wire::encode_record(sample, events);
  const auto read = wire::decode_record(bytes);
  REQUIRE(read);
  CHECK(samples::same(*read, sample));
  CHECK(*wire::encoded_events_of(bytes) == events);
  CHECK(encoded(*read) == bytes);
}

TEST_CASE("a record of another format is refused by name") {
  for (const auto format : {'\x00', '\x02'}) {
    const auto bytes = with_format(encoded(samples::a_record()), format);
    const auto expected = "commit record 41 has format " + std::to_string(+format) +
                          ", this build reads 1 to 1: use the build that wrote it, or a newer one";
    const auto read = wire::decode_record(bytes);
    REQUIRE_FALSE(read);
    CHECK(read.error().what == expected);
    CHECK(wire::encoded_events_of(bytes).error().what == expected);
    CHECK(wire::record_to_json(bytes).error().what == expected);
  }
}

TEST_CASE("a broken record is refused by field") {
  auto broken = samples::a_record();
  broken.decisions.front().gated.front().code = static_cast<gate>(77);
  const auto read = wire::decode_record(encoded(broken));
  REQUIRE_FALSE(read);
  CHECK(read.error().what ==
        "commit record 41, field decisions[0].gated[0].code: must be a known value, is 77");
}

TEST_CASE("text that is not UTF-8 does not make a record undecodable") {
  auto sample = samples::a_record();
  sample.commands.front().id = "app\xFF.1";
  const auto read = wire::decode_record(encoded(sample));
  REQUIRE(read);
  CHECK(read->commands.front().id == "app?.1");
}
