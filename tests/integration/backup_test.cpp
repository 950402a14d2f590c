#include "cmd/client/ask.hpp"
#include "messages/nats/connection/api.hpp"
#include "tests/ctl/support.hpp"
#include "tests/integration/live_zone.hpp"

#include <filesystem>
#include <string>

/// Backup and restore, step by step as in deploy/docs/operations/backup.md.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A zone that ships a snapshot every second and keeps nothing in its log for long.
zone_definition short_past() {
  auto definition = quick_zone();
  definition.retention = {.log = 0s, .snapshot_interval = 1s, .snapshot_records = 5};
  return definition;
}

struct backed_up_zone : live_zone {
  int filler = 1000; ///< number of an order that nobody asks for
  const fs::path backup = where.directory() / "copies";

  backed_up_zone() : live_zone(short_past()) {}

  void copy(const fs::path& from, const fs::path& to) const {
    fs::remove_all(to);
    fs::create_directories(to.parent_path());
    fs::copy(from, to, fs::copy_options::recursive);
  }

  void place(int first, int last) {
    for (auto i = first; i <= last; ++i) {
      const auto outcome = client->ask("order.o" + std::to_string(i) + ".place", order_body());
      CHECK(event_name(outcome.body) == "placed");
    }
  }

  std::uint64_t log_begins() const {
    return value_of(nats::api::state_of(*where.on(), "LOG_z")).first_sequence;
  }

  /// Orders until the log has been trimmed.
  void place_until_trimmed() {
    for (const auto before = log_begins(); log_begins() == before; ++filler) {
      place(filler, filler);
    }
  }

  /// A node announces while it writes its file: waits until the file has what was announced.
  void await_written() {
    await("the node's file to have the log's end", [&] {
      const auto zone = client->admin("zone");
      return zone["metrics"]["materialised_record"] == zone["record"];
    });
  }

  /// Everything ends, dispatchd first.
  void back_up_server() {
    CHECK(node->stop() == 0);
    where.back_up_server();
    restart();
  }

  void restore_server() {
    node->kill();
    client.reset();
    where.restore_server();
  }

  void go_on() {
    restart();
    client.emplace(where.on(), "z");
    await("the zone to run", [&] {
      const auto status = client::ask_status(*where.on(), "dispatch", "z", patience);
      return status && status->running;
    });
  }

  bool known(int order) {
    const auto found =
        client->admin("get", {{"kind", "order"}, {"id", "o" + std::to_string(order)}});
    return !found.contains("error");
  }

  testing::ended verify(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"zone", "verify", "z", "--server", where.url()});
    return testing::run_ctl(more);
  }
};

TEST_CASE_FIXTURE(backed_up_zone, "an older copy of the server's store is completed by the node") {
  place(1, 3);
  back_up_server();
  place(4, 9);
  await_written();
  const auto before = value_of(nats::api::state_of(*where.on(), "LOG_z")).last_sequence;
  restore_server();
  CHECK(value_of(nats::api::state_of(*where.on(), "LOG_z")).last_sequence < before);
  go_on();
  CHECK(value_of(nats::api::state_of(*where.on(), "LOG_z")).last_sequence > before);
  for (const auto order : {1, 4, 9}) {
    CHECK(known(order));
  }
  check_well("new");
}

TEST_CASE_FIXTURE(backed_up_zone, "a node that lost its disk starts from a shipped snapshot") {
  place(1, 3);
  place_until_trimmed();
  place(4, 6);
  const auto archive = (where.data() / "archive" / "z").string();
  const auto whole = verify({"--archive", archive});
  CHECK_MESSAGE(whole.code == cli::exit_code::done, whole.out);
  CHECK(whole.out.find("not judged") == std::string::npos);
  CHECK(verify().out.find("not judged") != std::string::npos);
  // An order's history goes back to what only the archive has.
  const auto history = client->admin("history", {{"kind", "order"}, {"id", "o1"}});
  CHECK(history["records_missing"] == 0);

  node->kill();
  copy(where.data() / "archive", backup / "archive");
  fs::remove_all(where.data());
  go_on();
  CHECK(node->log().find("loaded the snapshot") != std::string::npos);
  for (const auto order : {1, 4, 6}) {
    CHECK(known(order));
  }
  check_well("new");
  place_until_trimmed();
  CHECK(verify({"--archive", (backup / "archive" / "z").string(), "--archive", archive}).code ==
        cli::exit_code::done);
}

TEST_CASE_FIXTURE(backed_up_zone, "an older copy of a node's data catches up") {
  place(1, 3);
  CHECK(node->stop() == 0);
  copy(where.data(), backup / "data");
  restart();
  place(4, 6);
  place_until_trimmed();
  node->kill();
  copy(backup / "data", where.data());
  go_on();
  CHECK(known(1));
  CHECK(known(6));
  check_well("new");
}

TEST_CASE_FIXTURE(backed_up_zone, "with both lost, the zone is what it was at the backup") {
  place(1, 3);
  place_until_trimmed();
  back_up_server();
  place(4, 6);
  restore_server();
  fs::remove_all(where.data());
  go_on();
  CHECK(known(3));
  CHECK_FALSE(known(4));
  place(4, 6); // The senders send again what has no outcome in the output stream.
  check_well("new");
}

} // namespace
