#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/nats/stream_admin.hpp"
#include "tests/edge/edge.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>

/// What operators do by mistake, or have to do after a loss.
namespace {

using namespace dispatch;
using namespace dispatch::edge;

constexpr auto other = "other";

/// Whether a node decides commands of the zone.
bool is_served(const town& f, const std::string& zone) {
  return comes([&] {
    return f.ctl({"send", "station", "s1", "close", "--zone", zone, "--timeout", "500ms"}).code ==
           exit_code::not_found; // An outcome: there is no such station.
  });
}

TEST_CASE("a zone that is deleted and created again begins anew") {
  town f;
  REQUIRE(f.ctl({"zone", "create", other}).code == exit_code::done);
  REQUIRE(is_served(f, other));
  const auto open = [&] {
    return f.ctl({"send", "station", "kept", "open", R"({"at":{"latitude":7.1,"longitude":-73.1}})",
                  "--zone", other});
  };
  REQUIRE(open().code == exit_code::done);
  REQUIRE(f.ctl({"zone", "delete", other, "--yes"}).code == exit_code::done);
  REQUIRE(f.ctl({"zone", "create", other}).code == exit_code::done);
  REQUIRE(is_served(f, other));
  const auto again = open();
  CHECK_MESSAGE(again.code == exit_code::done, again.err);
  f.check_untouched();
}

TEST_CASE("commands that were lost unread are accepted as lost by an operator") {
  live_zone f;
  f.client->ask("station.s1.close");
  f.node->kill();
  f.client->tell("station.s2.close");
  value_of(nats::api::call_or_fail(*f.where.on(), "STREAM.PURGE.IN_z", nlohmann::json::object()));
  f.restart();
  REQUIRE(comes([&] { return f.node->page("/readyz").find("input stream") != std::string::npos; }));
  const auto listed = edge::ctl(f.where.url(), {"zone", "list", "--no-headers"});
  CHECK_MESSAGE(listed.shows("halted"), listed.out);
  CHECK_MESSAGE(listed.shows("  -  -  -  the input stream"), listed.out);
  const auto needless = edge::ctl(
      f.where.url(), {"zone", "accept-loss", "z", "--digests", "--operator", "jane", "--yes"});
  CHECK(needless.code == exit_code::conflict);
  CHECK_MESSAGE(needless.says("the input stream"), needless.err);
  const auto accepted = edge::ctl(
      f.where.url(), {"zone", "accept-loss", "z", "--input", "--operator", "jane", "--yes"});
  CHECK_MESSAGE(accepted.code == exit_code::done, accepted.err);
  CHECK(ask_soon(*f.client, "station.s3.close").has_value());
}

/// A zone with a stream as older builds made it, of which single messages can be deleted.
void allow_deletions(const site& where, const std::string& stream) {
  auto settings = value_of(nats::describe_stream(*where.on(), stream)).settings;
  value_of(nats::delete_stream(*where.on(), stream));
  settings.deny_delete = false;
  value_of(nats::create_stream(*where.on(), settings));
}

TEST_CASE("commands that were deleted unread are accepted as lost by an operator") {
  site where;
  where.create_zone(quick_zone());
  CHECK_FALSE(nats::api::call_or_fail(*where.on(), "STREAM.MSG.DELETE.IN_z", {{"seq", 1}}));
  allow_deletions(where, "IN_z");
  std::optional<dispatchd> node{where};
  zone_client client{where.on(), "z"};
  client.ask("station.s1.close");
  node->kill();
  for (const std::string id : {"s2", "s3", "s4", "s5"}) {
    client.tell("station." + id + ".close");
  }
  for (const auto lost : {3, 5}) {
    value_of(nats::api::call_or_fail(*where.on(), "STREAM.MSG.DELETE.IN_z", {{"seq", lost}}));
  }
  node.emplace(where);
  const auto told = [&] {
    return node->page("/readyz").find("accept-loss z --input") != std::string::npos;
  };
  REQUIRE_MESSAGE(comes(told), node->page("/readyz"));
  const auto accepted = edge::ctl(
      where.url(), {"zone", "accept-loss", "z", "--input", "--operator", "jane", "--yes"});
  CHECK_MESSAGE(accepted.code == exit_code::done, accepted.err);
  CHECK(ask_soon(client, "station.s6.close").has_value());
  const auto verified = edge::ctl(where.url(), {"zone", "verify", "z"});
  CHECK_MESSAGE(verified.code == exit_code::done, verified.out, verified.err);
}

TEST_CASE("a message that is missing in the middle of a stream is found, and the rest is judged") {
  site where;
  where.create_zone(quick_zone());
  allow_deletions(where, "IN_z");
  const dispatchd node{where};
  zone_client client{where.on(), "z"};
  for (const std::string id : {"s1", "s2", "s3"}) {
    client.ask("station." + id + ".close");
  }
  for (const std::string stream : {"IN_z", "OUT_z"}) {
    value_of(nats::api::call_or_fail(*where.on(), "STREAM.MSG.DELETE." + stream, {{"seq", 2}}));
  }
  const auto verified = edge::ctl(where.url(), {"zone", "verify", "z"});
  CHECK_MESSAGE(verified.code == exit_code::failed, verified.err);
  CHECK_MESSAGE(verified.shows("Inputs 2 to 2 are missing in the middle of IN."), verified.out);
  CHECK_MESSAGE(verified.shows("OUT sequence 3 comes where 2 was expected."), verified.out);
  CHECK_MESSAGE(verified.shows("2 consumed inputs compared"), verified.out);
}

TEST_CASE("streams that were deleted are made again by an operator") {
  for (const std::string stream : {"LOG_untouched", "IN_untouched", "OUT_untouched", "POS"}) {
    CAPTURE(stream);
    town f;
    REQUIRE(f.answers());
    f.node->kill();
    value_of(nats::delete_stream(*f.where.on(), stream));
    CHECK(f.ctl({"doctor"}).shows(stream));
    f.node.emplace(f.where);
    const auto repaired = f.ctl({"zone", "repair", town::untouched, "--yes"});
    REQUIRE_MESSAGE(repaired.code == exit_code::done, repaired.err);
    CHECK_MESSAGE(is_served(f, town::untouched), f.node->log());
    CHECK(f.ctl({"zone", "repair", town::untouched}).err.find("sound") != std::string::npos);
  }
}

TEST_CASE("a record that was deleted from the log is put back by an operator") {
  site where;
  where.create_zone(quick_zone());
  allow_deletions(where, "LOG_z");
  dispatchd node{where};
  zone_client client{where.on(), "z"};
  for (int i = 0; i < 5; ++i) {
    client.ask("station.s" + std::to_string(i) + ".close");
  }
  value_of(nats::api::call_or_fail(*where.on(), "STREAM.MSG.DELETE.LOG_z", {{"seq", 3}}));
  CHECK(edge::ctl(where.url(), {"doctor"}).shows("zone repair z"));
  const auto repaired = edge::ctl(
      where.url(), {"zone", "repair", "z", "--yes", "--copy", where.directory().string()});
  REQUIRE_MESSAGE(repaired.code == exit_code::done, repaired.err);
  CHECK_FALSE(edge::ctl(where.url(), {"doctor"}).shows("zone repair z"));
  // A node without a file reads the whole log.
  node.kill();
  std::filesystem::remove_all(where.data());
  std::filesystem::create_directories(where.data());
  dispatchd second{where};
  CHECK(ask_soon(client, "station.s9.close").has_value());
}

/// Makes a key for waybills, and returns the file of its private half.
std::string waybill_key(const site& where, const std::string& name) {
  auto file = (where.directory() / name).string();
  REQUIRE(testing::run_ctl({"waybill", "key", "generate", file}).code == exit_code::done);
  return file;
}

/// An order that is assigned to rider r1, with a signed waybill.
struct assigned_order : live_zone {
  assigned_order() {
    node->kill();
    node.emplace(
        where, dispatchd::settings{.arguments = {"--waybill-key", waybill_key(where, "own.pem")}});
    client->ask("rider.r1.start_shift", shift_body());
    client->ask("order.o1.place", order_body());
    const auto offered = client->await_event("rider.r1.offer_received");
    client->ask("rider.r1.accept", R"({"offer":")" + offer_in(offered).id + R"("})");
    client->await_event("rider.r1.waybill_received");
  }
};

TEST_CASE_FIXTURE(assigned_order, "an order stays with its rider when it is assigned to a typo") {
  const auto told = edge::ctl(where.url(), {"order", "assign", "o1", "TYPO", "--operator", "jane"});
  CHECK_MESSAGE(told.code == exit_code::not_found, told.err);
  CHECK_MESSAGE(told.says("unknown_rider"), told.err);
  const auto order = client->admin("get", {{"kind", "order"}, {"id", "o1"}});
  CHECK_MESSAGE(order["status"] == "assigned", order.dump());
  CHECK_MESSAGE(order["state"]["rider"] == "r1", order.dump());
  client->look();
  CHECK(std::ranges::none_of(client->events(), [](const event& e) {
    return event_name(e.body) == "unassigned" || event_name(e.body) == "stops_released";
  }));
}

TEST_CASE_FIXTURE(assigned_order, "a waybill checked with another key is no violation") {
  const auto verified = edge::ctl(
      where.url(), {"zone", "verify", "--waybill-key", waybill_key(where, "other.pem") + ".pub"});
  CHECK_MESSAGE(!verified.shows("VIOLATION"), verified.out);
  CHECK_MESSAGE(verified.shows("1 not checked: signed with key"), verified.out);
  CHECK(verified.code == exit_code::partial);
  const auto both = edge::ctl(
      where.url(), {"zone", "verify", "--waybill-key", (where.directory() / "own.pem.pub").string(),
                    "--waybill-key", (where.directory() / "other.pem.pub").string()});
  CHECK_MESSAGE(both.code == exit_code::done, both.out, both.err);
}

TEST_CASE("a zone that the server refuses half-way leaves nothing behind") {
  town f;
  const auto before = decided_by_operators(f.where.on());
  const auto made = f.ctl({"zone", "create", "huge", "--log-bytes", "60GiB"});
  CHECK_MESSAGE(made.code == exit_code::failed, made.err);
  CHECK_MESSAGE(made.says("--in-bytes 512MiB --log-bytes 30720MiB --out-bytes 512MiB\n"), made.err);
  CHECK(differences(before, decided_by_operators(f.where.on())) == "");
  f.check_untouched();
}

TEST_CASE("the lists of zones say which node runs each") {
  town f;
  f.node.emplace(f.where, dispatchd::settings{.node = "rack-3"});
  REQUIRE(f.answers());
  for (const auto& words : {std::vector<std::string>{"zone", "list"},
                            std::vector<std::string>{"zone", "get", town::untouched}}) {
    const auto told = f.ctl(words);
    CHECK_MESSAGE(told.shows("rack-3"), told.out);
  }
}

TEST_CASE("who drains the only node is told how to take the wish back") {
  town f;
  f.node.emplace(f.where, dispatchd::settings{.node = "rack-3"});
  REQUIRE(f.answers());
  const auto told = f.ctl({"node", "drain", "rack-3", "--wait", "1s"});
  CHECK(told.code == exit_code::failed);
  CHECK_MESSAGE(told.says("The wish stays"), told.err);
  CHECK_MESSAGE(told.says("`dispatchctl node undrain rack-3`"), told.err);
  CHECK(f.ctl({"node", "undrain", "rack-3"}).code == exit_code::done);
  f.check_untouched();
}

TEST_CASE("an output stream that takes no more does not fill the log of its node") {
  site where;
  where.create_zone(quick_zone());
  auto output = nats::zone_streams(wire::default_root, "z", {}).back();
  value_of(nats::delete_stream(*where.on(), output.name));
  output.when_full = nats::discard::new_messages;
  output.bytes_max = 32 * 1024;
  value_of(nats::create_stream(*where.on(), output));
  dispatchd node{where};
  zone_client client{where.on(), "z"};
  const auto stalled = [&] {
    client.tell("station.s1.close");
    const auto status = client.admin("zone");
    return status["record"].get<std::uint64_t>() >
           status["metrics"]["announced_record"].get<std::uint64_t>() +
               limits::unannounced_records_max;
  };
  client.ask("station.s1.close");
  REQUIRE(comes(stalled, 4 * soon));
  const auto complaints = [&] {
    std::istringstream log{node.log()};
    int count = 0;
    for (std::string line; std::getline(log, line);) {
      count += line.find("actor=announcer") != line.npos ? 1 : 0;
    }
    return count;
  };
  const auto before = complaints();
  constexpr int enough = 10;
  CHECK_MESSAGE(!comes([&] { return complaints() > before + enough; }), node.log());
}

} // namespace
