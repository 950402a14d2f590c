#include "actors/output/announcing.hpp"

#include <doctest/doctest.h>

#include <string>

/// How announcements are named.
namespace {

using namespace dispatch;

TEST_CASE("the id of an announcement is read back from its text, by its zone alone") {
  const announcement_id id{3, 14, 2};
  CHECK(to_text("z1", id) == "z1/3/14/2");
  CHECK(parse_announcement_id("z1", "z1/3/14/2") == id);
  CHECK(parse_announcement_id("z1/3", "z1/3/14/2") == std::nullopt);
  for (const std::string text : {"", "z1", "z1/", "z2/3/14/2", "z12/3/14/2", "z1-3/14/2", "z1/3",
                                 "z1/3/14", "z1/3//2", "z1/3/14-2", "z1/3/14/2/1", "z1/3/14/2 ",
                                 "z1/3/14/2/", "z1/3/14/two", "z1/-3/14/2", "z1/3/14/4294967296"}) {
    CAPTURE(text);
    CHECK(parse_announcement_id("z1", text) == std::nullopt);
  }
}

} // namespace
