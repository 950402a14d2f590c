#include "tests/domain/saga.hpp"

using namespace dispatch;
using namespace dispatch::domain;

namespace {

#ifdef __SANITIZE_ADDRESS__ // Twenty times as slow.
constexpr std::uint64_t sequences = 20'000;
#else
constexpr std::uint64_t sequences = 100'000;
#endif

} // namespace

TEST_CASE("saga: whatever happens in whatever order, riders and orders agree") {
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
  // All that the machines can say, if it goes on for long. The events of proposals are not kept.
  constexpr std::size_t of_proposals = 6; // offered (twice), sourced, received, extended, reserved
  constexpr std::size_t of_paused_stations = 2;
  constexpr auto all = std::variant_size_v<order_event> + std::variant_size_v<rider_event> +
                       std::variant_size_v<station_event> - of_proposals - of_paused_stations;
  CHECK(seen.size() > all - 8);
  CHECK(races > static_cast<int>(sequences / 1'000));
  CHECK((seen.size() == all || sequences < 100'000));
}
