#include "messages/osrm/table_api.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace dispatch;
using namespace dispatch::osrm;

TEST_CASE("a question is spelt with its profile, longitudes first, and who is where") {
  const place a{7.1, -73.12};
  const place b{-0.0000004, 179.9999999};
  const place c{52.517037, 13.38886};
  CHECK(request_path({vehicle::car, {a, b}, {c}}) ==
        "/table/v1/driving/-73.120000,7.100000;180.000000,-0.000000;13.388860,52.517037"
        "?sources=0;1&destinations=2");
  CHECK(request_path({vehicle::motorcycle, {a}, {a}}) ==
        "/table/v1/driving/-73.120000,7.100000;-73.120000,7.100000?sources=0&destinations=1");
  CHECK(request_path({vehicle::bicycle, {a}, {c, a}}) ==
        "/table/v1/bike/-73.120000,7.100000;13.388860,52.517037;-73.120000,7.100000"
        "?sources=0&destinations=1;2");
  CHECK(request_path({vehicle::walking, {a}, {c}}).starts_with("/table/v1/foot/"));
}

TEST_CASE("a table is read with what the engine says beside it") {
  const std::string body = R"({"code":"Ok","durations":[[0,192.6,null],[1.5e2,0.1,7]],
    "sources":[{"hint":"x","location":[13.4,52.5],"name":""}],"destinations":[]})";
  const auto table = parse_table(body, 2, 3);
  REQUIRE(table);
  CHECK(*table == travel_table{0.0, 192.6, std::nullopt, 150.0, 0.1, 7.0});
  CHECK_FALSE(parse_table(body, 3, 2));
  CHECK_FALSE(parse_table(body, 1, 3));
  CHECK_FALSE(parse_table(body, 2, 2));
}

TEST_CASE("places without roads are a table without times") {
  for (const auto* code : {"NoSegment", "NoTable"}) {
    const auto body = R"({"code":")" + std::string{code} + R"(","message":"Could not find"})";
    CHECK(parse_table(body, 2, 3) == travel_table(6));
  }
}

TEST_CASE("what is no table is none") {
  REQUIRE(parse_table(R"({"code":"Ok","durations":[[1]]})", 1, 1));
  for (const auto* body : {
           "",
           "null",
           "[]",
           "[[1]]",
           "{}",
           "<html></html>",
           R"({"code":"Ok"})",
           R"({"durations":[[1]]})",
           R"({"code":"Ok","durations":null})",
           R"({"code":"Ok","durations":{"0":[1]}})",
           R"({"code":"Ok","durations":[]})",
           R"({"code":"Ok","durations":[1]})",
           R"({"code":"Ok","durations":[[]]})",
           R"({"code":"Ok","durations":[[1,2]]})",
           R"({"code":"Ok","durations":[[1],[2]]})",
           R"({"code":"Ok","durations":[["1"]]})",
           R"({"code":"Ok","durations":[[true]]})",
           R"({"code":"Ok","durations":[[{}]]})",
           R"({"code":"Ok","durations":[[-0.1]]})",
           R"({"code":"Ok","durations":[[1e999]]})",
           R"({"code":"Ok","durations":[[NaN]]})",
           R"({"code":"Ok","durations":[[1]]}})",
           R"({"code":"Ok","durations":[[1]])",
           R"({"code":"ok","durations":[[1]]})",
           R"({"code":1,"durations":[[1]]})",
           R"({"code":"InvalidQuery","message":"Query string malformed close to position 12"})",
       }) {
    CAPTURE(body);
    CHECK_FALSE(parse_table(body, 1, 1));
  }
  CHECK_FALSE(parse_table(std::string(1'000'000, '['), 1, 1));
}

TEST_CASE("a time of more than a week is no time") {
  const auto table = parse_table(R"({"code":"Ok","durations":[[1e300,604801,60]]})", 1, 3);
  REQUIRE(table);
  CHECK(*table == travel_table{std::nullopt, std::nullopt, 60.0});
}

} // namespace
