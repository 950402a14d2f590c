#include "cmd/client/ask.hpp"
#include "cmd/client/sender.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/nats/fixture.hpp"

#include <algorithm>
#include <thread>
#include <vector>

using namespace dispatch;
using namespace dispatch::nats::testing;
using client::steady;

namespace {

/// A zone's streams, and somebody who answers each command as a zone does: refused, which is an
/// event like any other.
struct small_zone : installation {
  small_zone() {
    create("IN_z", "dispatch.in.z");
    create("OUT_z", "dispatch.out.z");
  }

  client::sender_settings settings() const {
    return {.zone = "z", .sending = {.again_without_outcome = 200ms}};
  }

  static client::command command(const std::string& id) {
    return {.subject = "dispatch.in.z.order." + id + ".cancel", .id = "shop." + id, .body = "{}"};
  }

  /// Answers what has come since the last time.
  void answer_commands() {
    if (!input_) {
      input_.emplace(on(), "IN_z", "", 0);
    }
    for (const auto& message : value_of(input_->next(limits::feed_messages_max, {}))) {
      const auto subject = value_of(wire::parse_command_subject("dispatch", message.subject));
      event e;
      e.entity = subject.target;
      e.command_id = message.id;
      e.body = command_refused{refusal::wrong_status, "cancel", "for a test", 0};
      const auto out = wire::subjects{}.event("z", e.entity, event_name(e.body));
      REQUIRE(value_of(on()->publish_stored(out, {}, wire::encode_event(e), patience)).error_code ==
              0);
    }
  }

  void drive(
      client::sender& with, const std::function<bool()>& so,
      const std::function<void()>& meanwhile = [] {}) const {
    for (const auto deadline = steady::now() + patience; !so();) {
      REQUIRE(steady::now() < deadline);
      REQUIRE(with.work());
      meanwhile();
      rung->wait_until(std::min(with.next_due().value_or(deadline), steady::now() + 50ms));
    }
  }

  const std::shared_ptr<client::bell> rung = std::make_shared<client::bell>();

private:
  std::optional<client::stream_reader> input_;
};

} // namespace

TEST_CASE_FIXTURE(small_zone, "commands of many tellers have their outcomes, each once") {
  constexpr int tellers = 4;
  constexpr int each = 50;
  client::sender zone{on(), settings(), rung};
  std::vector<std::thread> threads;
  for (int teller = 0; teller < tellers; ++teller) {
    threads.emplace_back([&, teller] {
      for (int i = 0; i < each; ++i) {
        (void)zone.tell(command(std::to_string(teller) + "-" + std::to_string(i)));
      }
    });
  }
  drive(
      zone, [&] { return zone.tally().outcomes >= tellers * each; }, [this] { answer_commands(); });
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(zone.waiting() == 0);
  CHECK(zone.tally().outcomes == tellers * each);
}

TEST_CASE_FIXTURE(small_zone, "a command that a crash has swallowed is sent again") {
  client::sender zone{on(), settings(), rung};
  REQUIRE(::kill(server().process_id(), SIGKILL) == 0);
  REQUIRE(zone.tell(command("o1")));
  drive(
      zone, [&] { return zone.waiting() == 0; }, [this] { answer_commands(); });
  CHECK(zone.tally().outcomes == 1);
  CHECK(zone.tally().sent_again > 0);
}

TEST_CASE_FIXTURE(small_zone, "what a zone announces is heard from a sequence on, in order") {
  client::sender teller{on(), settings(), rung};
  for (int i = 1; i <= 3; ++i) {
    REQUIRE(teller.tell(command("o" + std::to_string(i))));
    drive(
        teller, [&] { return teller.waiting() == 0; }, [this] { answer_commands(); });
  }
  auto from = settings();
  from.after = 1;
  std::vector<std::string> heard;
  from.hear = [&](const client::announced& message) { heard.push_back(message.subject); };
  client::sender listener{on(), from, rung};
  drive(listener, [&] { return heard.size() == 2; });
  CHECK(heard == std::vector<std::string>{"dispatch.out.z.order.o2.refused",
                                          "dispatch.out.z.order.o3.refused"});
}

TEST_CASE_FIXTURE(small_zone, "a sender says itself what ends a command, if it likes") {
  auto patient = settings();
  int events = 0;
  patient.ends = [&](const client::announced& message) {
    return ++events == 2 ? std::get<event>(message.what).command_id : std::string{};
  };
  client::sender zone{on(), patient, rung};
  REQUIRE(zone.tell(command("o1")));
  drive(
      zone, [&] { return zone.waiting() == 0; }, [this] { answer_commands(); });
  CHECK(events == 2);
  CHECK(zone.tally().sent_again >= 1);
}

TEST_CASE_FIXTURE(small_zone, "an answer to a question is JSON, or an error says why not") {
  CHECK_FALSE(client::ask(*on(), "dispatch", "z", "zone"));
  const auto server = value_of(on()->serve("dispatch.admin.z.*", [](const nats::question& asked) {
    const auto is_zone = asked.subject == "dispatch.admin.z.zone";
    asked.answer(is_zone ? R"({"running":true})" : "no JSON at all");
  }));
  const auto status = client::ask(*on(), "dispatch", "z", "zone");
  REQUIRE(status);
  CHECK_FALSE(client::error_in(*status));
  CHECK(status->at("running") == true);
  const auto nonsense = client::ask(*on(), "dispatch", "z", "get");
  REQUIRE(nonsense);
  REQUIRE(client::error_in(*nonsense));
  CHECK(client::error_in(*nonsense)->err_code == "not_json");
}
