#include "cmd/shared/connection_flags.hpp"
#include "cmd/shared/endpoint_file.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <thread>

using namespace dispatch;
using namespace dispatch::cli;
using dispatch::testing::temporary_directory;

TEST_CASE("An endpoint file is read as it was written, and gone when removed") {
  const temporary_directory data;
  const endpoint first{4711, "nats://127.0.0.1:40001", "127.0.0.1:8080"};
  const endpoint second{4712, "nats://127.0.0.1:40002", "127.0.0.1:8081"};
  REQUIRE(write_endpoint(data.path(), first));
  REQUIRE(write_endpoint(data.path(), second));
  const auto found = read_endpoint(data.path());
  REQUIRE(found);
  CHECK(*found == second);
  CHECK(std::filesystem::status(endpoint_path(data.path())).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));

  connection_flags flags;
  flags.data = data.path().string();
  const auto settings = connection_settings_of(flags, "test");
  REQUIRE(settings);
  CHECK(settings->url == second.nats_url);

  remove_endpoint(data.path());
  const auto gone = read_endpoint(data.path());
  REQUIRE_FALSE(gone);
  CHECK(gone.error().what.find("does a dispatchd run") != std::string::npos);
  CHECK_FALSE(connection_settings_of(flags, "test"));
}

TEST_CASE("An endpoint file that comes in a moment is waited for") {
  const temporary_directory data;
  const endpoint coming{4711, "nats://127.0.0.1:40001", "127.0.0.1:8080"};
  std::thread dispatchd{[&] { CHECK(write_endpoint(data.path(), coming)); }};
  const auto found = await_endpoint(data.path());
  dispatchd.join();
  REQUIRE(found);
  CHECK(*found == coming);
}

TEST_CASE("A file that is not an endpoint file is named") {
  const temporary_directory data;
  std::ofstream(endpoint_path(data.path())) << R"({"pid": 1})";
  const auto read = read_endpoint(data.path());
  REQUIRE_FALSE(read);
  CHECK(read.error().what.find(endpoint_path(data.path()).string()) != std::string::npos);
  CHECK_FALSE(write_endpoint(data.path() / "missing", {}));
}
