// A zone is audited through a server: its streams are read from end to end as far as they are kept.

#include "cmd/audit/audit_zone.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/audit/script.hpp"
#include "tests/nats/fixture.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <vector>

using namespace dispatch;
using namespace dispatch::nats::testing;

namespace {

/// A good day without its repeat, which the server's duplicate window would keep out.
script::story day_without_repeat() {
  auto day = script::good_day();
  auto& t = day.at(script::cancel_turn);
  for (std::size_t i = 0; i < t.r.commands.size(); ++i) {
    if (t.r.commands[i].id == "shop.place-o1") {
      t.r.commands.erase(t.r.commands.begin() + static_cast<std::ptrdiff_t>(i));
      t.inputs.erase(t.inputs.begin() + static_cast<std::ptrdiff_t>(i));
      break;
    }
  }
  std::erase_if(t.r.events,
                [](const event& e) { return std::holds_alternative<command_repeated>(e.body); });
  return day;
}

/// A server with the streams of that day.
class stored_day {
public:
  stored_day() {
    value_of(nats::create_zone_streams(*server.on(), "dispatch", "z", {}));
    std::vector<std::uint64_t> fingerprints;
    for (const auto& m : script::write(day_without_repeat()).in) {
      const auto ack = store(m.subject, m.id, m.body);
      const auto stored =
          value_of(nats::api::message_at(*server.on(), "IN_z", ack.sequence)).value();
      const auto time = static_cast<std::uint64_t>(stored.stored_at.time_since_epoch().count());
      fingerprints.push_back(wire::fast_hash(m.body, wire::fast_hash(m.id, ack.sequence ^ time)));
    }
    // The server's times are in the fingerprints.
    day = script::write(day_without_repeat(), [&](record& r) {
      r.input_fingerprint = r.input_position == 0 ? 0 : fingerprints.at(r.input_position - 1);
    });
    const wire::subjects names;
    for (const auto& bytes : day.log) {
      store(names.log("z"), "", bytes);
    }
    for (const auto& o : day.out) {
      store(o.subject, o.id, o.body);
    }
  }

  nats::publish_ack store(const std::string& subject, const std::string& id,
                          const std::string& body) const {
    std::vector<nats::header> headers;
    if (!id.empty()) {
      headers.push_back({"Nats-Msg-Id", id.c_str()});
    }
    auto ack = value_of(server.on()->publish_stored(subject, headers, body, patience));
    REQUIRE(ack.error_code == 0);
    return ack;
  }

  void purge(const std::string& stream, std::uint64_t first_kept) const {
    value_of(
        nats::api::call_or_fail(*server.on(), "STREAM.PURGE." + stream, {{"seq", first_kept}}));
  }

  audit::audit_report judge() const {
    return value_of(audit::audit_zone(*server.on(), "dispatch", "z", {.at_rest = true}));
  }

  installation server;
  script::streams day;
};

} // namespace

TEST_CASE("the streams of a zone are read from end to end") {
  const stored_day zone;
  const auto report = zone.judge();
  CAPTURE(audit::to_text(report));
  CHECK(report.clean());
  CHECK(report.log.size() == zone.day.log.size());
  CHECK(report.announced == zone.day.out.size());
  CHECK(report.inputs_joined == zone.day.in.size());
}

TEST_CASE("what the streams let go of is not judged, what strangers put there is") {
  const stored_day zone;
  zone.purge("OUT_z", 10);
  zone.purge("IN_z", 5);
  auto report = zone.judge();
  CAPTURE(audit::to_text(report));
  CHECK(report.clean());
  CHECK(report.out.first == 10);
  CHECK(report.announced_expired == 9);
  CHECK(report.in.first == 5);

  zone.store("dispatch.out.z.order.o1.placed", "z/2/99/0", "");
  report = zone.judge();
  CHECK(report.violations_total == 1);
  CHECK(report.violations.at(0).which == audit::check::announcement_foreign);
}

TEST_CASE("streams that do not exist are a failure that names one") {
  const installation server;
  const auto report = audit::audit_zone(*server.on(), "dispatch", "z");
  REQUIRE_FALSE(report);
  CHECK(report.error().what.find("OUT_z") != std::string::npos);
}
