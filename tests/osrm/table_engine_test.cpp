#include "messages/limits.hpp"
#include "messages/osrm/table_engine.hpp"
#include "tests/support/osrm_server.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using osrm::table_engine;
using testing::osrm_server;
using mood = osrm_server::mood;
using answer = std::optional<travel_table>;

const place depot{7.1, -73.12};
const place market{7.125, -73.118};
const place harbour{7.09, -73.2};

std::unique_ptr<table_engine> engine_at(const std::string& url) {
  auto made = table_engine::at(url);
  REQUIRE(made);
  return std::move(*made);
}

std::future<answer> ask(table_engine& engine, travel_question what) {
  const auto promise = std::make_shared<std::promise<answer>>();
  engine.ask(std::move(what), [promise](answer table) { promise->set_value(std::move(table)); });
  return promise->get_future();
}

/// Throws when a second answer comes or none within 10 s.
answer answer_of(std::future<answer> asked) {
  if (asked.wait_for(10s) != std::future_status::ready) {
    throw std::runtime_error("no answer");
  }
  return asked.get();
}

const travel_question from_two{vehicle::bicycle, {depot, harbour}, {market, depot, harbour}};

bool is_straight(const travel_question& what, const answer& table) {
  if (!table || table->size() != what.from.size() * what.to.size()) {
    return false;
  }
  auto seconds = table->begin();
  for (const auto& from : what.from) {
    for (const auto& to : what.to) {
      const auto is = *seconds++;
      if (!is || *is != doctest::Approx(osrm_server::straight(from, to))) {
        return false;
      }
    }
  }
  return true;
}

TEST_CASE("a table comes with all its ways, and the next question finds the same connection") {
  const osrm_server server;
  const auto engine = engine_at(server.url());
  CHECK(is_straight(from_two, answer_of(ask(*engine, from_two))));
  CHECK(server.last_request() ==
        "/table/v1/bike/-73.120000,7.100000;-73.200000,7.090000;-73.118000,7.125000;"
        "-73.120000,7.100000;-73.200000,7.090000?sources=0;1&destinations=2;3;4");
  const travel_question back{vehicle::car, {market}, {depot}};
  CHECK(is_straight(back, answer_of(ask(*engine, back))));
  CHECK(server.requests() == 2);
  CHECK(server.connections() == 1);
}

TEST_CASE("a table of the largest question is no exception") {
  const osrm_server server;
  const auto engine = engine_at(server.url());
  travel_question large;
  for (std::size_t i = 0; i < limits::travel_places_per_question; ++i) {
    auto& to = i % 2 == 0 ? large.from : large.to;
    to.push_back({7.0 + 0.001 * static_cast<double>(i), -173.123456});
  }
  CHECK(is_straight(large, answer_of(ask(*engine, large))));
}

TEST_CASE("where there is no road, there is no time") {
  osrm_server server;
  server.lay([](const std::string& profile, const place& from, const place& to) {
    const auto across = (from.longitude < -73.15) != (to.longitude < -73.15);
    return across && profile == "foot" ? std::nullopt : std::optional{60.5};
  });
  const auto engine = engine_at(server.url() + "/");
  auto what = from_two;
  CHECK(*answer_of(ask(*engine, what)) == travel_table(6, 60.5));
  what.by = vehicle::walking;
  CHECK(*answer_of(ask(*engine, what)) ==
        travel_table{60.5, 60.5, std::nullopt, std::nullopt, std::nullopt, 60.5});
}

TEST_CASE("an engine without a road near one of the places has answered, without times") {
  osrm_server server;
  server.be(mood::is_lost);
  const auto engine = engine_at(server.url());
  CHECK(*answer_of(ask(*engine, from_two)) == travel_table(6));
}

TEST_CASE("an engine that fails in any way has failed, and may recover") {
  osrm_server server;
  const auto engine = engine_at(server.url());
  for (const auto how : {mood::fails, mood::refuses, mood::talks_nonsense, mood::truncates,
                         mood::cuts_off, mood::floods}) {
    CAPTURE(static_cast<int>(how));
    server.be(how);
    CHECK_FALSE(answer_of(ask(*engine, from_two)));
    server.be(mood::answers);
    CHECK(is_straight(from_two, answer_of(ask(*engine, from_two))));
  }
  CHECK(server.requests() == 12);
}

TEST_CASE("a path that the engine does not have is a failure") {
  const osrm_server server;
  const auto engine = engine_at(server.url() + "/elsewhere");
  CHECK_FALSE(answer_of(ask(*engine, from_two)));
  CHECK(server.requests() == 0);
}

TEST_CASE("where nobody listens, the question fails") {
  const auto nobody = std::make_unique<osrm_server>()->url();
  const auto engine = engine_at(nobody);
  CHECK_FALSE(answer_of(ask(*engine, from_two)));
}

TEST_CASE("who is slow beyond the limit has failed, and who waited behind has no more time") {
  osrm_server server;
  const auto engine = engine_at(server.url());
  server.be(mood::is_slow);
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::future<answer>> asked;
  for (std::size_t i = 0; i < 3 * limits::travel_connections_max + 1; ++i) {
    asked.push_back(ask(*engine, from_two));
  }
  for (auto& one : asked) {
    CHECK_FALSE(answer_of(std::move(one)));
  }
  const auto took = std::chrono::steady_clock::now() - begun;
  CHECK(took > limits::travel_time_limit / 2);
  CHECK(took < 3 * limits::travel_time_limit);
  server.be(mood::answers);
  CHECK(is_straight(from_two, answer_of(ask(*engine, from_two))));
}

/// Asks so many questions at once, all different; how many answers are right.
std::size_t ask_burst(table_engine& engine, std::size_t first, std::size_t count) {
  std::vector<std::pair<travel_question, std::future<answer>>> asked;
  for (auto i = first; i < first + count; ++i) {
    const auto offset = 0.0001 * static_cast<double>(i);
    travel_question what{
        vehicle::car, {depot, {7.1 + offset, -73.1}}, {{7.2 - offset, -73.0}, market, harbour}};
    auto table = ask(engine, what);
    asked.emplace_back(std::move(what), std::move(table));
  }
  std::size_t good = 0;
  for (auto& [what, table] : asked) {
    good += is_straight(what, answer_of(std::move(table))) ? 1 : 0;
  }
  return good;
}

TEST_CASE("many ask at once, over few connections, and each gets its own table") {
  constexpr std::size_t threads = 4;
  constexpr std::size_t bursts = 10;
  constexpr std::size_t burst = 20;
  const osrm_server server;
  const auto engine = engine_at(server.url());
  std::atomic<std::size_t> good{0};
  std::vector<std::thread> asking;
  for (std::size_t t = 0; t < threads; ++t) {
    asking.emplace_back([&, t] {
      for (std::size_t b = 0; b < bursts; ++b) {
        good += ask_burst(*engine, (t * bursts + b) * burst, burst);
      }
    });
  }
  for (auto& one : asking) {
    one.join();
  }
  constexpr auto all = threads * bursts * burst;
  CHECK(good == all);
  CHECK(server.requests() == all);
  CHECK(server.connections() <= limits::travel_connections_max);
}

TEST_CASE("an engine that is stopped answers nothing more, and ends at once") {
  std::atomic<int> answered{0};
  osrm_server server;
  server.be(mood::is_slow);
  const auto engine = engine_at(server.url());
  const auto count = [&answered](const answer&) { ++answered; };
  const auto under_way = limits::travel_connections_max;
  for (std::size_t i = 0; i < 2 * under_way; ++i) {
    engine->ask(from_two, count);
  }
  REQUIRE(server.await_requests(under_way));
  engine->stop();
  const auto before = answered.load();
  server.be(mood::answers);
  engine->ask(from_two, count);
  engine->stop();
  CHECK(answered == before);
}

TEST_CASE("what is no base URL is refused, with the rule") {
  for (const auto* url :
       {"", "127.0.0.1:5000", "localhost:5000", "ftp://127.0.0.1", "file:///etc/passwd", "http://",
        "http://host/?key=1", "http://host/#part", "http://jane:secret@host/", "http://ho st/",
        "http://host:99999", "nats://host:4222"}) {
    CAPTURE(url);
    const auto made = table_engine::at(url);
    REQUIRE_FALSE(made);
    CHECK(made.error().what.find("must be http://HOST:PORT") != std::string::npos);
    CHECK(made.error().what.find("secret") == std::string::npos);
  }
  for (const auto* url : {"http://127.0.0.1:5000", "https://maps.example/osrm/", "HTTP://host",
                          "http://[::1]:5000//"}) {
    CAPTURE(url);
    CHECK(table_engine::at(url));
  }
}

} // namespace
