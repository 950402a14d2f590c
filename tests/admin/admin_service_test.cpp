#include "cmd/dispatchd/answers/admin_requests.hpp"
#include "cmd/dispatchd/answers/admin_service.hpp"
#include "messages/wire/codec.hpp"
#include "persistence/memory_store.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <chrono>

using namespace dispatch;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 1 / 31} + 12h;

entity_ref order_ref(std::string id) { return {entity_kind::order, std::move(id)}; }

/// A zone whose records are written by hand.
struct fixture {
  memory_store remembered;
  daemon::admin_service service{remembered, "z1", [] { return R"({"zone":"z1","epoch":3})"; },
                                [this](std::uint64_t asked) { return remembered.journal(asked); }};
  std::uint64_t number = 0;

  void write(std::vector<event> events, std::vector<decision> decisions,
             std::vector<snapshot_row> rows, std::vector<waiting_row> waiting = {},
             bool journalled = true) {
    record r;
    r.zone = "z1";
    r.number = ++number;
    r.now = noon + std::chrono::seconds{number};
    r.events = std::move(events);
    r.decisions = std::move(decisions);
    std::vector<std::string> encoded;
    for (const auto& e : r.events) {
      encoded.push_back(wire::encode_event(e));
    }
    materialisation m;
    m.position.number = number;
    m.position.now = r.now;
    m.bytes = wire::encode_record(r, encoded);
    m.entities = std::move(rows);
    m.waiting = std::move(waiting);
    REQUIRE(remembered.write({&m, 1}));
    if (!journalled) {
      REQUIRE(remembered.forget(timestamp{}, number + 1));
    }
  }

  json ask(std::string_view verb, const std::string& body) const {
    return json::parse(service.answer(verb, body));
  }
};

snapshot_row row_of(const std::string& id, order_status status, const std::string& word) {
  order state;
  state.status = status;
  state.details.station = "s1";
  state.details.load = 2;
  return {order_ref(id), wire::encode_state(state), word, true, "wtw3sj", 2, noon + 90s};
}

event event_of(const std::string& id, order_event body, std::string command_id) {
  return {order_ref(id), noon, std::move(command_id), "", std::move(body)};
}

decision decided(const std::string& id, waiting_reason waiting) {
  decision d;
  d.order = id;
  d.waiting = waiting;
  d.policy_version = 7;
  d.gated = {{"r9", gate::has_offer}};
  d.counts = {{gate::has_offer, 4}};
  return d;
}

void check_error(const json& reply, int code, const std::string& err_code) {
  CAPTURE(reply.dump());
  REQUIRE(reply.contains("error"));
  CHECK(reply["error"]["code"] == code);
  CHECK(reply["error"]["err_code"] == err_code);
  CHECK(reply["error"]["description"].get<std::string>().starts_with("zone z1: "));
}

} // namespace

TEST_CASE_FIXTURE(fixture, "A listing gives rows in id order, a page at a time") {
  write({}, {},
        {row_of("a", order_status::waiting, "waiting"), row_of("b", order_status::unpaid, "unpaid"),
         row_of("c", order_status::waiting, "waiting")},
        {{"c", waiting_reason::riders_busy}});
  const auto all = ask("list", R"({"kind":"order"})")["rows"];
  REQUIRE(all.size() == 3);
  CHECK(all[0] == json{{"id", "a"},
                       {"status", "waiting"},
                       {"cell", "wtw3sj"},
                       {"load", 2},
                       {"deadline", "2026-01-31T12:01:30Z"},
                       {"record", 1},
                       {"waiting", nullptr}});
  CHECK(all[2]["waiting"] == "riders_busy");
  const auto page = ask("list", R"({"kind":"order","status":"waiting","after":"a","limit":5})");
  REQUIRE(page["rows"].size() == 1);
  CHECK(page["rows"][0]["id"] == "c");
  CHECK(ask("list", R"({"kind":"order","limit":2})")["rows"].size() == 2);
  CHECK(ask("list", R"({"kind":"rider"})")["rows"].empty());
}

TEST_CASE_FIXTURE(fixture, "An entity is shown with its state") {
  write({}, {}, {row_of("a", order_status::waiting, "waiting")},
        {{"a", waiting_reason::too_early}});
  const auto found = ask("get", R"({"kind":"order","id":"a"})");
  CHECK(found["status"] == "waiting");
  CHECK(found["record"] == 1);
  CHECK(found["waiting"] == "too_early");
  CHECK(found["state"]["status"] == "ORDER_STATUS_WAITING");
  CHECK(found["state"]["details"]["station"] == "s1");
}

TEST_CASE_FIXTURE(fixture, "History is the entity's own events, oldest first, the newest kept") {
  const auto row = row_of("a", order_status::waiting, "waiting");
  write({event_of("a", order_placed{}, "up.1")}, {}, {row}, {}, false);
  write({event_of("b", order_placed{}, "up.2"), event_of("a", order_paid{noon + 1h}, "up.3"),
         event_of("a", order_offered{"o-1", "r1"}, "")},
        {}, {row});
  write({event_of("b", order_paid{}, "up.4")}, {}, {});
  write({event_of("a", order_cancelled{"changed their mind", "r1"}, "up.5")}, {}, {row});

  const auto all = ask("history", R"({"kind":"order","id":"a"})");
  CHECK(all["records_missing"] == 1);
  REQUIRE(all["entries"].size() == 3);
  CHECK(all["entries"][0]["event"] == "paid");
  CHECK(all["entries"][0]["record"] == 2);
  CHECK(all["entries"][0]["command_id"] == "up.3");
  CHECK(all["entries"][0]["at"] == "2026-01-31T12:00:00Z");
  CHECK(all["entries"][0]["body"] == json{{"search_until", "2026-01-31T13:00:00Z"}});
  CHECK(all["entries"][1]["body"] == json{{"offer", "o-1"}, {"rider", "r1"}});
  CHECK(all["entries"][2]["event"] == "cancelled");

  const auto newest = ask("history", R"({"kind":"order","id":"a","limit":2})")["entries"];
  REQUIRE(newest.size() == 2);
  CHECK(newest[0]["event"] == "offered");
  CHECK(newest[1]["event"] == "cancelled");
}

TEST_CASE_FIXTURE(fixture, "A history that no answer can hold comes in pages") {
  const auto row = row_of("a", order_status::waiting, "waiting");
  constexpr int events = 100;
  for (int i = 0; i < events; ++i) {
    write({event_of("a", order_cancelled{std::string(16'000, 'x'), "r1"}, std::to_string(i))}, {},
          {row});
  }
  int next = events;
  for (std::uint64_t before = events + 1; before > 1;) {
    const auto question = json{{"kind", "order"}, {"id", "a"}, {"limit", 1000}, {"before", before}};
    const auto page = service.answer("history", question.dump());
    REQUIRE(page.size() < 600'000);
    const auto told = json::parse(page);
    REQUIRE_FALSE(told["entries"].empty());
    for (auto one = told["entries"].rbegin(); one != told["entries"].rend(); ++one) {
      CHECK((*one)["command_id"] == std::to_string(--next));
    }
    before = told["entries"][0]["record"];
    CHECK(told["more"] == (before > 1));
  }
  CHECK(next == 0);
  check_error(ask("history", R"({"kind":"order","id":"a","before":"x"})"), 400, "bad_request");
}

TEST_CASE_FIXTURE(fixture, "An answer that cannot be sent says so") {
  const auto row = row_of("a", order_status::waiting, "waiting");
  write({event_of("a", order_cancelled{std::string(1'200'000, 'x'), "r1"}, "up.1")}, {}, {row});
  check_error(ask("history", R"({"kind":"order","id":"a"})"), 413, "too_large");
}

TEST_CASE_FIXTURE(fixture, "An explanation is the decisions that name the order, oldest first") {
  const auto row = row_of("a", order_status::waiting, "waiting");
  write({}, {decided("b", waiting_reason::too_early), decided("a", waiting_reason::too_early)},
        {row, row_of("b", order_status::waiting, "waiting")}, {{"a", waiting_reason::too_early}});
  write({event_of("a", order_ready{}, "up.1")}, {}, {row});
  write({}, {decided("a", waiting_reason::all_riders_gated)}, {row},
        {{"a", waiting_reason::all_riders_gated}});

  const auto why = ask("explain", R"({"id":"a"})");
  CHECK(why["status"] == "waiting");
  CHECK(why["waiting"] == "all_riders_gated");
  CHECK(why["records_missing"] == 0);
  REQUIRE(why["decisions"].size() == 2);
  CHECK(why["decisions"][0]["record"] == 1);
  CHECK(why["decisions"][0]["at"] == "2026-01-31T12:00:01Z");
  CHECK(why["decisions"][0]["order"] == "a");
  CHECK(why["decisions"][0]["waiting"] == "WAITING_REASON_TOO_EARLY");
  CHECK(why["decisions"][1]["record"] == 3);
  CHECK(why["decisions"][1]["policy_version"] == 7);
  CHECK(why["decisions"][1]["gated"][0]["rider"] == "r9");
  CHECK(why["decisions"][1]["counts"][0]["riders"] == 4);

  const auto newest = ask("explain", R"({"id":"a","limit":1})")["decisions"];
  REQUIRE(newest.size() == 1);
  CHECK(newest[0]["record"] == 3);
}

TEST_CASE_FIXTURE(fixture, "The zone's status is passed on") {
  CHECK(ask("zone", "") == json{{"zone", "z1"}, {"epoch", 3}});
}

TEST_CASE_FIXTURE(fixture, "A question without an answer is refused by name") {
  write({}, {}, {row_of("a", order_status::waiting, "waiting")});
  check_error(ask("get", R"({"kind":"order","id":"b"})"), 404, "unknown_order");
  check_error(ask("history", R"({"kind":"rider","id":"a"})"), 404, "unknown_rider");
  check_error(ask("explain", R"({"id":"b"})"), 404, "unknown_order");
  check_error(ask("forget", "{}"), 404, "unknown_verb");
  for (const auto* wrong :
       {R"({"kind":"order"})", R"({"kind":"order","id":"a.b"})", R"({"id":"a"})",
        R"({"kind":"horse","id":"a"})", R"({"kind":1,"id":"a"})", "[]", "{", "\xff"}) {
    CAPTURE(wrong);
    check_error(ask("get", wrong), 400, "bad_request");
  }
  for (const auto* wrong : {"null", "\"x\"", "-1", "1.5", "{}"}) {
    check_error(ask("record", R"({"number":)" + std::string{wrong} + "}"), 400, "bad_request");
  }
  check_error(ask("record", "{}"), 400, "bad_request");
  for (const auto* limit : {"0", "-1", "\"5\"", "1.5"}) {
    check_error(ask("list", R"({"kind":"order","limit":)" + std::string{limit} + "}"), 400,
                "bad_request");
  }
}

TEST_CASE_FIXTURE(fixture, "Every verb is answered, and its required fields are asked for") {
  write({}, {}, {row_of("a", order_status::waiting, "waiting")});
  for (const auto& one : daemon::admin_requests()) {
    CAPTURE(one.verb);
    const json valid = {{"kind", "order"}, {"id", "a"}, {"number", 1}};
    CHECK_FALSE(service.answer(one.verb, valid.dump()).starts_with(R"({"error")"));
    for (const auto field : one.required) {
      CAPTURE(field);
      auto wrong = valid;
      wrong[std::string{field}] = json::array();
      check_error(ask(one.verb, wrong.dump()), 400, "bad_request");
      wrong.erase(std::string{field});
      check_error(ask(one.verb, wrong.dump()), 400, "bad_request");
    }
  }
}
