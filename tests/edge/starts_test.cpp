#include "tests/edge/configured_server.hpp"
#include "tests/edge/edge.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

/// A dispatchd that cannot start says why, and ends.
namespace {

using namespace dispatch;
using namespace dispatch::edge;
using nlohmann::json;
namespace fs = std::filesystem;

constexpr auto owner_login = "dispatch:right";
constexpr auto node_login = "node:right";

/// How a dispatchd ended, and what it told.
struct failed_start {
  std::optional<int> status;
  std::string told;

  explicit failed_start(std::vector<std::string> words) {
    const testing::temporary_directory folder;
    words.insert(words.begin(), DISPATCHD_PROGRAM);
    auto process = value_of(nats::process_handle::start(words, folder.path() / "log"));
    status = status_within(process, 2 * soon);
    if (!status) {
      kill_at_once(process);
    }
    std::ifstream file{folder.path() / "log"};
    told.assign(std::istreambuf_iterator<char>(file), {});
  }

  bool says(const std::string& words) const { return told.find(words) != std::string::npos; }

  void check(exit_code code, const std::string& words) const {
    REQUIRE_MESSAGE(status.has_value(), "dispatchd goes on: ", told);
    CHECK_MESSAGE(*status == static_cast<int>(code), told);
    CHECK_MESSAGE(says(words), told);
    CHECK_FALSE_MESSAGE(says("ready: "), told);
  }
};

failed_start start_on(const configured_server& server, const std::string& who = {}) {
  return failed_start{{"--server", server.url(who), "--data",
                       (server.directory() / "data").string(), "--http", "127.0.0.1:0"}};
}

/// A server with a user who may do everything, and one with these permissions.
json users_with(const json& permissions) {
  return {{"authorization",
           {{"users",
             {{{"user", "dispatch"}, {"password", "right"}},
              {{"user", "node"}, {"password", "right"}, {"permissions", permissions}}}}}}};
}

TEST_CASE("a server without JetStream ends dispatchd, and dispatchctl says what it lacks") {
  configured_server server{{{"jetstream", false}}};
  const auto started = start_on(server);
  started.check(exit_code::unavailable, "no JetStream");
  CHECK_FALSE_MESSAGE(started.says("connection lost"), started.told); // It is closed on purpose.
  for (const auto& words :
       {std::vector<std::string>{"zone", "list"}, std::vector<std::string>{"zone", "create", "z"},
        std::vector<std::string>{"node", "list"}, std::vector<std::string>{"doctor"}}) {
    const auto told = edge::ctl(server.url(), words);
    CHECK(told.code == exit_code::unavailable);
    CHECK_MESSAGE(told.says("no JetStream"), told.err);
    CHECK_MESSAGE(told.says("`jetstream {}`"), told.err);
  }
}

TEST_CASE("an account without JetStream ends dispatchd") {
  configured_server server{
      {{"accounts", {{"A", {{"users", {{{"user", "node"}, {"password", "right"}}}}}}}}}};
  start_on(server, node_login).check(exit_code::unavailable, "no JetStream");
}

TEST_CASE("a node that may publish nothing but answers is refused at its start") {
  configured_server server{users_with({{"publish", {{"allow", {"_INBOX.>"}}}}})};
  start_on(server, node_login).check(exit_code::not_permitted, "$JS.API.STREAM.MSG.GET");
}

TEST_CASE("a node that may not publish its heartbeat is refused at its start") {
  configured_server server{users_with({{"publish", {{"deny", {"$KV.dispatch_leases.>"}}}}})};
  REQUIRE(edge::ctl(server.url(owner_login), {"zone", "create", "z"}).code == exit_code::done);
  start_on(server, node_login).check(exit_code::not_permitted, "$KV.dispatch_leases.");
}

TEST_CASE("a node that may not read the zones is refused at its start") {
  constexpr auto needed = "$JS.API.CONSUMER.CREATE.KV_dispatch_zones";
  configured_server server{users_with({{"publish", {{"deny", {needed}}}}})};
  REQUIRE(edge::ctl(server.url(owner_login), {"zone", "create", "z"}).code == exit_code::done);
  start_on(server, node_login).check(exit_code::not_permitted, needed);
}

TEST_CASE("a node that may not subscribe to its answers is refused at its start") {
  configured_server server{users_with({{"subscribe", {{"allow", {"dispatch.>"}}}}})};
  REQUIRE(edge::ctl(server.url(owner_login), {"zone", "create", "z"}).code == exit_code::done);
  start_on(server, node_login).check(exit_code::not_permitted, "_INBOX_dispatch_node");
}

TEST_CASE("wrong arguments end dispatchd before its nats-server starts") {
  const testing::temporary_directory folder;
  const auto key = (folder.path() / "w.pem").string();
  REQUIRE(testing::run_ctl({"waybill", "key", "generate", key}).code == exit_code::done);
  std::ofstream{folder.path() / "none.pem"} << "no key\n";
  fs::permissions(folder.path() / "none.pem", fs::perms::owner_read);
  struct wrong {
    std::string flag;
    std::string value;
    std::string told;
  };
  for (const auto& [flag, value, told] :
       std::vector<wrong>{{"--http", "nonsense", "host:port"},
                          {"--http", "127.0.0.1:70000", "host:port"},
                          {"--routing-engine", "nonsense", "--routing-engine"},
                          {"--waybill-key", (folder.path() / "none.pem").string(), "--waybill-key"},
                          {"--waybill-key", key + ".pub", "the public key"},
                          {"--log-level", "loud", "must be one of debug, info, warning, error"}}) {
    CAPTURE(flag);
    CAPTURE(value);
    const auto data = folder.path() / "data";
    failed_start{{"--embedded", "--data", data.string(), flag, value}}.check(exit_code::usage,
                                                                             told);
    CHECK_FALSE(fs::exists(data / "nats"));
  }
}

} // namespace
