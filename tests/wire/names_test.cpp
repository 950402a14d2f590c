#include "messages/records/decision.hpp"
#include "messages/records/event.hpp"
#include "messages/wire/enum_names.hpp"
#include "messages/wire/near_names.hpp"
#include "messages/wire/zone/zone_entry.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace dispatch;
using namespace dispatch::wire;

namespace {

using names = std::vector<std::string>;

zone_definition named(const std::string& name) {
  zone_definition definition;
  definition.name = name;
  return definition;
}

} // namespace

TEST_CASE("names that somebody may have meant are near, the nearest first") {
  const names riders = {"r1", "r17", "r71", "rider-17", "Rider-71", "x"};
  CHECK(edits("kitten", "sitting") == 3);
  CHECK(near_names("r7", riders) == names{"r1", "r17", "r71"});
  CHECK(near_names("RIDER-17", riders) == names{"rider-17", "Rider-71"});
  CHECK(near_names("nobody", riders).empty());
  CHECK(near_names("", {}).empty());
}

TEST_CASE("an enum's value in JSON has the name that programs know it by") {
  const auto check = [](const std::string& prefix, std::string_view name) {
    auto value = prefix + (name == "none" ? "unspecified" : std::string{name});
    std::ranges::transform(value, value.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    CHECK_MESSAGE(plain_name(value) == name, value);
  };
  auto checked = 0;
  for (int code = 0; code <= UINT8_MAX; ++code) {
    for (const auto& [prefix, name] :
         {std::pair{"refusal_", to_string(static_cast<refusal>(code))},
          {"gate_", to_string(static_cast<gate>(code))},
          {"waiting_reason_", to_string(static_cast<waiting_reason>(code))}}) {
      if (!name.empty()) {
        check(prefix, name);
        ++checked;
      }
    }
  }
  CHECK(checked > 50);
  CHECK(plain_name("SHIFT_END_MAXIMUM_HOURS") == "maximum_hours");
  CHECK(plain_name("UNASSIGN_REASON_BREAKDOWN") == "breakdown");
  CHECK(plain_name("STOP_KIND_PICK_UP") == "pick_up");
  CHECK(plain_name("ENTITY_KIND_ORDER") == "order");
  CHECK(plain_name("maximum_hours").empty());
  CHECK(plain_name("").empty());
}

TEST_CASE("an entry is a definition under its own name") {
  const auto entry = entry_of(named("z"));
  REQUIRE(entry);
  const auto read = zone_definition_of_entry("z", *entry);
  REQUIRE(read);
  CHECK(*read == named("z"));
  CHECK(zone_definition_of_entry("y", *entry).error().what.find("name: must be ") !=
        std::string::npos);
  CHECK_FALSE(zone_definition_of_entry("z", "factor = nan"));
}

TEST_CASE("nothing that nobody could read becomes an entry") {
  auto definition = named("z");
  definition.clock.factor = std::numeric_limits<double>::quiet_NaN();
  CHECK(entry_of(definition).error().what.find("clock.factor") != std::string::npos);
  definition = named("z");
  definition.retention.snapshot_interval = std::chrono::seconds{-1};
  CHECK(entry_of(definition).error().what.find("snapshot_interval_s") != std::string::npos);
  CHECK_FALSE(entry_of(named("a.b")));
}
