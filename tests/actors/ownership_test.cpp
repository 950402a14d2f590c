#include "actors/ownership.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace dispatch::ownership;

namespace {

member node(const std::string& name, double capacity = 1.0) {
  member m;
  m.who = {name, "1"};
  m.capacity = capacity;
  return m;
}

std::map<std::string, std::string> owners(const std::vector<member>& members, int zones) {
  std::map<std::string, std::string> found;
  for (int i = 0; i < zones; ++i) {
    const auto zone = "z" + std::to_string(i);
    found[zone] = ranking(zone, members).front()->who.node;
  }
  return found;
}

int share(const std::map<std::string, std::string>& of, const std::string& name) {
  int count = 0;
  for (const auto& [zone, owner] : of) {
    count += owner == name ? 1 : 0;
  }
  return count;
}

/// A zone that belongs to `first`, with `second` behind it.
std::string zone_of(const std::vector<member>& members, const std::string& first,
                    const std::string& second) {
  for (int i = 0;; ++i) {
    const auto zone = "z" + std::to_string(i);
    const auto ranked = ranking(zone, members);
    if (ranked[0]->who.node == first && ranked[1]->who.node == second) {
      return zone;
    }
  }
}

} // namespace

TEST_CASE("zones spread by capacity") {
  const auto spread = owners({node("a"), node("b"), node("c", 2.0)}, 4000);
  CHECK(std::abs(share(spread, "a") - 1000) < 120);
  CHECK(std::abs(share(spread, "b") - 1000) < 120);
  CHECK(std::abs(share(spread, "c") - 2000) < 120);
}

TEST_CASE("only the zones of the node that comes or goes move") {
  const auto three = owners({node("a"), node("b"), node("c")}, 1000);
  const auto two = owners({node("a"), node("b")}, 1000);
  int moved = 0;
  for (const auto& [zone, owner] : three) {
    if (owner == "c") {
      ++moved;
    } else {
      CHECK(two.at(zone) == owner);
    }
  }
  CHECK(moved == share(three, "c"));
}

TEST_CASE("what a node does about a zone") {
  std::vector<member> members{node("a"), node("b"), node("c")};
  const auto zone = zone_of(members, "a", "b");
  const incarnation a{"a", "1"};
  const incarnation b{"b", "1"};
  const incarnation c{"c", "1"};
  zone_view view{.name = zone, .copies = 2, .claim = std::nullopt, .committed = 1000};

  SUBCASE("nobody has it: the first takes it, the second follows") {
    CHECK(duty_of(a, view, members) == duty::run);
    CHECK(duty_of(b, view, members) == duty::follow);
    CHECK(duty_of(c, view, members) == duty::none);
  }
  SUBCASE("a dead node's claim counts for nothing") {
    view.claim = incarnation{"a", "0"};
    CHECK(duty_of(a, view, members) == duty::run);
    view.claim = incarnation{"gone", "1"};
    CHECK(duty_of(a, view, members) == duty::run);
  }
  SUBCASE("the first comes later: it follows, and gets the zone once it has caught up") {
    view.claim = c;
    CHECK(duty_of(a, view, members) == duty::follow);
    CHECK(duty_of(c, view, members) == duty::run);
    members[0].followed[zone] = view.committed - hand_over_records_max - 1;
    CHECK(duty_of(c, view, members) == duty::run);
    members[0].followed[zone] = view.committed - hand_over_records_max;
    CHECK(duty_of(c, view, members) == duty::hand_over);
  }
  SUBCASE("a drained node hands over to the next") {
    view.claim = a;
    members[0].drained = true;
    CHECK(duty_of(a, view, members) == duty::run);
    members[1].followed[zone] = view.committed;
    CHECK(duty_of(a, view, members) == duty::hand_over);
    view.claim.reset();
    CHECK(duty_of(a, view, members) == duty::none);
    CHECK(duty_of(b, view, members) == duty::run);
  }
  SUBCASE("the last node keeps its zones when drained, and lets go when it leaves") {
    members.erase(members.begin() + 1, members.end());
    view.claim = a;
    members[0].drained = true;
    CHECK(duty_of(a, view, members) == duty::run);
    members[0].leaving = true;
    CHECK(duty_of(a, view, members) == duty::hand_over);
  }
  SUBCASE("a node that runs other zones only is passed over") {
    members[0].zones = {"other"};
    CHECK(duty_of(a, view, members) == duty::none);
    CHECK(duty_of(b, view, members) == duty::run);
  }
}

TEST_CASE("heartbeats and claims survive being stored") {
  auto m = node("a", 1.5);
  m.leaving = true;
  m.zones = {"x"};
  m.followed = {{"x", 7}};
  const auto read = member_from_json(to_json(m));
  REQUIRE(read);
  CHECK(read->who == m.who);
  CHECK(read->capacity == m.capacity);
  CHECK(read->leaving);
  CHECK(read->zones == m.zones);
  CHECK(read->followed == m.followed);
  CHECK(claim_from_json(to_json(m.who)) == m.who);
  CHECK_FALSE(member_from_json("{}"));
  CHECK_FALSE(member_from_json("["));
  CHECK_FALSE(claim_from_json("x"));
}

TEST_CASE("a zone belongs to the next node while its first cannot run it, and comes back") {
  std::vector<member> members{node("a"), node("b")};
  const auto zone = zone_of(members, "a", "b");
  members[0].unable = {zone};
  CHECK(ranking(zone, members).front()->who.node == "b");
  const auto told = member_from_json(to_json(members[0]));
  REQUIRE(told);
  CHECK(told->unable == members[0].unable);

  zone_view view{.name = zone, .copies = 1, .claim = members[0].who, .committed = 7};
  CHECK(duty_of(members[0].who, view, members) == duty::run);
  CHECK(duty_of(members[1].who, view, members) == duty::follow);
  members[1].followed = {{zone, 7}};
  CHECK(duty_of(members[0].who, view, members) == duty::hand_over);
  members[1].unable = {zone};
  CHECK(ranking(zone, members).empty());
  members[0].unable.clear();
  CHECK(ranking(zone, members).front()->who.node == "a");
}

TEST_CASE("no node has more zones than a quarter above its share") {
  for (int nodes = 2; nodes <= 5; ++nodes) {
    std::vector<member> members;
    for (int i = 0; i < nodes; ++i) {
      members.push_back(node("n" + std::to_string(i)));
    }
    for (int zones = 1; zones <= 12; ++zones) {
      const auto most = std::ceil(1.25 * zones / nodes);
      const auto spread = owners(members, zones);
      for (const auto& each : members) {
        CAPTURE(nodes);
        CAPTURE(zones);
        CHECK(share(spread, each.who.node) <= most);
      }
    }
  }
}
