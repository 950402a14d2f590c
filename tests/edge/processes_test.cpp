#include "cmd/shared/endpoint_file.hpp"
#include "tests/edge/edge.hpp"

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/file.h>

/// More than one dispatchd where only one may be: the second is refused, and the first goes on.
namespace {

using namespace dispatch;
using namespace dispatch::edge;
namespace fs = std::filesystem;

/// A dispatchd that is started without any care for what runs already. Killed with its object.
class careless_start {
public:
  careless_start(const fs::path& data, const std::vector<std::string>& arguments)
      : log_(data.string() + ".second.log") {
    std::vector<std::string> command{DISPATCHD_PROGRAM, "--data", data.string(), "--http",
                                     "127.0.0.1:0"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    process_ = value_of(nats::process_handle::start(command, log_));
  }
  careless_start(const careless_start&) = delete;
  careless_start& operator=(const careless_start&) = delete;
  ~careless_start() {
    if (process_.runs()) {
      kill_at_once(process_);
    }
  }

  nats::process_handle& process() { return process_; }
  std::string log() const {
    std::ifstream file{log_};
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// It ends at once with the code for a conflict, and its log has these words.
  void check_refused(const std::string& holder) {
    const auto status = status_within(process_);
    REQUIRE_MESSAGE(status.has_value(), "the second dispatchd goes on: " << log());
    CHECK(*status == static_cast<int>(exit_code::conflict));
    CHECK_MESSAGE(log().find(holder) != std::string::npos, log());
  }

private:
  fs::path log_;
  nats::process_handle process_;
};

TEST_CASE("a second dispatchd on a data directory is refused") {
  town f;
  careless_start second{f.where.data(), {"--server", f.where.url()}};
  second.check_refused(std::to_string(f.node->process().id()));
  f.check_untouched();
}

TEST_CASE("a second node of the same name is refused") {
  town f;
  f.node.emplace(f.where, dispatchd::settings{.node = "twin"});
  REQUIRE(f.answers());
  careless_start second{f.where.directory() / "elsewhere",
                        {"--server", f.where.url(), "--node", "twin"}};
  second.check_refused("twin");
  CHECK_FALSE(fs::exists(f.where.directory() / "elsewhere" / "node-name"));
  f.check_untouched();
}

TEST_CASE("a node on a copy of another's data directory is refused") {
  town f;
  CHECK(f.node->stop() == 0);
  const auto copy = f.where.directory() / "copy";
  fs::copy(f.where.data(), copy, fs::copy_options::recursive);
  f.node.emplace(f.where);
  REQUIRE(f.answers());
  std::string name;
  std::ifstream{copy / "node-name"} >> name;
  careless_start second{copy, {"--server", f.where.url()}};
  second.check_refused(name);
  f.check_untouched();
}

TEST_CASE("a second dispatchd with a server of its own leaves the first one's server alone") {
  testing::temporary_directory folder;
  const auto data = folder.path() / "data";
  careless_start first{data, {"--embedded"}};
  REQUIRE(comes([&] { return bool(cli::read_endpoint(data)); }));
  const auto server_of = [&] {
    pid_t id = 0;
    std::ifstream{data / "nats" / "nats-server.pid"} >> id;
    return id;
  };
  const auto server = server_of();
  careless_start second{data, {"--embedded"}};
  second.check_refused(std::to_string(first.process().id()));
  CHECK(server_of() == server);
  CHECK(edge::ctl(value_of(cli::read_endpoint(data)).nats_url, {"node", "list"}).code ==
        exit_code::done);
}

TEST_CASE("a node that was killed starts at once on its directory") {
  town f;
  f.node->kill();
  const auto begin = std::chrono::steady_clock::now();
  f.node.emplace(f.where, dispatchd::settings{.arguments = {"--lease-ms", "20000"}});
  CHECK(f.answers());
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{20});
}

/// The demonstration's own directory, unless somebody uses it now.
class demo_city {
public:
  demo_city()
      : path_(fs::path{DEMO_SCRIPT}.parent_path().parent_path() / "build" / "demo"),
        existed_(fs::exists(path_)) {
    fs::create_directories(path_);
    const auto file = path_ / "node-lock";
    lock_ = nats::descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    (void)::flock(lock_.number(), LOCK_EX | LOCK_NB); // Or somebody else holds the lock.
  }
  demo_city(const demo_city&) = delete;
  demo_city& operator=(const demo_city&) = delete;
  ~demo_city() {
    if (!existed_) {
      fs::remove_all(path_);
    }
  }

  bool exists() const { return fs::exists(path_ / "node-lock"); }

private:
  fs::path path_;
  bool existed_;
  nats::descriptor lock_;
};

TEST_CASE("the demonstration does not remove a city that is awake") {
  const demo_city city;
  testing::temporary_directory folder;
  auto demo = value_of(nats::process_handle::start({DEMO_SCRIPT}, folder.path() / "log"));
  const auto status = status_within(demo);
  if (!status) {
    kill_at_once(demo);
  }
  REQUIRE(status.has_value());
  CHECK(*status == static_cast<int>(exit_code::conflict));
  CHECK(city.exists());
}

TEST_CASE("a node does not write its name again when it has one") {
  town f;
  CHECK(f.node->stop() == 0);
  const auto file = f.where.data() / "node-name";
  const auto long_ago = fs::last_write_time(file) - std::chrono::hours{1};
  fs::last_write_time(file, long_ago);
  f.node.emplace(f.where);
  REQUIRE(f.answers());
  CHECK(fs::last_write_time(file) == long_ago);
}

} // namespace
