#include "cmd/dispatchd/thread_room.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

using namespace dispatch;

TEST_CASE("threads that find no memory are not put down to the limit of threads") {
  std::size_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages;
  REQUIRE(pages > 0);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_AS, &before) == 0);
  constexpr std::size_t room = std::size_t{100} << 20;
  const auto used = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const rlimit tight{used + room, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_AS, &tight) == 0);
  const auto tried = daemon::try_threads(100);
  REQUIRE(::setrlimit(RLIMIT_AS, &before) == 0);
  REQUIRE_FALSE(tried);
  CHECK(tried.error().what.ends_with(
      "there is no memory for their stacks: raise RLIMIT_AS (ulimit -v)"));
}
