#include "messages/signing/key.hpp"
#include "messages/wire/codec.hpp"
#include "tests/ctl/support.hpp"
#include "tests/integration/deciding.hpp"
#include "tests/integration/live_zone.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

/// Waybills of a real dispatchd: signed, checked, and none lost when it dies.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
using cli::exit_code;

/// A zone whose node signs with a key of dispatchctl's.
struct signing_zone : live_zone {
  signing_zone() {
    node->kill();
    const auto made =
        testing::run_ctl({"waybill", "key", "generate", key.string(), "--algorithm", "p256"});
    REQUIRE_MESSAGE(made.code == exit_code::done, made.err);
    restart();
  }

  void restart(const std::string& failpoint = {}) {
    node.emplace(where, dispatchd::settings{.failpoint = failpoint,
                                            .arguments = {"--waybill-key", key.string()}});
  }

  /// The order is offered to the rider, who accepts.
  void assign(const std::string& order, const std::string& rider) {
    client->ask("rider." + rider + ".start_shift", shift_body());
    client->ask("order." + order + ".place", order_body());
    const auto offered = client->await_event("rider." + rider + ".offer_received");
    client->tell("rider." + rider + ".accept", R"({"offer":")" + offer_in(offered).id + R"("})");
  }

  testing::ended verify(const std::string& what) {
    return testing::run_ctl(
        {"waybill", "verify", what, "--public-key", open_key(), "--server", where.url()});
  }

  std::string open_key() const { return signing::public_file(key).string(); }

  /// The streams are in order, signatures included, and the log decided again is the same.
  void check_at_rest() {
    CHECK(node->stop() == 0);
    const auto verified = testing::run_ctl(
        {"zone", "verify", "z", "--at-rest", "--waybill-key", open_key(), "--server", where.url()});
    CHECK_MESSAGE(verified.code == exit_code::done, verified.out);
    CHECK(verified.shows("waybills"));
    const auto difference = difference_when_decided_again(quick_zone(), stored_log(where, "z"), 2);
    CHECK_MESSAGE(!difference, difference.value_or(""));
  }

  std::filesystem::path key = where.directory() / "waybill.pem";
};

TEST_CASE("a waybill is signed, pushed to the rider, and can be verified without the server") {
  signing_zone f;
  f.assign("o1", "r1");
  const auto pushed = f.client->await_event("rider.r1.waybill_received");
  const auto& paper = std::get<waybill_received>(std::get<rider_event>(pushed.body)).waybill;
  CHECK(paper.number == "o1-1");
  CHECK(paper.algorithm == "ECDSA-P256-SHA256");

  const auto online = f.verify("o1");
  CHECK_MESSAGE(online.code == exit_code::done, online.err);
  CHECK(online.shows("o1-1"));
  CHECK(online.shows("r1"));
  const auto none = f.verify("o2");
  CHECK(none.code == exit_code::not_found);

  const auto saved = (f.where.directory() / "event").string();
  const auto save = [&](const std::string& bytes) {
    std::ofstream{saved, std::ios::binary} << bytes;
  };
  save(wire::encode_event(pushed));
  CHECK(f.verify(saved).code == exit_code::done);
  save(*wire::event_to_json(wire::encode_event(pushed)));
  const auto offline = testing::run_ctl(
      {"waybill", "verify", saved, "--public-key", f.open_key(), "--server", "nats://nowhere:1"});
  CHECK_MESSAGE(offline.code == exit_code::done, offline.err);

  auto tampered = pushed;
  auto& document =
      std::get<waybill_received>(std::get<rider_event>(tampered.body)).waybill.document;
  document[document.size() / 2] = static_cast<char>(document[document.size() / 2] ^ 1);
  save(wire::encode_event(tampered));
  const auto refused = f.verify(saved);
  CHECK(refused.code == exit_code::failed);
  CHECK_MESSAGE(refused.says("one of the two was changed"), refused.err);
  f.check_at_rest();
}

TEST_CASE("death between an assignment and its signature loses no waybill") {
  signing_zone f;
  f.node->kill();
  f.restart("waybill_answered");
  f.assign("o1", "r1");
  CHECK(f.node->wait_for_end() == status_of_killed);

  f.restart();
  f.client->await_event("rider.r1.waybill_received");
  CHECK(f.verify("o1").code == exit_code::done);
  f.check_at_rest();
  f.client->look();
  const auto& events = f.client->events();
  CHECK(std::ranges::count_if(
            events, [](const event& e) { return event_name(e.body) == "waybill_received"; }) == 1);
}

TEST_CASE("a node without its key does not start, unless its server is embedded") {
  signing_zone f;
  f.node->kill();
  std::filesystem::remove(f.key);
  f.restart();
  CHECK(f.node->wait_for_end() == static_cast<int>(exit_code::usage));
  CHECK(f.node->log().find("waybill key generate") != std::string::npos);
}

} // namespace
