#include "messages/nats/connection/api.hpp"
#include "tests/ctl/support.hpp"
#include "tests/integration/live_zone.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <sstream>
#include <string>
#include <vector>

/// Events told again to a consumer that fell behind the output stream.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
using cli::exit_code;

struct told_zone : live_zone {
  told_zone() {
    client->ask("rider.r1.start_shift", shift_body());
    for (int i = 1; i <= 20; ++i) {
      client->ask("order.o" + std::to_string(i) + ".place", order_body());
    }
    client->burial(client->publish("order.o1.explode", "{}").sequence);
    CHECK(node->stop() == 0);
  }

  testing::ended republish(std::vector<std::string> words) const {
    words.insert(words.begin(), {"events", "republish"});
    words.insert(words.end(), {"--server", where.url()});
    return testing::run_ctl(words);
  }

  void keep_replays() const {
    nats::stream_settings settings;
    settings.name = "CATCHUP";
    settings.subjects = {"dispatch.replay.>"};
    settings.duplicate_window = std::chrono::minutes{2};
    value_of(nats::create_stream(*where.on(), settings));
  }

  std::vector<stored_message> all_of(const std::string& stream) const {
    std::vector<stored_message> all;
    const auto state = value_of(nats::api::state_of(*where.on(), stream));
    for (std::uint64_t i = 1; i <= state.last_sequence; ++i) {
      all.push_back(value_of(nats::api::message_at(*where.on(), stream, i)).value());
    }
    return all;
  }
};

std::uint64_t record_of(const stored_message& m) {
  const auto first = m.id.find('/', m.id.find('/') + 1) + 1;
  return std::stoull(m.id.substr(first));
}

TEST_CASE("a stream gets again what was announced, under other subjects, once") {
  told_zone f;
  f.keep_replays();
  const auto out = f.all_of("OUT_z");
  const auto first = f.republish({"--from", "1"});
  CHECK_MESSAGE(first.code == exit_code::done, first.err);
  CHECK(first.says("which stream CATCHUP keeps"));
  CHECK(first.says(std::to_string(out.size()) + " events published"));
  const auto again = f.all_of("CATCHUP");
  REQUIRE(again.size() == out.size());
  const std::string announced = "dispatch.out.";
  for (std::size_t i = 0; i < out.size(); ++i) {
    CHECK(again[i].subject == "dispatch.replay." + out[i].subject.substr(announced.size()));
    CHECK(again[i].id == out[i].id);
    CHECK(again[i].body == out[i].body);
    CHECK(again[i].content_type == out[i].content_type);
  }
  const auto second = f.republish({"--from", "1"});
  CHECK(second.says("of which the stream had stored before"));
  CHECK(f.all_of("CATCHUP").size() == out.size());
  CHECK(f.all_of("OUT_z").size() == out.size());
  const auto audited = audit_at_rest(*f.where.on(), "z");
  CHECK_MESSAGE(audited.clean(), audit::to_text(audited));
}

TEST_CASE("a part of the log is named by records or by times") {
  told_zone f;
  const auto out = f.all_of("OUT_z");
  const auto last = record_of(out.back());
  const auto middle = last / 2;
  const auto printed = [&](const std::vector<std::string>& words) {
    auto with = words;
    with.insert(with.end(), {"-o", "json"});
    const auto said = f.republish(with);
    CHECK_MESSAGE(said.code == exit_code::done, said.err);
    std::vector<std::string> ids;
    std::istringstream lines{said.out};
    for (std::string line; std::getline(lines, line);) {
      ids.push_back(nlohmann::json::parse(line)["id"]);
    }
    return ids;
  };
  const auto expected = [&](std::uint64_t from, std::uint64_t until) {
    std::vector<std::string> ids;
    for (const auto& m : out) {
      if (record_of(m) >= from && record_of(m) <= until) {
        ids.push_back(m.id);
      }
    }
    return ids;
  };
  CHECK(printed({"--from", "1"}) == expected(1, last));
  CHECK(printed({"--from", std::to_string(middle)}) == expected(middle, last));
  CHECK(printed({"--from", "2", "--until", std::to_string(middle)}) == expected(2, middle));
  CHECK(printed({"--from", "2020-01-01T00:00:00Z"}) == expected(1, last));
  CHECK(f.republish({"--from", "2099-01-01T00:00:00Z"}).code == exit_code::not_found);
  CHECK(f.republish({"--from", "yesterday"}).code == exit_code::usage);

  value_of(nats::api::call_or_fail(*f.where.on(), "STREAM.PURGE.LOG_z", {{"seq", middle}}));
  const auto gone = f.republish({"--from", std::to_string(middle - 1)});
  CHECK(gone.code == exit_code::not_found);
  CHECK(gone.says("give --from " + std::to_string(middle)));
  CHECK(f.republish({"--from", "2020-01-01T00:00:00Z"}).code == exit_code::not_found);
  CHECK(printed({"--from", std::to_string(middle)}) == expected(middle, last));
}

TEST_CASE("without a stream, whoever subscribes hears the events") {
  told_zone f;
  const auto out = f.all_of("OUT_z");
  std::atomic<std::size_t> heard{0};
  const auto listening = value_of(
      f.where.on()->subscribe("billing.catchup.z.>", [&](const nats::incoming&) { ++heard; }));
  const auto said = f.republish({"--from", "1", "--to-subject-prefix", "billing.catchup"});
  CHECK_MESSAGE(said.code == exit_code::done, said.err);
  await("all events", [&] { return heard == out.size(); });
  CHECK(f.all_of("OUT_z").size() == out.size());
}

TEST_CASE("what is published is refused where it does not belong, and a full stream is told") {
  told_zone f;
  for (const auto* prefix : {"dispatch.out", "dispatch.in", "other.out.x", "dispatch", "a.*"}) {
    CAPTURE(prefix);
    const auto said = f.republish({"--from", "1", "--to-subject-prefix", prefix});
    CHECK(said.code == exit_code::usage);
    CHECK(said.says("cannot be published"));
  }
  f.keep_replays();
  value_of(nats::resize_stream(*f.where.on(), "CATCHUP", 4 * 1024, std::chrono::seconds{0}));
  const auto full = f.republish({"--from", "1"});
  CHECK(full.code == exit_code::partial);
  CHECK(full.says("Go on with --from "));
}

} // namespace
