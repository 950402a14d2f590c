#include "cmd/audit/audit_zone.hpp"
#include "cmd/client/ask.hpp"
#include "persistence/sqlite/journal_file.hpp"
#include "tests/integration/live_zone.hpp"

#include <csignal>
#include <string>
#include <utility>

/// A server whose files are put back to what they were some time ago: what the zone had committed
/// and announced since then comes back from the node's journal.
namespace {

using namespace dispatch;
using namespace dispatch::integration;

void open_stations(zone_client& client, const std::string& sender, int count) {
  for (int i = 1; i <= count; ++i) {
    const auto name = sender + "." + std::to_string(i);
    client.ask("station." + sender + std::to_string(i) + ".open",
               R"({"at":{"latitude":7.1,"longitude":-73.1}})", {.id = name});
  }
}

/// A zone with a backup of its server and twenty outcomes since.
struct rolled_back_zone : live_zone {
  rolled_back_zone() {
    open_stations(*client, "before", 5);
    client.reset();
    where.back_up_server();
    client.emplace(where.on(), "z");
    open_stations(*client, "after", 20);
    await("the node's journal to have them all", [&] {
      const auto listed =
          client::ask(*where.on(), "dispatch", "z", "list", {{"kind", "station"}}, answer_within);
      return listed && listed->at("rows").size() == 25;
    });
    client.reset();
  }

  /// What `zone verify --against-journal` says.
  audit::audit_report compare_with_journal() {
    const auto kept = value_of(journal_file::open(where.data(), "z"));
    audit::audit_options options;
    options.against = {value_of(kept->position()).number,
                       [&](std::uint64_t number) { return value_of(kept->record(number)); }};
    return value_of(audit::audit_zone(*where.on(), "dispatch", "z", std::move(options)));
  }

  /// Everything that was announced is announced again, once.
  void check_restored() {
    client.emplace(where.on(), "z");
    for (int i = 1; i <= 20; ++i) {
      CHECK(event_name(client->outcome("after." + std::to_string(i)).body) == "opened");
    }
    CHECK(event_name(client
                         ->ask("station.after20.open",
                               R"({"at":{"latitude":7.1,"longitude":-73.1}})", {.id = "after.20"})
                         .body) == "opened");
    check_well("o1");
  }
};

TEST_CASE("what a server has lost is restored by a running node") {
  rolled_back_zone f;
  f.where.restore_server();
  f.check_restored();
}

TEST_CASE("what a server has lost is restored by a node that starts") {
  rolled_back_zone f;
  f.node->kill();
  f.where.restore_server();
  const auto lost = f.compare_with_journal();
  REQUIRE_FALSE(lost.clean());
  CHECK(lost.violations.front().which == audit::check::journal);
  f.restart();
  f.check_restored();
  CHECK(f.compare_with_journal().clean());
}

TEST_CASE("commands that take the place of lost ones are not passed over") {
  rolled_back_zone f;
  ::kill(f.node->process().id(), SIGSTOP);
  f.where.restore_server();
  f.client.emplace(f.where.on(), "z");
  for (int i = 1; i <= 30; ++i) {
    f.client->tell("station.new" + std::to_string(i) + ".open",
                   R"({"at":{"latitude":7.1,"longitude":-73.1}})",
                   {.id = "new." + std::to_string(i)});
  }
  ::kill(f.node->process().id(), SIGCONT);
  for (int i = 1; i <= 30; ++i) {
    CHECK(event_name(f.client->outcome("new." + std::to_string(i)).body) == "opened");
  }
  f.check_restored();
}

TEST_CASE("a log that another node has continued behind its lost end is a fork") {
  rolled_back_zone f;
  f.node->kill();
  f.where.restore_server();
  {
    const dispatchd other{f.where, {.node = "other"}};
    f.client.emplace(f.where.on(), "z");
    open_stations(*f.client, "other", 3);
  }
  f.restart();
  std::string cause;
  await("the end of the zone", [&] {
    const auto status = client::ask_status(*f.where.on(), "dispatch", "z", answer_within);
    cause = status ? status->cause : std::string{};
    return !cause.empty();
  });
  CHECK_MESSAGE(cause.find("the log forked") != std::string::npos, cause);
  const auto forked = f.compare_with_journal();
  CHECK(forked.violations_total == 1);
  CHECK(forked.violations.front().sentence.find("The log forked") == 0);
}

} // namespace
