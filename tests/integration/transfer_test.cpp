#include "tests/integration/live_zone.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

/// A rider who goes from one zone to another while dispatchd dies.
namespace {

using namespace dispatch;
using namespace dispatch::integration;

const std::string here = "z";
const std::string there = "y";

void create_both(site& where) {
  for (const auto& name : {here, there}) {
    auto definition = quick_zone();
    definition.name = name;
    where.create_zone(definition);
  }
}

transfer_ended end_in(const event& e) {
  return std::get<transfer_ended>(std::get<rider_event>(e.body));
}

long count_of(const zone_client& of, const std::string& name) {
  return std::ranges::count_if(of.events(),
                               [&](const event& e) { return event_name(e.body) == name; });
}

void check_audit(const site& where, const std::string& zone) {
  const auto audited = audit_running(*where.on(), zone);
  CHECK_MESSAGE(audited.clean(), audit::to_text(audited));
}

void check_moves(const std::string& failpoint) {
  CAPTURE(failpoint);
  site where;
  create_both(where);
  zone_client from(where.on(), here);
  zone_client to(where.on(), there);
  std::optional<dispatchd> node;
  node.emplace(where, dispatchd::settings{.failpoint = failpoint});
  CHECK(event_name(from.ask("rider.r1.start_shift", shift_body()).body) == "shift_started");
  CHECK(event_name(from.ask("rider.r1.transfer", R"({"zone":"y"})").body) == "transfer_started");
  if (!failpoint.empty()) {
    CHECK(node->wait_for_end() == status_of_killed);
    node.emplace(where);
  }
  CHECK(end_in(from.await_event("rider.r1.transfer_ended")).received);
  to.await_event("rider.r1.received");

  from.ask("order.o1.place", order_body());
  to.ask("order.o1.place", order_body());
  const auto offered = offer_in(to.await_event("rider.r1.offer_received"));
  CHECK(offered.orders == std::vector<std::string>{"o1"});
  CHECK(refusal_in(from.ask("rider.r1.end_shift")) == refusal::off_shift);
  CHECK(event_name(to.ask("rider.r1.end_shift").body) == "offer_declined");
  from.look();
  to.look();
  CHECK(count_of(to, "received") == 1);
  CHECK(count_of(from, "transfer_ended") == 1);
  CHECK(count_of(from, "offer_received") == 0);
  check_audit(where, here);
  check_audit(where, there);
}

} // namespace

TEST_CASE("a rider who goes to another zone works in exactly one, whenever the process dies") {
  for (const auto* failpoint :
       {"", "before_receive", "after_receive", "before_conclude", "after_conclude"}) {
    check_moves(failpoint);
  }
}

TEST_CASE("a rider who wants to go to a zone that does not exist goes on") {
  live_zone f;
  f.client->ask("rider.r1.start_shift", shift_body());
  f.client->ask("rider.r1.transfer", R"({"zone":"nowhere"})");
  const auto ended = end_in(f.client->await_event("rider.r1.transfer_ended"));
  CHECK_FALSE(ended.received);
  CHECK(ended.detail == "there is no zone nowhere");
  f.client->ask("order.o1.place", order_body());
  f.client->await_event("rider.r1.offer_received");
  f.check_well("o2");
}
