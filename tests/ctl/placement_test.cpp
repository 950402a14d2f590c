#include "cmd/dispatchctl/node/leases.hpp"

#include <doctest/doctest.h>

using namespace dispatch::ctl;
using namespace std::chrono_literals;

TEST_CASE("a zone has its node, or the reason why none runs it") {
  leases known;
  CHECK(placement_of("z", known).why_not.find("never was a node") != std::string::npos);
  known_node first;
  first.name = "a";
  known_node second;
  second.name = "b";
  known.nodes = {first, second};
  known.claims["z"] = "b";
  CHECK(placement_of("z", known).node == "b");
  CHECK(placement_of("z", known).why_not.empty());

  known.nodes[1].age = 8s;
  known.nodes[0].drained = true;
  CHECK(placement_of("z", known).node.empty());
  CHECK(placement_of("z", known).why_not == "node b, which ran it, is silent; node a is drained");
  known.claims.clear();
  known.nodes[0].drained = false;
  known.nodes[0].only = {"y"};
  CHECK(placement_of("z", known).why_not == "node a runs only the zones that it was told");
  known.nodes[0].only = {"z"};
  known.nodes[0].unable = {"z"};
  CHECK(placement_of("z", known).why_not == "node a cannot, as its log says");
  known.nodes[0].unable.clear();
  CHECK(placement_of("z", known).why_not == "node a is to take it");
  known.nodes[0].age = 8s;
  CHECK(placement_of("z", known).why_not.find("no node is live") != std::string::npos);
}
