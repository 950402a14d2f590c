#include "cmd/client/ask.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/live_zone.hpp"

#include <nlohmann/json.hpp>

#include <string>

/// An input stream that lost what was to come, or is another one: the zone stops and says why.
namespace {

using namespace dispatch;
using namespace dispatch::integration;

void purge(const live_zone& f) {
  value_of(nats::api::call_or_fail(*f.where.on(), "STREAM.PURGE.IN_z", nlohmann::json::object()));
}

void recreate(live_zone& f) {
  value_of(nats::delete_stream(*f.where.on(), "IN_z"));
  f.where.create_input("z");
}

void tell_stations(live_zone& f, int first, int last) {
  for (auto i = first; i <= last; ++i) {
    f.client->tell("station.s" + std::to_string(i) + ".close");
  }
}

/// Ten commands that were consumed; the first opens a station.
void consume_ten(live_zone& f) {
  f.client->tell("station.known.open", R"({"at":{"latitude":7.1,"longitude":-73.1}})");
  tell_stations(f, 2, 10);
  f.client->await("ten outcomes", [&] { return f.client->answered(10, "10"); });
}

void check_halted(live_zone& f, const std::string& cause) {
  client::zone_status status;
  await("a zone that stopped because " + cause, [&] {
    // Between two processes nobody answers; what is opened again may have stopped for the first
    // sign of it.
    const auto answer = client::ask_status(*f.where.on(), "dispatch", "z", answer_within);
    status = answer ? *answer : client::zone_status{};
    return status.halted && status.cause.find(cause) != std::string::npos;
  });
  CHECK_FALSE(status.running);
  const auto page = f.node->page("/readyz");
  CHECK_MESSAGE(page.find(cause) != std::string::npos, page);
  CHECK(page.find("zone z") != std::string::npos);
  // What was is still told, and the log is as it was; the inputs may be others by now.
  CHECK(f.client->admin("get", {{"kind", "station"}, {"id", "s10"}})["error"]["code"] == 404);
  CHECK(f.client->admin("get", {{"kind", "station"}, {"id", "known"}})["status"] == "open");
  const auto audited = audit_running(*f.where.on(), "z");
  const auto other_inputs =
      audited.violations_by_check.at(static_cast<std::size_t>(audit::check::input_joined));
  CHECK_MESSAGE(audited.violations_total == other_inputs, audit::to_text(audited));
}

TEST_CASE("a stream that was purged of what had been consumed loses nothing") {
  live_zone f;
  consume_ten(f);
  SUBCASE("while the zone runs") { purge(f); }
  SUBCASE("while it does not") {
    f.node->kill();
    purge(f);
    f.restart();
  }
  f.check_well("o1");
}

TEST_CASE("a stream that was purged of commands not yet consumed halts the zone") {
  live_zone f;
  consume_ten(f);
  f.node->kill();
  tell_stations(f, 11, 20);
  purge(f);
  f.restart();
  check_halted(f, "the input stream was purged");
}

TEST_CASE("a recreated stream with fewer commands than were consumed halts the zone") {
  live_zone f;
  consume_ten(f);
  f.node->kill();
  recreate(f);
  tell_stations(f, 1, 3);
  f.restart();
  check_halted(f, "the input stream was recreated");
}

TEST_CASE("a recreated stream with more commands than were consumed halts the zone") {
  live_zone f;
  consume_ten(f);
  f.node->kill();
  recreate(f);
  tell_stations(f, 1, 20);
  f.restart();
  check_halted(f, "the input stream was recreated");
}

TEST_CASE("a stream that is recreated under a running zone halts it") {
  live_zone f;
  consume_ten(f);
  recreate(f);
  SUBCASE("empty") {}
  SUBCASE("and filled further than before") { tell_stations(f, 1, 20); }
  check_halted(f, "the input stream was recreated");
}

} // namespace
