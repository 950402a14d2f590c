#include "tests/domain/judge.hpp"

#include <algorithm>
#include <cmath>

/// What the zone says of its decisions.
namespace dispatch::domain {

namespace {

/// The last bits of anything finer differ from processor to processor.
bool is_whole_millimetres(double metres) { return metres == std::round(metres * 1000.0) / 1000.0; }

/// Nobody in the city is asked to do anything that takes longer.
constexpr double takes_s_max = 48.0 * 3600.0;

} // namespace

void judge::check_evidence(const decision& d) {
  const auto check = [&](const candidate& one) {
    expect(is_whole_millimetres(one.distance_m), "the distance of rider " + one.rider +
                                                     " to order " + d.order +
                                                     " is not rounded to millimetres");
    for (const auto takes_s : {one.travel_s, one.order_wait_s, one.rider_wait_s, one.ride_s}) {
      expect(takes_s >= 0.0 && takes_s <= takes_s_max,
             "rider " + one.rider + " is believed to take " + std::to_string(takes_s) +
                 " s for order " + d.order);
    }
  };
  std::ranges::for_each(d.candidates, check);
  if (d.swap_from) {
    check(*d.swap_from);
  }
  if (d.waiting == waiting_reason::all_riders_gated) {
    std::uint32_t passed_over = 0;
    for (const auto& one : d.counts) {
      passed_over += one.riders;
    }
    expect(passed_over > 0 && passed_over == d.in_reach,
           "order " + d.order + " waits because all riders are passed over, which is said of " +
               std::to_string(passed_over) + " of " + std::to_string(d.in_reach));
  }
}

} // namespace dispatch::domain
