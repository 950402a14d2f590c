#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/ctl/server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>

using namespace dispatch;
using namespace dispatch::testing;

namespace {

const wire::subjects names;

/// What a zone's input stream was given, and what its owner says to it.
struct dead_zone : server_alone {
  dead_zone() { create("z1"); }

  std::uint64_t publish(const std::string& subject, const std::string& body,
                        const std::string& content_type = "") const {
    const std::vector<nats::header> headers = {{"Content-Type", content_type.c_str()}};
    const auto ack =
        on->publish_stored(subject, content_type.empty() ? std::vector<nats::header>{} : headers,
                           body, std::chrono::seconds{3});
    REQUIRE(ack);
    REQUIRE(ack->error_code == 0);
    return ack->sequence;
  }

  /// Publishes a message and buries it; returns the sequence of the announcement.
  std::uint64_t bury(const std::string& subject, const std::string& body, const std::string& reason,
                     const std::string& content_type = "", timestamp at = {}) {
    const auto input = publish(subject, body, content_type);
    announce(
        names.dead_letter("z1", reason),
        wire::encode_dead_letter({input, at, subject, reason, "the rule", wire::fast_hash(body),
                                  body.substr(0, limits::dead_letter_excerpt_bytes)}));
    return ++announced;
  }

  /// Answers every command as an owner would; dead letters again for those it is told to.
  void serve() {
    auto subscribed = on->subscribe(names.commands_of_zone("z1"), [this](const nats::incoming& m) {
      const std::string subject{m.subject()};
      if (subject.ends_with(".explode")) {
        return;
      }
      const entity_ref who{entity_kind::order, "o1"};
      const std::string id{m.header(wire::command_id_header)};
      (void)on->publish(names.event("z1", who, "paid").c_str(), nullptr, {},
                        wire::encode_event({who, {}, id, "", order_event{order_paid{}}}));
    });
    REQUIRE(subscribed);
    owner.emplace(std::move(*subscribed));
  }

  std::vector<std::uint64_t> listed(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"dead", "list", "-o", "json"});
    const auto end = ctl(more);
    CHECK_MESSAGE(end.code == exit_code::done, end.err);
    std::vector<std::uint64_t> sequences;
    for (const auto& one : ctl::json::parse(end.out)) {
      sequences.push_back(one["sequence"].get<std::uint64_t>());
    }
    return sequences;
  }

  stored_message input(std::uint64_t sequence) const {
    const auto found = nats::api::message_at(*on, "IN_z1", sequence);
    REQUIRE(found);
    REQUIRE(*found);
    return **found;
  }

  std::uint64_t announced = 0;
  std::optional<nats::subscription> owner;
};

const std::string pay = "dispatch.in.z1.order.o1.pay";
using list = std::vector<std::uint64_t>;

timestamp hours(int count) {
  return timestamp{std::chrono::sys_days{std::chrono::year{2026} / 1 / 31}} +
         std::chrono::hours{count};
}

} // namespace

TEST_CASE_FIXTURE(dead_zone, "Dead letters are listed by reason and time") {
  bury(pay, "{1", "bad_body", "", hours(1));
  bury("dispatch.in.z1.order.o1.explode", "{}", "unknown_verb", "", hours(2));
  bury(pay, "{3", "bad_body", "", hours(3));
  CHECK(listed() == list{1, 2, 3});
  CHECK(listed({"--limit", "2"}) == list{2, 3});
  CHECK(listed({"--reason", "bad_body"}) == list{1, 3});
  CHECK(listed({"--reason", "too_large"}).empty());
  CHECK(listed({"--since", "2026-01-31T02:00:00Z"}) == list{2, 3});
  CHECK(listed({"--since", "2026-01-31T02:00:00Z", "--reason", "bad_body"}) == list{3});
  CHECK(listed({"--since", "100000d"}) == list{1, 2, 3});
  bury(pay, "{4", "bad_body", "",
       std::chrono::floor<duration>(std::chrono::system_clock::now()) - std::chrono::minutes{30});
  CHECK(listed({"--since", "1h"}) == list{4});
  CHECK(listed({"--since", "10min"}).empty());
  CHECK(ctl({"dead", "list", "--since", "yesterday"}).code == exit_code::usage);
  CHECK(ctl({"dead", "list", "-z", "z9"}).code == exit_code::not_found);
}

TEST_CASE_FIXTURE(dead_zone, "A dead letter is shown with its whole message") {
  const auto body = "{\"long\":\"" + std::string(3000, 'x');
  bury(pay, body, "bad_body");
  const auto shown = ctl({"dead", "show", "1", "-o", "json"});
  CHECK(shown.code == exit_code::done);
  const auto one = ctl::json::parse(shown.out);
  CHECK(one["dead_letter"]["excerpt"].get<std::string>().size() == 1024);
  CHECK(one["message"]["body"] == body);
  CHECK(one["message"]["subject"] == pay);
  CHECK(one["handled"].is_null());
  CHECK(ctl({"dead", "show", "1"}).shows("the rule"));

  const entity_ref who{entity_kind::order, "o1"};
  announce(names.event("z1", who, "paid"),
           wire::encode_event({who, {}, "up.1", "", order_event{order_paid{}}}));
  const auto event = ctl({"dead", "show", "2"});
  CHECK(event.code == exit_code::not_found);
  CHECK(event.says("is an event and no dead letter"));
  CHECK(ctl({"dead", "show", "9"}).code == exit_code::not_found);
}

TEST_CASE_FIXTURE(dead_zone, "A replay publishes the original as a new command, and is noted") {
  bury(pay, "\x01\x02", "bad_body", "application/protobuf");
  serve();
  const auto first = ctl({"dead", "replay", "1", "--operator", "jane"});
  CHECK_MESSAGE(first.code == exit_code::done, first.err);
  CHECK(first.shows("order o1  paid"));
  const auto again = input(2);
  CHECK(again.subject == pay);
  CHECK(again.body == "\x01\x02");
  CHECK(again.content_type == "application/protobuf");
  CHECK(again.id == "replay.z1.1.1");
  CHECK(listed().empty());
  CHECK(listed({"--all"}) == list{1});
  const auto all = ctl({"dead", "list", "--all"});
  CHECK(all.shows("replayed by jane at "));

  // By name it goes once more, under another id.
  CHECK(ctl({"dead", "replay", "1", "--operator", "jane"}).code == exit_code::done);
  CHECK(input(3).id == "replay.z1.1.2");
  // But not with the others that wait.
  CHECK(ctl({"dead", "replay", "--all", "--operator", "jane"}).says("0 replayed"));
}

TEST_CASE_FIXTURE(dead_zone,
                  "What is kept in full goes without the input stream, and nothing else") {
  const auto small = bury(pay, "{}", "quarantined");
  const auto large = bury(pay, std::string(1025, '{'), "bad_body");
  REQUIRE(nats::api::call_or_fail(*on, "STREAM.PURGE.IN_z1", ctl::json::object()));
  serve();
  CHECK(ctl({"dead", "replay", std::to_string(small), "--operator", "jane"}).code ==
        exit_code::done);
  CHECK(input(3).body == "{}");
  CHECK(input(3).content_type == "application/json");
  const auto cut = ctl({"dead", "replay", std::to_string(large), "--operator", "jane"});
  CHECK(cut.code == exit_code::conflict);
  CHECK(cut.says("has only an excerpt of its message"));
  CHECK(cut.says("the input stream does not keep input 2 any more"));
  CHECK(listed() == list{large});
  const auto shown = ctl::json::parse(ctl({"dead", "show", "2", "-o", "json"}).out);
  CHECK(shown["message"].is_null());
  CHECK(shown["not kept"].get<std::string>().find("only an excerpt") != std::string::npos);

  const auto some = ctl({"dead", "replay", "--all", "--operator", "jane"});
  CHECK(some.code == exit_code::partial);
  CHECK(some.says("0 replayed, 1 without effect"));
}

TEST_CASE_FIXTURE(dead_zone, "A stream that was created anew holds other messages") {
  bury(pay, "{1", "bad_body");
  REQUIRE(nats::delete_stream(*on, "IN_z1"));
  create("z1");
  publish(pay, "{2");
  serve();
  CHECK(ctl({"dead", "replay", "1", "--operator", "jane"}).code == exit_code::done);
  CHECK(input(2).body == "{1");
}

TEST_CASE_FIXTURE(dead_zone, "Without an owner nothing is noted, and a replay may be repeated") {
  bury(pay, "{1", "bad_body");
  const auto unanswered = ctl({"dead", "replay", "1", "--operator", "jane", "--timeout", "200ms"});
  CHECK(unanswered.code == exit_code::unavailable);
  CHECK(unanswered.says("replay.z1.1.1"));
  CHECK(listed() == list{1});
  const entity_ref who{entity_kind::order, "o1"};
  announce(names.event("z1", who, "paid"),
           wire::encode_event({who, {}, "replay.z1.1.1", "", order_event{order_paid{}}}));
  CHECK(ctl({"dead", "replay", "1", "--operator", "jane"}).code == exit_code::done);
  CHECK(input(3).id == "replay.z1.1.1"); // An owner would answer that it has been decided.
}

TEST_CASE_FIXTURE(dead_zone, "Dropped ones are noted, with who and why") {
  bury(pay, "{1", "bad_body");
  bury(pay, "{2", "bad_body");
  bury("dispatch.in.z1.x", "", "bad_subject");
  CHECK(ctl({"dead", "drop", "--operator", "jane"}).code == exit_code::usage);
  CHECK(ctl({"dead", "drop", "7", "--operator", "jane"}).code == exit_code::not_found);
  CHECK(ctl({"dead", "drop", "2", "--note", "told them", "--operator", "jane"}).code ==
        exit_code::done);
  const auto twice = ctl({"dead", "drop", "2", "--note", "again", "--operator", "joe"});
  CHECK(twice.code == exit_code::conflict);
  CHECK_MESSAGE(twice.says("dead letter 2 was dropped by jane"), twice.err);
  CHECK_MESSAGE(twice.says("its note stays: \"told them\""), twice.err);
  CHECK(listed() == list{1, 3});
  const auto noted = ctl::json::parse(ctl({"dead", "show", "2", "-o", "json"}).out)["handled"];
  CHECK(noted["what"] == "dropped");
  CHECK(noted["by"] == "jane");
  CHECK(noted["note"] == "told them");
  const auto rest = ctl({"dead", "drop", "--all", "--reason", "bad_body", "--operator", "jane"});
  CHECK(rest.says("1 dropped"));
  CHECK(listed() == list{3});
  CHECK(listed({"--all"}) == list{1, 2, 3});
}

TEST_CASE_FIXTURE(dead_zone, "Marks are not taken for those of a zone that was created anew") {
  bury(pay, "{1", "bad_body", "", hours(1));
  CHECK(ctl({"dead", "drop", "1", "--operator", "jane"}).code == exit_code::done);
  CHECK(ctl({"zone", "delete", "z1", "-y"}).code == exit_code::done);
  create("z1");
  bury(pay, "{1", "bad_body", "", hours(2));
  CHECK(listed() == list{1});
}

TEST_CASE_FIXTURE(dead_zone, "What a consumer gave up on is listed, shown and dropped") {
  const auto give_up = [&](const std::string& zone, int number) {
    announce(
        names.given_up("billing", zone),
        R"({"id":"z1/1/)" + std::to_string(number) +
            R"(/0","subject":"dispatch.out.z1.order.o1.placed","attempts":5,"error":"no bank"})");
  };
  CHECK(ctl({"dead", "list", "--consumer", "billing", "--no-headers"}).out.empty());
  give_up("z1", 1);
  give_up("z2", 2);
  give_up("z1", 3);
  const auto shown = ctl::json::parse(
      ctl({"dead", "list", "--consumer", "billing", "-z", "z1", "-o", "json"}).out);
  REQUIRE(shown.size() == 2);
  CHECK(shown[0]["id"] == "z1/1/1/0");
  CHECK(shown[1]["given_up"] == 3);
  CHECK(ctl({"dead", "list", "--consumer", "billing", "-z", "z1"}).shows("no bank"));
  CHECK(ctl({"dead", "list", "--consumer", "push", "-z", "z1", "--no-headers"}).out.empty());
  CHECK(ctl({"dead", "show", "3", "--consumer", "billing", "-z", "z1"}).shows("z1/1/3/0"));
  CHECK(ctl({"dead", "show", "2", "--consumer", "billing", "-z", "z1"}).code ==
        exit_code::not_found);
  const auto drop = [&](std::vector<std::string> which) {
    which.insert(which.begin(), {"dead", "drop"});
    which.insert(which.end(), {"--consumer", "billing", "-z", "z1", "--operator", "jane"});
    return ctl(which);
  };
  CHECK(drop({"2"}).code == exit_code::not_found);
  CHECK(drop({"1"}).says("1 dropped"));
  CHECK(drop({"--all"}).says("1 dropped"));
  CHECK(ctl({"dead", "list", "--consumer", "billing", "-z", "z1", "--no-headers"}).out.empty());
}
