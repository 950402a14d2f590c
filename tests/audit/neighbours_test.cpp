// Riders who are where they cannot be, over the logs of two zones.

#include "cmd/audit/lives/neighbours.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace dispatch;
using namespace std::chrono_literals;

namespace {

struct happening {
  std::string zone;
  duration at;
  rider_event what;
};

/// Rider r1's day; the zones' records come one log after the other.
audit::audit_report judge(const std::vector<happening>& day) {
  audit::neighbour_auditor auditor;
  for (const auto* zone : {"here", "there"}) {
    std::uint64_t number = 0;
    for (const auto& h : day) {
      if (h.zone == zone) {
        record r;
        r.number = ++number;
        r.events.push_back({{entity_kind::rider, "r1"}, {}, {}, {}, h.what});
        auditor.add(zone, timestamp{h.at}, r);
      }
    }
  }
  return auditor.finish();
}

std::uint64_t violations(const std::vector<happening>& day) {
  const auto report = judge(day);
  const auto of_check =
      report.violations_by_check.at(static_cast<std::size_t>(audit::check::zones_disjoint));
  CHECK(of_check == report.violations_total);
  return of_check;
}

const transfer_ended taken{"there", 1, true, ""};
const transfer_ended refused{"there", 1, false, "no"};

} // namespace

TEST_CASE("audit: a rider who is carried to another zone works in one at a time") {
  CHECK(violations({{"here", 1s, shift_started{}},
                    {"here", 9s, transfer_started{"there", {}}},
                    {"there", 10s, rider_received{}},
                    {"here", 11s, taken},
                    {"there", 99s, shift_ended{}}}) == 0);
  CHECK(violations({{"here", 1s, shift_started{}},
                    {"here", 9s, transfer_started{"there", {}}},
                    {"here", 11s, refused},
                    {"here", 99s, shift_ended{}}}) == 0);
}

TEST_CASE("audit: a rider on shift in two zones") {
  CHECK(violations({{"here", 1s, shift_started{}},
                    {"there", 5s, shift_started{}},
                    {"here", 8s, shift_ended{}}}) == 1);
  // Until the end of both logs.
  CHECK(violations({{"here", 1s, shift_started{}},
                    {"here", 3s, transfer_started{"there", {}}},
                    {"there", 4s, shift_started{}},
                    {"here", 5s, refused},
                    {"there", 9s, break_started{}}}) == 1);
  // The clocks of two zones may differ so much.
  CHECK(violations({{"there", 8s, shift_started{}},
                    {"here", 1s, shift_started{}},
                    {"here", 10s, shift_ended{}},
                    {"there", 99s, shift_ended{}}}) == 0);
}

TEST_CASE("audit: a break goes with the rider from zone to zone, and back") {
  const std::vector<happening> leaving{{"here", 1s, shift_started{}},
                                       {"here", 2s, break_started{"lunch", {}}},
                                       {"here", 3s, transfer_started{"there", {}}}};
  const auto then = [&](const std::vector<happening>& more) {
    auto day = leaving;
    day.insert(day.end(), more.begin(), more.end());
    return day;
  };
  CHECK(violations(then({{"there", 4s, rider_received{}}, {"there", 5s, offer_received{}}})) == 1);
  CHECK(violations(then({{"here", 4s, refused}, {"here", 5s, offer_received{}}})) == 1);
  CHECK(violations(then({{"there", 4s, rider_received{}},
                         {"there", 5s, break_ended{}},
                         {"there", 6s, offer_received{}}})) == 0);
  CHECK(violations(then({{"there", 4s, rider_received{}},
                         {"there", 5s, shift_ended{}},
                         {"there", 6s, shift_started{}},
                         {"there", 7s, offer_received{}}})) == 0);
}
