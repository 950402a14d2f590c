#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "tests/integration/live_zone.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

/// A live zone that is told what it should not be told: all of it is answered or buried with a
/// reason, and nobody else notices.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
using namespace std::chrono_literals;

constexpr std::array verbs = {
    "order.o.place",     "order.o.pay",         "order.o.ready",     "order.o.cancel",
    "order.o.assign",    "order.o.assign.ops",  "rider.r.accept",    "rider.r.decline",
    "rider.r.arrive",    "rider.r.pick_up",     "rider.r.deliver",   "rider.r.start_shift",
    "rider.r.end_shift", "rider.r.start_break", "rider.r.end_break", "rider.r.report_breakdown",
    "station.s.open",    "station.s.close",     "zone.z.pause.ops",  "zone.z.resume.ops"};

/// Bytes that may or may not resemble a command.
std::string fuzzed_body(std::mt19937_64& random) {
  const auto pick = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  std::string body;
  switch (pick(4)) {
  case 0:
    body.resize(pick(300));
    std::ranges::generate(body, [&] { return static_cast<char>(random()); });
    return body;
  case 1:
    body = order_body();
    break;
  case 2:
    body = shift_body();
    break;
  default:
    body = wire::encode_command(rider_command{accept_offer{"f1-1"}}, wire::encoding::protobuf);
  }
  for (auto changes = pick(4); changes > 0 && !body.empty(); --changes) {
    body[pick(body.size())] = static_cast<char>(random());
  }
  body.resize(pick(2) == 0 ? body.size() : pick(body.size() + 1));
  return body;
}

TEST_CASE("fuzzed bodies on every verb are answered or buried, each of them") {
  live_zone f;
  constexpr std::uint64_t seed = 20'261'121;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  constexpr std::array types = {"", "application/json", "application/protobuf", "text/plain"};
  std::vector<std::pair<std::uint64_t, std::string>> sent;
  for (int round = 0; round < 150; ++round) {
    for (const auto* verb : verbs) {
      command_headers with;
      with.content_type = types.at(random() % types.size());
      if (random() % 2 == 0) {
        with.id = "fuzz." + std::to_string(sent.size());
        with.trace = "00-" + std::to_string(random());
      }
      const auto ack = f.client->publish(verb, fuzzed_body(random), with);
      REQUIRE(ack.error_code == 0);
      sent.emplace_back(ack.sequence, with.id.empty() ? std::to_string(ack.sequence) : with.id);
    }
  }
  for (const auto& [sequence, id] : sent) {
    f.client->await("the outcome of " + id, [&] { return f.client->answered(sequence, id); });
  }
  CHECK(f.client->dead_letters().size() > sent.size() / 4);
  f.client->ask("zone.z.resume.ops");
  f.check_well("good");
}

TEST_CASE("subjects, ids and fields that break a rule are buried with that rule") {
  live_zone f;
  const auto reason_of = [&](const std::string& what, const std::string& body = "{}",
                             const command_headers& with = {}) {
    const auto ack = f.client->publish(what, body, with);
    REQUIRE(ack.error_code == 0);
    const auto letter = f.client->burial(ack.sequence);
    CHECK(!letter.detail.empty());
    return letter.reason;
  };
  CHECK(reason_of("order.o1.explode") == "unknown_verb");
  CHECK(reason_of("order.o1.record_position") == "unknown_verb");
  CHECK(reason_of("rider.r1.pass_deadline") == "unknown_verb");
  CHECK(reason_of("order.o1") == "bad_subject");
  CHECK(reason_of("order.o1.place.ops.more") == "bad_subject");
  CHECK(reason_of("planet.o1.place") == "bad_subject");
  CHECK(reason_of("order.o$1.place") == "bad_subject");
  CHECK(reason_of("order." + std::string(65, 'o') + ".place") == "bad_subject");
  CHECK(reason_of("zone.other.pause.ops") == "bad_subject");
  CHECK(reason_of("order.o1.place", order_body(), {.content_type = "text/xml"}) ==
        "bad_content_type");
  CHECK(reason_of("order.o1.place", order_body(), {.id = std::string(200, 'i')}) == "bad_id");
  CHECK(reason_of("order.o1.place", "{\"pick_up\":") == "bad_body");
  CHECK(reason_of("order.o1.place", "{}") == "bad_field");
  CHECK(reason_of("order.o1.place", order_body(true, 91.0)) == "bad_field");
  CHECK(reason_of("order.o1.place", order_body(true, 7.0, -181.0)) == "bad_field");
  CHECK(reason_of("rider.r1.start_shift", shift_body(7.0, 1e300)) == "bad_field");
  CHECK(refusal_in(f.client->ask("order.ghost.pay")) == refusal::unknown_entity);
  CHECK(refusal_in(f.client->ask("order.ghost.assign", R"({"rider":"r1"})")) ==
        refusal::not_permitted);
  CHECK(refusal_in(f.client->ask("rider.ghost.accept", R"({"offer":"f1-1"})")) ==
        refusal::unknown_entity);
  f.check_well("o1");
}

TEST_CASE("a body above the limit is not stored") {
  live_zone f;
  const auto ack =
      f.client->publish("order.o1.place", std::string(limits::command_bytes_max + 1, ' '));
  CHECK(ack.error_code != 0);
  CHECK(ack.error.find("size") != std::string::npos);
  f.check_well("o1");
}

TEST_CASE("bodies above the limit in a stream without one are buried, one by one or together") {
  live_zone f(quick_zone(), [](nats::stream_settings& s) { s.message_bytes_max = 0; });
  const std::string huge(900 * 1000, '{');
  std::vector<std::uint64_t> sequences;
  for (int i = 0; i < 12; ++i) {
    const auto ack = f.client->publish("order.big" + std::to_string(i) + ".place", huge);
    REQUIRE(ack.error_code == 0);
    sequences.push_back(ack.sequence);
  }
  for (const auto sequence : sequences) {
    const auto letter = f.client->burial(sequence);
    CHECK(letter.reason == "too_large");
    CHECK(letter.excerpt.size() == limits::dead_letter_excerpt_bytes);
  }
  f.check_well("o1");
}

TEST_CASE("a command id takes effect once, also behind the stream's window") {
  live_zone f(quick_zone(), [](nats::stream_settings& s) { s.duplicate_window = 100ms; });
  CHECK(event_name(f.client->ask("order.o1.place", order_body(false), {.id = "up.1"}).body) ==
        "placed");
  const auto stored_again = [&](const std::string& what, const std::string& body) {
    await("the end of the duplicate window",
          [&] { return !f.client->publish(what, body, {.id = "up.1"}).duplicate; });
  };
  stored_again("order.o1.place", order_body(false));
  const auto again = std::get<command_repeated>(f.client->await_event("order.o1.repeated").body);
  CHECK(again.first_event == "placed");
  stored_again("order.o1.place", order_body(true));
  CHECK(refusal_in(f.client->await_event("order.o1.refused")) == refusal::id_reused);
  stored_again("order.o2.place", order_body(false)); // The id is another order's here.
  f.client->await_event("order.o2.placed");

  f.node->kill();
  f.restart();
  stored_again("order.o1.place", order_body(false));
  f.client->await_event("order.o1.repeated", 2);
  f.check_well("o3");
}

TEST_CASE("commands that come too late are refused, or refunded") {
  auto definition = quick_zone();
  definition.policy.offer_ttl = 1s;
  live_zone f(definition);
  f.client->ask("rider.r1.start_shift", shift_body());
  f.client->ask("order.o1.place", order_body());
  const auto offered = offer_in(f.client->await_event("rider.r1.offer_received"));
  f.client->await_event("rider.r1.offer_expired");
  const auto late = f.client->ask("rider.r1.accept", R"({"offer":")" + offered.id + R"("})");
  CHECK((refusal_in(late) == refusal::unknown_offer || refusal_in(late) == refusal::offer_expired));
  CHECK(event_name(f.client->ask("order.o1.cancel").body) == "cancelled");
  CHECK(refusal_in(f.client->ask("order.o1.cancel")) == refusal::final_status);

  f.client->ask("order.o2.place", order_body(false));
  CHECK(event_name(f.client->ask("order.o2.cancel").body) == "cancelled");
  CHECK(event_name(f.client->ask("order.o2.pay").body) == "refund_requested");
  CHECK(refusal_in(f.client->ask("order.o2.pay")) != refusal::none);
  f.check_well("o3");
}

TEST_CASE("JSON and protobuf of the same command mean the same") {
  live_zone f;
  place_order placing;
  placing.station = "s1";
  placing.pick_up = {7.125, -73.125};
  placing.drop_off = {7.25, -73.25};
  placing.ready_at = timestamp{std::chrono::sys_days{std::chrono::year{2090} / 1 / 2}};
  placing.load = 2;
  placing.vehicles = {vehicle::car, vehicle::bicycle};
  placing.reference = "order 7";
  const auto placed_as = [&](const std::string& id, wire::encoding as, const char* type) {
    const auto said =
        f.client->ask("order." + id + ".place", wire::encode_command(order_command{placing}, as),
                      {.content_type = type});
    return std::get<order_placed>(std::get<order_event>(said.body)).order;
  };
  CHECK(placed_as("o1", wire::encoding::json, "application/json") == placing);
  CHECK(placed_as("o2", wire::encoding::protobuf, "application/protobuf") == placing);
  CHECK(placed_as("o3", wire::encoding::json, "") == placing);
  f.check_well("o4");
}

} // namespace
