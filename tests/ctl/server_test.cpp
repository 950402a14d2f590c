#include "messages/nats/stream_admin.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/ctl/server.hpp"

#include <doctest/doctest.h>

#include <future>
#include <optional>

using namespace dispatch;
using namespace dispatch::testing;
using cli::exit_code;

namespace {

const wire::subjects names;

event refused_event(const entity_ref& who, const std::string& command_id, refusal code) {
  return {who, {}, command_id, "", command_refused{code, "pay", "place it first"}};
}

} // namespace

TEST_CASE_FIXTURE(server_alone, "A zone is created once, and what differs is named") {
  CHECK(ctl({"zone", "list"}).out.starts_with("ZONE"));
  CHECK(ctl({"order", "list"}).code == exit_code::not_found);

  const auto first = ctl({"zone", "create", "z1", "--log-bytes", "64MiB"});
  CAPTURE(first.err);
  CHECK(first.code == exit_code::done);
  CHECK(first.says("stream LOG_z1 created"));
  CHECK(first.says("zone z1 created"));
  const auto again = ctl({"zone", "create", "z1", "--log-bytes", "64MiB"});
  CHECK(again.code == exit_code::done);
  CHECK(again.says("stream LOG_z1 existed as asked for"));

  const auto larger = ctl({"zone", "create", "z1"});
  CHECK(larger.code == exit_code::conflict);
  CHECK(larger.says("LOG_z1"));
  CHECK(larger.says("max_bytes is 67108864"));
  const auto faster = ctl({"zone", "create", "z1", "--log-bytes", "64MiB", "--speed", "5"});
  CHECK(faster.code == exit_code::conflict);
  CHECK(faster.says("factor = 1.0, not 5.0"));

  const auto listed = ctl({"zone", "list", "-o", "json"});
  const auto zones = ctl::json::parse(listed.out);
  REQUIRE(zones.size() == 1);
  CHECK(zones[0]["zone"] == "z1");
  CHECK(zones[0]["state"] == "not served");
}

TEST_CASE_FIXTURE(server_alone, "A zone is shown, resized and deleted") {
  create("z1");
  const auto shown = ctl({"zone", "get"});
  CHECK(shown.code == exit_code::done);
  CHECK(shown.shows("not served"));
  CHECK(shown.shows("OUT_z1"));
  CHECK(shown.shows("[policy]"));
  CHECK(ctl({"zone", "get", "z9"}).code == exit_code::not_found);

  CHECK(ctl({"zone", "resize", "z1"}).code == exit_code::usage);
  CHECK(ctl({"zone", "resize", "z9", "--log-bytes", "1GiB"}).code == exit_code::not_found);
  REQUIRE(ctl({"zone", "resize", "--log-bytes", "96MiB", "--out-age", "3d"}).code ==
          exit_code::done);
  const auto streams = ctl::json::parse(ctl({"zone", "get", "-o", "json"}).out)["streams"];
  CHECK(streams[0]["bytes_max"] == std::int64_t{1} << 30);
  CHECK(streams[1]["bytes_max"] == 96 << 20);
  CHECK(streams[2]["age_max_s"] == 3 * 24 * 3600);

  announce(names.command("z1", {entity_kind::order, "o1"}, "pay"), std::string(2000, ' '));
  CHECK(ctl({"zone", "resize", "--in-bytes", "1000"}).code == exit_code::usage);
  CHECK(ctl({"zone", "create", "z2", "--snap-bytes", "1"}).code == exit_code::usage);
  // More than is there, and less than what may come; younger than what is there may become.
  const std::vector<std::vector<std::string>> cuts = {{"--in-bytes", "1MiB"}, {"--in-age", "5s"}};
  for (const auto& cut : cuts) {
    const auto refused = ctl({"zone", "resize", "--out-bytes", "2GiB", cut.front(), cut.back()});
    CHECK(refused.code == exit_code::conflict);
    CHECK(refused.says("would delete"));
  }
  const auto as_before = ctl::json::parse(ctl({"zone", "get", "-o", "json"}).out)["streams"];
  CHECK(as_before[2]["bytes_max"] == streams[2]["bytes_max"]);

  CHECK(ctl({"zone", "delete", "z1"}).code == exit_code::usage);
  CHECK(ctl({"zone", "delete", "z1"}, "n\n").code == exit_code::failed);
  CHECK(ctl({"zone", "get", "z1"}).code == exit_code::done);
  const auto deleted = ctl({"zone", "delete", "z1"}, "y\n");
  CHECK(deleted.says("with 1 messages"));
  CHECK(deleted.code == exit_code::done);
  CHECK(ctl({"zone", "delete", "z1", "-y"}).code == exit_code::not_found);
  CHECK_FALSE(nats::describe_stream(*on, "IN_z1"));
  create("z1"); // a deleted zone can be created again
}

TEST_CASE_FIXTURE(server_alone, "Without an owner, questions and commands end with 5") {
  create("z1");
  const auto asked = ctl({"order", "get", "o1"});
  CHECK(asked.code == exit_code::unavailable);
  CHECK(asked.says("no dispatchd serves it"));
  CHECK(ctl({"order", "get", "o1", "-z", "z9"}).code == exit_code::not_found);
  const auto sent = ctl({"send", "order", "o1", "pay", "--timeout", "200ms"});
  CHECK(sent.code == exit_code::unavailable);
  CHECK(sent.says("stored as input 1"));
  CHECK(sent.says("events tail --zone z1 --kind order --id o1"));
  CHECK(ctl({"send", "order", "o1", "pay", "-z", "z9"}).code == exit_code::not_found);
  CHECK(ctl({"zone", "pause", "--operator", "a.b"}).code == exit_code::usage);
  create("z2");
  const auto which = ctl({"order", "get", "o1"});
  CHECK(which.code == exit_code::usage);
  CHECK(which.says("2 zones"));
}

TEST_CASE_FIXTURE(server_alone,
                  "An answer is waited for as long as was said, and its lack explained") {
  create("z1");
  const auto unanswered = [&](std::vector<std::string> words, const std::string& cause) {
    words.insert(words.end(), {"--timeout", "1s"});
    const auto begun = std::chrono::steady_clock::now();
    const auto told = ctl(words);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::milliseconds{1900});
    CHECK(told.code == exit_code::unavailable);
    CHECK_MESSAGE(told.says("did not answer within 1 s: " + cause), told.err);
    CHECK_MESSAGE(told.says("`dispatchctl doctor`"), told.err);
  };
  const std::vector<std::string> send = {"send", "order", "o1", "pay"};
  unanswered(send, "no dispatchd serves it");
  unanswered({"order", "assign", "o1", "r1", "--operator", "jane"}, "no dispatchd serves it");
  unanswered({"send", "order", "o1", "pay", "--command-id", "up.1"}, "no dispatchd serves it");
  std::string status = R"({"halted":true,"cause":"the log forked"})";
  const auto owner = on->serve(names.admin_of_zone("z1"),
                               [&](const nats::question& asked) { asked.answer(status); });
  REQUIRE(owner);
  unanswered(send, "it has halted: the log forked");
  status = R"({"running":true,"metrics":{"log_full":true}})";
  unanswered(send, "its log is full");
}

TEST_CASE_FIXTURE(server_alone, "A zone that does not work is listed with what it lacks") {
  create("z1");
  std::string status = R"({"halted":true,"cause":"the log forked","epoch":0,"record":0})";
  const auto owner = on->serve(names.admin_of_zone("z1"),
                               [&](const nats::question& asked) { asked.answer(status); });
  REQUIRE(owner);
  const auto listed = [&] { return ctl::json::parse(ctl({"zone", "list", "-o", "json"}).out)[0]; };
  CHECK(listed()["complaint"] == "the log forked");
  CHECK(listed()["epoch"].is_null());
  CHECK(listed()["record"].is_null());
  CHECK(ctl({"zone", "list"}).shows("the log forked"));
  CHECK(ctl({"zone", "get"}).shows("the log forked"));
  status = R"({"running":true,"metrics":{"log_full":true},"epoch":2,"record":9})";
  CHECK(listed()["state"] == "log full");
  CHECK(listed()["epoch"] == 2);
  CHECK(ctl({"zone", "list"}).shows("its log is full"));
}

TEST_CASE_FIXTURE(server_alone, "Digests are accepted only where they halted the zone") {
  create("z1");
  std::string status = R"({"running":true,"cause":""})";
  const auto owner = on->serve(names.admin_of_zone("z1"),
                               [&](const nats::question& asked) { asked.answer(status); });
  REQUIRE(owner);
  const auto accept = [&] {
    return ctl({"zone", "accept-loss", "z1", "--digests", "--yes", "--operator", "jane"});
  };
  const auto runs = accept();
  CHECK(runs.code == exit_code::conflict);
  CHECK_MESSAGE(runs.says("has not halted for a wrong digest"), runs.err);
  status = R"({"halted":true,"cause":"the input stream was purged"})";
  const auto purged = accept();
  CHECK(purged.code == exit_code::conflict);
  CHECK_MESSAGE(purged.says("the input stream was purged"), purged.err);
  status = R"({"halted":true,"cause":"record 3 of the log: its digest differs from the state that )"
           R"(its events lead to"})";
  const auto taken = accept();
  CHECK_MESSAGE(taken.code != exit_code::conflict, taken.err); // The log of this zone is empty.
}

TEST_CASE_FIXTURE(server_alone, "A command's outcome is told, also when it was announced before") {
  create("z1");
  const entity_ref o1{entity_kind::order, "o1"};
  std::promise<std::string> stored;
  std::optional<nats::subscription> owner;
  {
    auto subscribed = on->subscribe(names.commands_of_zone("z1"), [&](const nats::incoming& m) {
      stored.set_value(std::string{m.header(wire::command_id_header)});
    });
    REQUIRE(subscribed);
    owner.emplace(std::move(*subscribed));
  }
  auto run = std::async(std::launch::async, [&] { return ctl({"send", "order", "o1", "pay"}); });
  const auto id = stored.get_future().get();
  owner.reset();
  announce(names.event("z1", {entity_kind::order, "o2"}, "paid"),
           wire::encode_event(
               {{entity_kind::order, "o2"}, {}, "other.1", "", order_event{order_paid{}}}));
  // Another sender's command, of the same id for another order.
  announce(names.event("z1", {entity_kind::order, "o2"}, "paid"),
           wire::encode_event({{entity_kind::order, "o2"}, {}, id, "", order_event{order_paid{}}}));
  announce(names.event("z1", o1, "refused"),
           wire::encode_event(refused_event(o1, id, refusal::unknown_entity)));
  const auto answer = run.get();
  CAPTURE(answer.err);
  CHECK(answer.code == exit_code::not_found);
  CHECK(answer.says("refused, unknown_entity: place it first"));
  CHECK(answer.shows("order o1  refused  code=unknown_entity verb=pay detail=place it first\n"));
  CHECK_FALSE(answer.shows("o2"));

  const auto repeated = ctl({"send", "order", "o1", "pay", "--command-id", id});
  CHECK(repeated.code == exit_code::not_found);
  CHECK(repeated.shows("order o1  refused"));

  announce(names.event("z1", o1, "refused"),
           wire::encode_event(refused_event(o1, "up.2", refusal::not_permitted)));
  const auto refused =
      ctl({"send", "order", "o1", "pay", "--command-id", "up.2", "--timeout", "500ms"});
  CHECK(refused.code == exit_code::not_permitted);
  CHECK_MESSAGE(refused.says("give --operator NAME"), refused.err);

  announce(names.event("z1", o1, "refused"),
           wire::encode_event(refused_event(o1, "busy.1", refusal::overloaded)));
  const auto waits =
      ctl({"send", "order", "o1", "pay", "--command-id", "busy.1", "--timeout", "500ms"});
  CHECK(waits.code == exit_code::unavailable);
  CHECK(waits.says("did not answer within"));
}

TEST_CASE_FIXTURE(server_alone, "An assignment to nobody ends with 3, and names riders like that") {
  create("z1");
  const entity_ref o1{entity_kind::order, "o1"};
  const auto owner = on->serve(names.admin_of_zone("z1"), [](const nats::question& asked) {
    asked.answer(R"({"rows":[{"id":"anna"},{"id":"r17"},{"id":"r71"}]})");
  });
  REQUIRE(owner);
  const auto commands =
      on->subscribe(names.commands_of_zone("z1"), [&](const nats::incoming& message) {
        const std::string id{message.header("Dispatch-Command-Id")};
        announce(
            names.event("z1", o1, "refused"),
            wire::encode_event(
                {o1, {}, id, "", command_refused{refusal::unknown_rider, "assign", "no such", 0}}));
      });
  REQUIRE(commands);
  const auto told = ctl({"order", "assign", "o1", "r11", "--operator", "jane"});
  CHECK_MESSAGE(told.code == exit_code::not_found, told.err);
  CHECK_MESSAGE(told.says("unknown_rider: zone z1 knows no rider r11; did you mean r17 or r71?"),
                told.err);
}

TEST_CASE_FIXTURE(server_alone,
                  "Events and dead letters are shown from the end, the start or between") {
  create("z1");
  CHECK(ctl({"events", "tail"}).out.empty());
  for (const auto* id : {"a", "b", "a"}) {
    const entity_ref who{entity_kind::order, id};
    announce(names.event("z1", who, "paid"),
             wire::encode_event({who, {}, "up.1", "", order_event{order_paid{}}}));
  }
  announce(names.dead_letter("z1", "bad_body"),
           wire::encode_dead_letter(
               {17, {}, "dispatch.in.z1.order.c.pay", "bad_body", "line\nbreak", 0, "\xff"}));
  const auto lines = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"events", "tail", "-o", "json"});
    const auto end = ctl(words);
    CHECK(end.code == exit_code::done);
    std::vector<std::uint64_t> sequences;
    std::istringstream text{end.out};
    for (std::string line; std::getline(text, line);) {
      sequences.push_back(ctl::json::parse(line)["sequence"].get<std::uint64_t>());
    }
    return sequences;
  };
  using list = std::vector<std::uint64_t>;
  CHECK(lines({}) == list{1, 2, 3, 4});
  CHECK(lines({"--limit", "2"}) == list{3, 4});
  CHECK(lines({"--from-start", "--limit", "2"}) == list{1, 2});
  CHECK(lines({"--since-sequence", "3"}) == list{3, 4});
  CHECK(lines({"--since-sequence", "9"}).empty());
  CHECK(lines({"--kind", "order"}) == list{1, 2, 3});
  CHECK(lines({"--id", "a"}) == list{1, 3});
  CHECK(lines({"--id", "a", "--limit", "1"}) == list{3});
  CHECK(lines({"--id", "nobody"}).empty());

  const auto dead = ctl({"dead", "list", "--no-headers"});
  CHECK(dead.out ==
        "4  1970-01-01T00:00:00Z  17  bad_body  dispatch.in.z1.order.c.pay  line break\n");
  const auto shown = ctl::json::parse(ctl({"dead", "list", "-o", "json"}).out);
  REQUIRE(shown.size() == 1);
  CHECK(shown[0]["dead_letter"]["input"] == 17);
}

TEST_CASE_FIXTURE(server_alone, "An empty zone keeps its guarantees") {
  create("z1");
  const auto verified = ctl({"zone", "verify"});
  CAPTURE(verified.out);
  CAPTURE(verified.err);
  CHECK(verified.code == exit_code::done);
  CHECK(ctl({"zone", "verify", "z9"}).code == exit_code::not_found);
}
