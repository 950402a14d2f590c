// Inputs that the stream lost before the zone read them.

#include "tests/audit/script.hpp"

#include <doctest/doctest.h>

using namespace dispatch;
using audit::check;

TEST_CASE("inputs that an opener skips, with and without an operator's word") {
  constexpr std::uint64_t lost = 3;
  for (const auto accepted : {true, false}) {
    CAPTURE(accepted);
    auto day = script::good_day();
    day.resize(script::takeover_turn + 1);
    std::uint64_t consumed = 0;
    for (const auto& t : day) {
      consumed += t.inputs.size();
    }
    const entity_ref zone{entity_kind::zone, "z"};
    script::turn word;
    const auto body =
        accepted ? zone_command{accept_loss{consumed + lost}} : zone_command{pause_zone{"wait"}};
    const auto event = accepted ? zone_event{input_loss_accepted{consumed + lost, "jane"}}
                                : zone_event{zone_paused{"wait"}};
    day.push_back(word.command(zone, body, "ops.1", "jane").answer(zone, event));
    auto s = script::write(day, [&](record& r) {
      r.input_position += r.number > script::takeover_turn ? lost : 0;
      if (r.number > script::takeover_turn + 1) {
        r.commands.at(0).sequence += lost;
      }
    });
    s.in.pop_back(); // The stream keeps it no more.
    const auto report = script::judge(s);
    if (accepted) {
      CAPTURE(audit::to_text(report));
      CHECK(report.clean());
    } else {
      CHECK(report.violations_by_check.at(static_cast<std::size_t>(check::input_once)) == 1);
      CHECK(report.violations_total == 1);
    }
  }
}
