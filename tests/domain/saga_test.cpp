#include "tests/domain/saga.hpp"

#include <cstdlib>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

/// DISPATCH_SEQUENCES=N runs so many; the tests labelled nightly run a hundred thousand.
std::uint64_t sequences_wanted() {
  const char* text = std::getenv("DISPATCH_SEQUENCES");
  return text == nullptr ? 20'000 : std::strtoull(text, nullptr, 10);
}

} // namespace

TEST_CASE("saga: whatever happens in whatever order, riders and orders agree") {
  const auto sequences = sequences_wanted();
  std::set<std::string> seen;
  auto races = 0;
  for (std::uint64_t seed = 1; seed <= sequences; ++seed) {
    CAPTURE(seed);
    saga story(seed);
    story.run(seed % 50 == 0 ? 60 : 12);
    story.finish();
    seen.merge(story.events_seen());
    races += story.races();
  }
  // All that the machines can say, if it goes on for long.
  constexpr std::size_t of_paused_stations = 2;
  constexpr auto all = std::variant_size_v<order_event> + std::variant_size_v<rider_event> +
                       std::variant_size_v<station_event> - of_paused_stations;
  CHECK(seen.size() > all - 8);
  CHECK(races > static_cast<int>(sequences / 1'000));
  CHECK((seen.size() == all || sequences < 100'000));
}
