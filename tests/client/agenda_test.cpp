#include "cmd/client/agenda.hpp"

#include <doctest/doctest.h>

#include <string>

namespace dispatch::client {

TEST_CASE("an agenda gives what is due by time, and equals in the order of adding") {
  agenda<int, std::string> plan;
  CHECK_FALSE(plan.next_due());
  plan.add(20, "second");
  plan.add(10, "first");
  plan.add(20, "third");
  CHECK(plan.next_due() == 10);

  CHECK_FALSE(plan.take(9));
  CHECK(plan.take(20) == std::pair{10, std::string{"first"}});
  CHECK(plan.take(20)->second == "second");
  CHECK(plan.take(20)->second == "third");
  CHECK_FALSE(plan.take(1000));
}

} // namespace dispatch::client
