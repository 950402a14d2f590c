#include "tests/integration/live_zone.hpp"

#include <doctest/doctest.h>

#include <string>

/// One bit of a row of the store that is another one after a clean stop.
namespace {

using namespace dispatch;
using namespace dispatch::integration;

/// Runs a statement on the file of a store that nobody has open.
void change_store(const site& where, const std::string& statement) {
  auto shell = value_of(
      nats::process_handle::start({"/usr/bin/sqlite3", (where.data() / "z.db").string(), statement},
                                  where.directory() / "sqlite3.txt"));
  REQUIRE(wait_for_end(shell) == 0);
}

/// 50 pieces become 51.
constexpr auto one_piece_more =
    "UPDATE snapshot SET state = CAST(substr(state, 1, instr(state, X'32') - 1) || X'33' || "
    "substr(state, instr(state, X'32') + 1) AS BLOB) WHERE id = 's1' AND instr(state, X'32') > 0";

std::string stock_json(int pieces) {
  return R"({"levels":[{"item":"gas","on_hand":)" + std::to_string(pieces) + "}]}";
}

TEST_CASE("a damaged row is rebuilt before anybody decides with it") {
  live_zone f;
  f.client->ask("station.s1.open", R"({"at":{"latitude":7.1,"longitude":-73.1}})");
  f.client->ask("station.s1.stock", stock_json(50));
  REQUIRE(f.node->stop() == 0);
  change_store(f.where, one_piece_more);
  f.restart();
  f.client->ask("order.o1.place", order_body());
  f.client->ask("station.s1.pause.ops", R"({"reason":"counting"})");
  f.check_well("o2");
}

} // namespace
