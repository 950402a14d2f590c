#include "messages/nats/connection/api.hpp"
#include "messages/nats/connection/nkey.hpp"
#include "messages/nats/connection/publish_ack.hpp"
#include "messages/nats/connection/server_info.hpp"
#include "messages/nats/pull_consumer.hpp"

#include <doctest/doctest.h>

using namespace dispatch;
using namespace dispatch::nats;

TEST_CASE("acknowledgements are read with their verdict") {
  const auto plain = parse_publish_ack(R"({"stream":"LOG_z", "seq":42})");
  REQUIRE(plain);
  CHECK(plain->sequence == 42);
  CHECK_FALSE(plain->duplicate);
  CHECK(verdict_of(*plain) == ack_verdict::stored);

  const auto repeated = parse_publish_ack(R"({"stream":"LOG_z", "seq":7,"duplicate": true})");
  REQUIRE(repeated);
  CHECK(repeated->sequence == 7);
  CHECK(repeated->duplicate);

  const auto conflict = parse_publish_ack(
      R"({"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 9"},)"
      R"("stream":"LOG_z","seq":0})");
  REQUIRE(conflict);
  CHECK(verdict_of(*conflict) == ack_verdict::conflict);
  CHECK(last_sequence_of_conflict(conflict->error) == 9);

  CHECK_FALSE(parse_publish_ack("hello"));
  CHECK_FALSE(parse_publish_ack(""));
}

TEST_CASE("reply subjects of deliveries are read in both forms") {
  const auto brief = parse_delivery("$JS.ACK.IN_z.abc.1.1002.17.1700000000123456789.5");
  REQUIRE(brief);
  CHECK(brief->consumer == "abc");
  CHECK(brief->stream_sequence == 1002);
  CHECK(brief->consumer_sequence == 17);
  CHECK(brief->stored_at.time_since_epoch() == duration(1700000000123456));

  const auto whole = parse_delivery("$JS.ACK.hub.ACCT.IN_z.abc.1.1002.17.1700000000123456789.5.x");
  REQUIRE(whole);
  CHECK(whole->consumer == "abc");
  CHECK(whole->stream_sequence == 1002);

  CHECK_FALSE(parse_delivery("_INBOX.a.b"));
  CHECK_FALSE(parse_delivery("$JS.ACK.IN_z.abc"));
  CHECK_FALSE(parse_delivery(""));
}

TEST_CASE("addresses are taken from URLs") {
  const auto found = parse_urls("nats://a:1,tls://user:p@b,[::1]:77,c/");
  REQUIRE(found.size() == 4);
  CHECK((found[0].host == "a" && found[0].port == "1"));
  CHECK((found[1].host == "b" && found[1].port == "4222"));
  CHECK((found[2].host == "::1" && found[2].port == "77"));
  CHECK((found[3].host == "c" && found[3].port == "4222"));
}

TEST_CASE("URLs are shown without logins") {
  CHECK(without_logins("nats://a:1,nats://b") == "nats://a:1,nats://b");
  CHECK(without_logins("nats://jane:secret@a:1/") == "nats://a:1/");
  CHECK(without_logins("nats://jane:secret@a,tls://token@b:2") == "nats://a,tls://b:2");
  CHECK(without_logins("jane:secret@a,joe:secret@b") == "a,b");
  CHECK(without_logins("c,nats://d,nats://jane:secret@a") == "c,nats://d,nats://a");
  for (const auto* urls : {"nats://jane:sec,ret@a", "nats://sec@ret@a", "nats://u:sec://ret@a"}) {
    CAPTURE(urls);
    CHECK(without_logins(urls) == "nats://a");
  }
  CHECK(asks_for_tls("tls://a"));
  CHECK(asks_for_tls("nats://a,tls://b"));
  CHECK_FALSE(asks_for_tls("nats://a,b"));
}

TEST_CASE("the name of a user follows from the seed") {
  // Of the server's documentation.
  const std::string seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
  const auto name = public_nkey(seed);
  REQUIRE(name);
  CHECK(*name == "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4");
  auto mistyped = seed;
  mistyped[20] = mistyped[20] == 'A' ? 'B' : 'A';
  for (const auto& wrong : {std::string{}, std::string{"SU"}, mistyped, *name, seed + "A"}) {
    const auto refused = public_nkey(wrong);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().what.find("SUACSS") == std::string::npos);
  }
}

TEST_CASE("server versions that lose data are refused") {
  for (const auto* good : {"2.9.10", "2.9.25", "2.10.18", "2.10.23", "2.11.16", "2.12.7-beta.1"}) {
    CHECK_FALSE(refusal_of_version(good));
  }
  for (const auto* bad : {"2.8.4", "2.10.19", "2.10.20", "2.10.22", "unknown", ""}) {
    CHECK(refusal_of_version(bad));
  }
}

TEST_CASE("the server's times and base64 are read") {
  using namespace std::chrono;
  const auto whole = api::parse_time("2026-02-03T04:05:06Z");
  REQUIRE(whole);
  const auto expected = sys_days(year(2026) / February / 3) + 4h + 5min + 6s;
  CHECK(*whole == expected);
  CHECK(api::parse_time("2026-02-03T04:05:06.0123456789Z") == expected + 12345us);
  CHECK_FALSE(api::parse_time("2026-02-30T04:05:06Z"));
  CHECK_FALSE(api::parse_time("yesterday"));

  CHECK(api::decode_base64("") == "");
  CHECK(api::decode_base64("YQ==") == "a");
  CHECK(api::decode_base64("YWI=") == "ab");
  CHECK(api::decode_base64("YWJj") == "abc");
  CHECK_FALSE(api::decode_base64("%%%%"));
}
