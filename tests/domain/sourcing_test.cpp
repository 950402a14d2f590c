#include "actors/domain/matching/sourcing.hpp"
#include "tests/domain/city.hpp"

#include <doctest/doctest.h>

/// Orders that name goods: which station they come from is part of who carries them.
using namespace dispatch;
using namespace dispatch::domain;

namespace {

const auto customer = metres(0, 0);

std::shared_ptr<order> goods_order(std::uint32_t quantity = 1, const std::string& at = {}) {
  auto o = waiting_order({});
  o->details.station = at;
  o->details.drop_off = customer;
  o->details.items = {{"gas", quantity}};
  o->any_station = at.empty();
  return o;
}

std::shared_ptr<const station> shop(place at, std::uint32_t gas, std::uint32_t reserved = 0) {
  station s{true, true, at, std::nullopt};
  s.stock = {{"gas", gas, reserved, 0, false}};
  return std::make_shared<const station>(s);
}

void see(city& c, const std::string& id, std::shared_ptr<const station> s) {
  c.desk.observe({entity_kind::station, id}, std::move(s));
}

/// More than a search looks at first.
void see_near_shops(city& c) {
  for (int i = 0; i < 8; ++i) {
    see(c, "near" + std::to_string(i), shop(metres(100.0 * (i + 1), 0), 5));
  }
}

/// `a@s1->r1`: whose goods come from where, and who carries them.
std::string sourced_line(const plan& p) {
  std::string line;
  for (const auto& one : p.proposals) {
    line += (line.empty() ? "" : " ") + one.offer.orders.at(0) + "@" +
            (one.orders.at(0).from ? one.orders.at(0).from->id : "?") +
            (one.confirmed ? "=>" : "->") + one.rider;
  }
  return line;
}

waiting_reason reason_of(const plan& p) {
  return p.decisions.empty() ? waiting_reason::none : p.decisions.back().waiting;
}

} // namespace

TEST_CASE("sourcing: station and rider are chosen together") {
  city c;
  see(c, "near", shop(metres(1000, 0), 5));
  see(c, "far", shop(metres(-4000, 0), 5));
  c.see("a", goods_order());
  SUBCASE("the rider is between: the shorter ride wins") {
    c.see("r1", idle_rider(metres(0, 0)));
    const auto p = c.match(dawn);
    CHECK(sourced_line(p) == "a@near->r1");
    const auto& made = p.proposals.at(0);
    CHECK(made.orders.at(0).from == chosen_station{"near", metres(1000, 0)});
    CHECK(made.offer.route.at(0).at == metres(1000, 0));
    REQUIRE(made.orders.at(0).wants);
    CHECK(made.orders.at(0).wants->station == "near");
    CHECK(made.orders.at(0).wants->items == std::vector<goods>{{"gas", 1}});
    CHECK(made.orders.at(0).wants->until > dawn + c.policy.offer_ttl + c.policy.reservation_ttl);
    const auto& terms = p.decisions.at(0).candidates.at(0);
    CHECK(terms.station == "near");
    CHECK(terms.ride_s == doctest::Approx(1000 * c.policy.detour_factor / 7.0).epsilon(0.01));
    CHECK(terms.cost_s == doctest::Approx(3 * terms.travel_s + terms.ride_s).epsilon(0.01));
  }
  SUBCASE("the only rider stands at the far one: it wins") {
    c.see("r1", idle_rider(metres(-4000, 0)));
    CHECK(sourced_line(c.match(dawn)) == "a@far->r1");
  }
}

TEST_CASE("sourcing: stations that cannot hand out the goods are left out") {
  const auto from = [](const std::function<void(city&)>& change) {
    city c;
    see(c, "far", shop(metres(2000, 0), 5));
    change(c);
    c.see("a", goods_order(2));
    c.see("r1", idle_rider(metres(0, 0)));
    return sourced_line(c.match(dawn));
  };
  CHECK(from([](city& c) { see(c, "near", shop(metres(500, 0), 2)); }) == "a@near->r1");
  CHECK(from([](city& c) { see(c, "near", shop(metres(500, 0), 1)); }) == "a@far->r1");
  CHECK(from([](city& c) { see(c, "near", shop(metres(500, 0), 5, 4)); }) == "a@far->r1");
  CHECK(from([](city& c) {
          auto s = *shop(metres(500, 0), 5);
          s.open = false;
          see(c, "near", std::make_shared<const station>(s));
        }) == "a@far->r1");
  CHECK(from([](city& c) {
          auto s = *shop(metres(500, 0), 5);
          s.pause = pause_note{"why", dawn};
          see(c, "near", std::make_shared<const station>(s));
        }) == "a@far->r1");
  CHECK(from([](city& c) {
          auto s = *shop(metres(500, 0), 5);
          s.hours = {60, 120};
          see(c, "near", std::make_shared<const station>(s));
        }) == "a@far->r1");
}

TEST_CASE("sourcing: the last pieces go to one order of a match, the other gets them elsewhere") {
  city c;
  see(c, "near", shop(metres(500, 0), 1));
  see(c, "far", shop(metres(3000, 0), 1));
  c.see("a", goods_order());
  c.see("b", goods_order());
  c.see("r1", idle_rider(metres(0, 0)));
  c.see("r2", idle_rider(metres(10, 0)));
  CHECK(sourced_line(c.match(dawn)) == "b@near->r2");
  // The turn told the dispatcher what became of it.
  see(c, "near", shop(metres(500, 0), 1, 1));
  auto offered = goods_order();
  offered->status = order_status::offered;
  c.see("b", std::shared_ptr<const order>{offered});
  auto asked = idle_rider(metres(10, 0));
  asked->open_offer = offer{};
  c.see("r2", std::shared_ptr<const rider>{asked});
  CHECK(sourced_line(c.match(dawn + 2s)) == "a@far->r1");
}

TEST_CASE("sourcing: without stock in reach an order says so, and is looked at when some comes") {
  city c;
  c.see("a", goods_order());
  c.see("r1", idle_rider(metres(0, 0)));
  CHECK(reason_of(c.match(dawn)) == waiting_reason::no_stock);
  see(c, "s1", shop(metres(500, 0), 0));
  CHECK(c.match(dawn + 2s).decisions.empty());
  see(c, "s1", shop(metres(500, 0), 3));
  CHECK(sourced_line(c.match(dawn + 4s)) == "a@s1->r1");
  city other;
  see(other, "s1", shop(metres(other.policy.source_radius_m + 100, 0), 3));
  other.see("a", goods_order());
  other.see("r1", idle_rider(metres(0, 0)));
  CHECK(reason_of(other.match(dawn)) == waiting_reason::no_stock);
}

TEST_CASE("sourcing: a named station is the only one, and goods that are held stay there") {
  city c;
  see(c, "near", shop(metres(500, 0), 5));
  see(c, "far", shop(metres(3000, 0), 5));
  c.see("r1", idle_rider(metres(0, 0)));
  SUBCASE("named") {
    c.see("a", goods_order(1, "far"));
    CHECK(sourced_line(c.match(dawn)) == "a@far->r1");
  }
  SUBCASE("held") {
    auto o = goods_order();
    o->details.station = "far";
    o->details.pick_up = metres(3000, 0);
    o->sourced = true;
    c.see("a", o);
    const auto p = c.match(dawn);
    CHECK(sourced_line(p) == "a@?->r1");
    CHECK(p.proposals.at(0).offer.route.at(0).at == metres(3000, 0));
    CHECK(p.proposals.at(0).orders.at(0).wants->station == "far"); // Renewed for this offer.
  }
}

TEST_CASE("sourcing: what an operator assigns gets its goods, too") {
  city c;
  auto o = goods_order();
  o->requested_rider = "r1";
  c.see("a", o);
  c.see("r1", idle_rider(metres(0, 0)));
  SUBCASE("from the station of least cost") {
    see(c, "near", shop(metres(500, 0), 5));
    see(c, "far", shop(metres(3000, 0), 5));
    CHECK(sourced_line(c.match(dawn)) == "a@near=>r1");
  }
  SUBCASE("or is refused") {
    const auto p = c.match(dawn);
    CHECK(p.proposals.empty());
    CHECK(p.refused.at(0).reason == "no_stock");
  }
}

TEST_CASE("matching: when riders are scarce, priority decides who waits") {
  city c;
  auto important = waiting_order(metres(2000, 0));
  important->details.priority = 1;
  c.see("a", waiting_order(metres(100, 0)));
  c.see("b", important);
  c.see("r1", idle_rider(metres(0, 0)));
  CHECK(to_line(c.match(dawn)) == "b->r1");
}

TEST_CASE("matching: a held order waits until it is released") {
  city c;
  auto held = waiting_order(metres(100, 0));
  held->hold = pause_note{"check", dawn};
  c.see("a", held);
  c.see("r1", idle_rider(metres(0, 0)));
  CHECK(reason_of(c.match(dawn)) == waiting_reason::order_held);
  c.see("a", waiting_order(metres(100, 0)));
  CHECK(to_line(c.match(dawn + 2s)) == "a->r1");
}

TEST_CASE("matching: an offer says when the rider has to be there, if the zone wants it") {
  for (const auto late_after : {1s, 600s}) {
    policy policy;
    policy.late_after = late_after;
    city c{policy};
    c.see("a", waiting_order(metres(0, 0)));
    c.see("r1", idle_rider(metres(0, 0)));
    CHECK(c.match(dawn).proposals.at(0).orders.at(0).pick_up_by ==
          dawn + policy.offer_ttl + late_after);
    auto cooking = waiting_order(metres(0, 0));
    cooking->details.ready_at = dawn + 10min;
    city kitchen{policy};
    kitchen.see("a", cooking);
    kitchen.see("r1", idle_rider(metres(0, 0)));
    CHECK(kitchen.match(dawn).proposals.at(0).orders.at(0).pick_up_by == dawn + 10min + late_after);
  }
  city without;
  without.see("a", waiting_order(metres(0, 0)));
  without.see("r1", idle_rider(metres(0, 0)));
  CHECK_FALSE(without.match(dawn).proposals.at(0).orders.at(0).pick_up_by);
}

TEST_CASE("sourcing: rules forbid stations, and prefer those within 3 km") {
  const auto sourced = [](const std::vector<policy_rule>& rules) {
    policy with;
    with.rules = rules;
    city c(with);
    see(c, "near", shop(metres(2900, 0), 5));
    see(c, "far", shop(metres(-3300, 0), 5));
    c.see("a", goods_order());
    c.see("r1", idle_rider(metres(-1500, 0)));
    return c.match(dawn);
  };
  const policy_rule not_far{
      .name = "not-far", .when = "station_is(\"far\")", .forbid = true, .cost_s = {}, .group = {}};
  const policy_rule not_near{.name = "not-near",
                             .when = "station_is(\"near\")",
                             .forbid = true,
                             .cost_s = {},
                             .group = {}};
  const policy_rule near_first{
      .name = "near-first", .when = "station_distance_m <= 3000", .cost_s = "-3600", .group = {}};
  CHECK(sourced_line(sourced({})) == "a@far->r1");
  CHECK(sourced_line(sourced({not_far})) == "a@near->r1");
  const auto preferred = sourced({near_first});
  CHECK(sourced_line(preferred) == "a@near->r1");
  const auto& terms = preferred.decisions.at(0).candidates.at(0);
  CHECK(terms.rules == std::vector<std::string>{"near-first"});
  CHECK(terms.rules_cost_s == -3600.0);
  const auto nowhere = sourced({not_far, not_near});
  CHECK(nowhere.proposals.empty());
  CHECK(reason_of(nowhere) == waiting_reason::rule);
  CHECK(nowhere.decisions.back().rules == std::vector<std::string>{"not-far", "not-near"});
}

TEST_CASE("sourcing: stations that a rule forbids hide no others") {
  policy with;
  with.rules = {{.name = "not-near",
                 .when = "station_distance_m < 1000",
                 .forbid = true,
                 .cost_s = {},
                 .group = {}}};
  city c(with);
  see_near_shops(c);
  see(c, "far", shop(metres(2000, 0), 5));
  c.see("a", goods_order());
  c.see("r1", idle_rider(metres(2100, 0)));
  CHECK(sourced_line(c.match(dawn)) == "a@far->r1");
}

TEST_CASE("sourcing: stations without a rider hide no others") {
  policy policy;
  policy.radius_m = policy.radius_max_m = 500.0;
  city c(policy);
  see_near_shops(c);
  see(c, "far", shop(metres(3000, 0), 5));
  c.see("a", goods_order());
  c.see("r1", idle_rider(metres(3100, 0)));
  CHECK(sourced_line(c.match(dawn)) == "a@far->r1");
}
