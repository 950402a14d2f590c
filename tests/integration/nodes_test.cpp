#include "tests/ctl/support.hpp"
#include "tests/integration/harness.hpp"
#include "tests/integration/zone_client.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <string>

using namespace dispatch;
using namespace dispatch::integration;
using cli::exit_code;

namespace {

/// Two nodes and a zone, and dispatchctl beside them.
struct pair_of_nodes {
  site where;
  zone_definition definition;
  dispatchd first;
  dispatchd second;
  zone_client client;

  pair_of_nodes()
      : definition(make()), first(where, {.node = "first"}), second(where, {.node = "second"}),
        client(where.on(), definition.name) {
    client.await_event("zone." + definition.name + ".opened");
  }

  zone_definition make() {
    zone_definition made;
    made.name = "pair";
    where.create_zone(made);
    return made;
  }

  testing::ended ctl(std::vector<std::string> words) const {
    words.insert(words.end(), {"--server", where.url()});
    return testing::run_ctl(words);
  }

  /// The zones that each live node runs.
  std::map<std::string, int> zones() const {
    std::map<std::string, int> found;
    const auto listed = nlohmann::json::parse(ctl({"node", "list", "-o", "json"}).out);
    for (const auto& row : listed) {
      if (row["state"] == "live" || row["state"] == "drained") {
        found[row["node"].get<std::string>()] = row["zones"].get<int>();
      }
    }
    return found;
  }

  std::string owner() const {
    for (const auto& [node, count] : zones()) {
      if (count > 0) {
        return node;
      }
    }
    return {};
  }
};

TEST_CASE_FIXTURE(pair_of_nodes, "a drained node's zone moves without a refusal, and comes back") {
  // Where it belongs, once both nodes are there.
  await("both nodes and the zone's owner", [&] { return zones().size() == 2 && !owner().empty(); });
  const auto at_first = owner();
  const auto other = at_first == "first" ? "second" : "first";
  CHECK(ctl({"node", "drain", "nobody"}).code == exit_code::not_found);

  CHECK(ctl({"node", "drain", at_first}).code == exit_code::done);
  await("the other node to have the zone", [&] { return owner() == other; });
  CHECK(refusal_in(client.ask("order.o1.place", order_body())) == refusal::none);

  CHECK(ctl({"node", "undrain", at_first}).code == exit_code::done);
  CHECK(refusal_in(client.ask("order.o2.place", order_body())) == refusal::none);

  CHECK(ctl({"node", "drain", other}).code == exit_code::done);
  await("the zone to be back", [&] { return owner() == at_first; });
  CHECK(ctl({"zone", "verify", "pair"}).code == exit_code::done);

  const auto healthy = ctl({"doctor"});
  CHECK(healthy.code == exit_code::done);
  CHECK(healthy.shows("runs on node " + at_first));
}

TEST_CASE_FIXTURE(pair_of_nodes, "without another node to take it, a drained node keeps its zone") {
  await("both nodes and the zone's owner", [&] { return zones().size() == 2 && !owner().empty(); });
  const auto owns = owner();
  const std::string other = owns == "first" ? "second" : "first";
  CHECK(ctl({"node", "forget", owns}).code == exit_code::conflict);
  (owns == "first" ? second : first).kill();
  await("one node less", [&] {
    return ctl({"node", "list"}).out.find("silent") != std::string::npos;
  });
  const auto drained = ctl({"node", "drain", owns, "--wait", "1s"});
  CHECK(drained.code == exit_code::failed);
  CHECK(drained.err.find("still runs 1 zones") != std::string::npos);
  CHECK(refusal_in(client.ask("order.o1.place", order_body())) == refusal::none);

  CHECK(ctl({"node", "forget", other}).code == exit_code::done);
  CHECK_FALSE(ctl({"node", "list"}).shows(other));

  (owns == "first" ? first : second).kill();
  await("the owner to be silent", [&] { return zones().empty(); });
  const auto sick = ctl({"doctor"});
  CHECK(sick.code == exit_code::failed);
  CHECK(sick.shows("no live node runs it"));
}

} // namespace
