#include "messages/nats/bucket.hpp"
#include "tests/nats/fixture.hpp"

using namespace dispatch;
using namespace dispatch::nats;
using namespace dispatch::nats::testing;

TEST_CASE_FIXTURE(installation, "a bucket keeps values by revision") {
  check_ok(bucket::create(*on(), "zones", 1));
  check_ok(bucket::create(*on(), "zones", 1));
  bucket zones(on(), "zones");
  CHECK_FALSE(value_of(zones.get("hanoi")));
  CHECK(value_of(zones.list()).empty());

  const auto first = value_of(zones.put("hanoi", "a = 1", 0));
  value_of(zones.put("hue", "b = 1", 0));
  const auto found = value_of(zones.get("hanoi"));
  REQUIRE(found);
  CHECK(found->value == "a = 1");
  CHECK(found->revision == first);

  CHECK_FALSE(zones.put("hanoi", "a = 2", 0));
  CHECK_FALSE(zones.put("hanoi", "a = 2", first + 1));
  const auto second = value_of(zones.put("hanoi", "a = 2", first));
  const auto stale = zones.put("hanoi", "a = 3", first);
  REQUIRE_FALSE(stale);
  CHECK(stale.error().what.find("changed by somebody else") != std::string::npos);

  const auto all = value_of(zones.list());
  REQUIRE(all.size() == 2);
  CHECK((all[0].key == "hanoi" && all[0].value == "a = 2" && all[0].revision == second));
  CHECK((all[1].key == "hue" && all[1].value == "b = 1"));
}

TEST_CASE_FIXTURE(installation, "a key can be erased and made again") {
  check_ok(bucket::create(*on(), "zones", 1));
  bucket zones(on(), "zones");
  const auto first = value_of(zones.put("hanoi", "a", 0));
  CHECK_FALSE(zones.erase("hanoi", first + 5));
  check_ok(zones.erase("hanoi", first));
  CHECK_FALSE(value_of(zones.get("hanoi")));
  CHECK(value_of(zones.list()).empty());
  CHECK(value_of(zones.put("hanoi", "b", 0)) > first);
  CHECK(value_of(zones.get("hanoi"))->value == "b");
}

TEST_CASE_FIXTURE(installation, "a missing bucket is a failure") {
  bucket zones(on(), "nowhere");
  CHECK_FALSE(zones.get("hanoi"));
  CHECK_FALSE(zones.put("hanoi", "a", 0));
  CHECK_FALSE(zones.list());
}
