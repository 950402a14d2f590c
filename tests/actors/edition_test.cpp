#include "actors/commit_log/log_replay.hpp"
#include "messages/wire/codec.hpp"
#include "tests/actors/checks.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

/// Logs of earlier editions, as the builds of their day wrote them.
namespace {

using namespace dispatch;
using namespace dispatch::testing;

/// The records of a file: each with its length before it, in four bytes, the lowest first.
std::vector<std::string> records_in(const std::string& name) {
  std::ifstream file{std::string{GOLDEN_FOLDER} + "/" + name, std::ios::binary};
  REQUIRE_MESSAGE(file, name);
  std::vector<std::string> records;
  for (std::uint32_t bytes = 0; file.read(reinterpret_cast<char*>(&bytes), sizeof bytes);) {
    std::string record(bytes, '\0');
    REQUIRE(file.read(record.data(), bytes));
    records.push_back(std::move(record));
  }
  return records;
}

} // namespace

/// With an order that was taken from its rider for a typo, an id that two orders had, and offers
/// without the traces of their orders.
TEST_CASE("a log of before there were editions leads to the states that it names") {
  const auto log = records_in("log_of_edition_0.bin");
  CHECK(log.size() > 20);
  memory_store kept;
  log_replay replay{kept, {}, 0};
  for (std::size_t i = 0; i < log.size(); ++i) {
    const auto folded = replay.fold(i + 1, log[i]);
    REQUIRE_MESSAGE(folded, folded.error().what);
  }
}

TEST_CASE("a log of another edition is not decided again") {
  virtual_node again{
      {}, std::make_shared<memory_store>(), std::make_shared<virtual_clock>(), {}, true};
  const auto first = wire::decode_record(records_in("log_of_edition_0.bin").front());
  REQUIRE(first);
  again.tell({std::make_shared<const record>(*first)});
  CHECK(again.halted());
  CHECK(again.cause().find("edition 0") != std::string::npos);
}

TEST_CASE("an owner says by which edition it decides") {
  virtual_city city;
  city.start();
  const auto opened = city.records().front();
  CHECK(std::get<zone_opened>(std::get<zone_event>(opened.events.front().body)).edition ==
        current_edition);
}
