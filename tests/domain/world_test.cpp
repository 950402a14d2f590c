#include "messages/records/record_budget.hpp"
#include "messages/wire/codec.hpp"
#include "tests/domain/life.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

/// DISPATCH_LIVES=N lives so many; the test labelled nightly lives ten thousand.
std::uint64_t lives_wanted() {
  const char* text = std::getenv("DISPATCH_LIVES");
  return text == nullptr ? 500 : std::strtoull(text, nullptr, 10);
}

} // namespace

TEST_CASE("world: a city gets what it ordered, nearly as well when things go wrong") {
  life_result calm;
  life_result rough;
  const auto add = [](life_result& sum, const life_result& one) {
    sum.wanted += one.wanted;
    sum.delivered += one.delivered;
    sum.turns += one.turns;
    sum.asked += one.asked;
  };
  for (std::uint64_t seed = 1; seed <= lives_wanted(); ++seed) {
    CAPTURE(seed);
    const auto twin = live(seed, false);
    CHECK(twin.wrong == "");
    CHECK(twin.delivered == twin.wanted);
    const auto life = live(seed, true);
    CHECK(life.wrong == "");
    CHECK(life.wait_s(90) <= twin.wait_s(90) * 1.3 + life.outages_s);
    add(calm, twin);
    add(rough, life);
  }
  MESSAGE(calm.delivered << " of " << calm.wanted << ", " << rough.delivered << " of "
                         << rough.wanted << "; " << calm.turns << " and " << rough.turns
                         << "; the engine was asked " << rough.asked << " times");
  CHECK(rough.asked > 0);
  CHECK(rough.delivered * 100 >= rough.wanted * 98);
}

TEST_CASE("world: no record costs more than was reserved for it when its offers were made") {
  std::size_t records = 0;
  std::size_t offers = 0;
  std::size_t reserved_in_all = 0;
  std::size_t encoded_in_all = 0;
  std::size_t closest = record_budget::record_bytes;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    const auto life = live(seed, true, [&](std::size_t reserved, const record& made) {
      std::vector<std::string> events;
      for (const auto& e : made.events) {
        events.push_back(wire::encode_event(e));
        offers += event_name(e.body) == "offer_received" ? 1 : 0;
      }
      const auto encoded = wire::encode_record(made, events).size();
      CHECK(encoded <= reserved);
      closest = std::min(closest, reserved - std::min(encoded, reserved));
      ++records;
      reserved_in_all += reserved - record_budget::record_bytes;
      encoded_in_all += encoded;
    });
    CHECK(life.wrong == "");
  }
  MESSAGE(records << " records, " << offers << " offers: " << encoded_in_all / records
                  << " bytes each, " << reserved_in_all / records << " reserved besides "
                  << record_budget::record_bytes << ", at least " << closest << " unused");
  CHECK(offers > 500);
  // The parts pay for themselves: nothing but the record's own fields is in what it reserves.
  constexpr std::size_t own_fields = 100;
  CHECK(closest + own_fields > record_budget::record_bytes);
}
