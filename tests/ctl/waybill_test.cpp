#include "messages/wire/codec.hpp"
#include "tests/ctl/support.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <functional>

using namespace dispatch;
using namespace dispatch::testing;
using cli::exit_code;

namespace {

/// A key, and a waybill that it signed, in the event that the order's rider gets.
struct signed_event {
  explicit signed_event(const std::string& algorithm) {
    REQUIRE(run_ctl({"waybill", "key", "generate", key.string(), "--algorithm", algorithm}).code ==
            exit_code::done);
    const auto made = signing::private_key::from_file(key, signing::algorithm::sm2_sm3);
    REQUIRE(made);
    const auto document = wire::encode_waybill({.number = "o1-2",
                                                .zone = "z",
                                                .order = "o1",
                                                .rider = "r1",
                                                .offer = "f7-0",
                                                .station = "s1",
                                                .pick_up = {7.1, -73.1},
                                                .drop_off = {7.11, -73.1},
                                                .load = 1,
                                                .reference = "shop/7",
                                                .assigned_at = timestamp{duration{1}},
                                                .items = {{"gas-11kg", 2}, {"valve", 1}}});
    body = {
        "o1",
        {"o1-2", document, std::string{to_string(made->of())}, made->id(), *made->sign(document)}};
  }

  std::string bytes() const {
    return wire::encode_event(
        {{entity_kind::rider, rider}, timestamp{duration{2}}, {}, {}, rider_event{body}});
  }

  /// `dispatchctl waybill verify` of what a file holds, with no server anywhere.
  ended verify(const std::string& content) const {
    const auto file = (directory.path() / "event").string();
    std::ofstream{file, std::ios::binary} << content;
    return run_ctl(
        {"waybill", "verify", file, "--public-key", open_key(), "--server", "nats://127.0.0.1:1"});
  }

  std::string open_key() const { return signing::public_file(key).string(); }

  temporary_directory directory;
  std::filesystem::path key = directory.path() / "key.pem";
  std::string rider = "r1";
  waybill_received body;
};

} // namespace

TEST_CASE("A saved waybill is verified offline, as protobuf and as JSON") {
  for (const auto* algorithm : {"sm2", "p256"}) {
    CAPTURE(algorithm);
    const signed_event f{algorithm};
    const auto good = f.verify(f.bytes());
    CHECK_MESSAGE(good.code == exit_code::done, good.err);
    for (const auto* fact :
         {"o1-2", "r1", "s1", "shop/7", "7.110000, -73.100000", "2 gas-11kg, 1 valve"}) {
      CHECK(good.shows(fact));
    }
    auto shown = nlohmann::ordered_json::parse(*wire::event_to_json(f.bytes()));
    shown["sequence"] = 17;
    shown["event"] = "waybill_received";
    CHECK(f.verify(shown.dump()).code == exit_code::done);
  }
}

TEST_CASE("A changed byte anywhere in document or signature is found") {
  for (const auto* algorithm : {"sm2", "p256"}) {
    CAPTURE(algorithm);
    signed_event f{algorithm};
    for (auto* part : {&f.body.waybill.document, &f.body.waybill.signature}) {
      for (auto& byte : *part) {
        byte = static_cast<char>(byte ^ 1);
        const auto refused = f.verify(f.bytes());
        CHECK(refused.code == exit_code::failed);
        CHECK(refused.says("one of the two was changed"));
        byte = static_cast<char>(byte ^ 1);
      }
    }
    CHECK(f.verify(f.bytes()).code == exit_code::done);
  }
}

TEST_CASE("What is no certified waybill ends with 1, and says why") {
  signed_event f{"sm2"};
  SUBCASE("not signed yet") {
    f.body.waybill.signature.clear();
    CHECK(f.verify(f.bytes()).says("has no signature"));
  }
  SUBCASE("by another key") {
    f.body.waybill.key = "0123456789abcdef";
    CHECK(f.verify(f.bytes()).says("names the key 0123456789abcdef"));
  }
  SUBCASE("put into an event of another order, or for another rider") {
    SUBCASE("order") { f.body.order = "o2"; }
    SUBCASE("rider") { f.rider = "r2"; }
    CHECK(f.verify(f.bytes()).says("put into an event of another one"));
  }
  SUBCASE("another event") {
    const auto other = wire::encode_event({{entity_kind::order, "o1"},
                                           timestamp{duration{2}},
                                           {},
                                           {},
                                           order_event{order_delivered{"r1", {}}}});
    CHECK(f.verify(other).says("the event is no waybill: it is delivered of order o1"));
  }
  SUBCASE("no event") {
    CHECK(f.verify("not an event").code == exit_code::failed);
    CHECK(f.verify("{\"order\":1}").code == exit_code::failed);
    CHECK(f.verify("{").code == exit_code::failed);
    CHECK(f.verify("").code == exit_code::failed);
  }
}

TEST_CASE("A key is made once, and shown without its secret") {
  const signed_event f{"p256"};
  const auto again = run_ctl({"waybill", "key", "generate", f.key.string()});
  CHECK(again.code == exit_code::conflict);
  const auto shown = run_ctl({"waybill", "key", "show", f.key.string()});
  CHECK(shown.code == exit_code::done);
  CHECK(shown.shows("ECDSA-P256-SHA256"));
  CHECK(shown.shows(f.body.waybill.key));
  CHECK_FALSE(shown.shows("PRIVATE"));
  CHECK(run_ctl({"waybill", "key", "show", f.open_key()}).out == shown.out);
  CHECK(run_ctl({"waybill", "verify", "no such file", "--public-key", f.open_key()}).code ==
        exit_code::not_found);
}
