#include "tests/actors/checks.hpp"

#include <doctest/doctest.h>

#include <string>

/// Codes that riders give at the door, through a whole zone: turns, log, restarts.
namespace {

using namespace dispatch;
using namespace dispatch::testing;
using namespace std::chrono_literals;

constexpr auto locked_order = R"({"station":"s1","prepaid":true,"delivery_code":"4711",
    "pick_up":{"latitude":7.1,"longitude":-73.1},"drop_off":{"latitude":7.11,"longitude":-73.1}})";

std::string code_json(const std::string& code) {
  return R"({"order":"o1","code":")" + code + R"("})";
}

/// The rider collects the order and stands at the customer's.
void go_to_door(virtual_city& city, const std::string& rider) {
  city.begin_shift(rider);
  city.node->advance(2s);
  city.tell("rider", rider, "accept", R"({"offer":")" + city.offer_of(rider).id + R"("})");
  for (const auto* step : {"arrive", "pick_up", "arrive"}) {
    city.tell("rider", rider, step, R"({"order":"o1"})");
  }
  REQUIRE(city.announced().back() == "rider." + rider + ".arrived");
}

/// How often a command was refused for this.
std::int64_t refusals_of(const virtual_city& city, refusal code) {
  std::int64_t count = 0;
  for (const auto& e : city.events()) {
    const auto* refused = std::get_if<command_refused>(&e.body);
    count += refused != nullptr && refused->code == code ? 1 : 0;
  }
  return count;
}

} // namespace

TEST_CASE(
    "wrong codes of an order are counted through restarts and from rider to rider, and lock") {
  virtual_city city;
  city.start();
  city.tell("order", "o1", "place", locked_order);
  go_to_door(city, "r1");
  city.tell("rider", "r1", "deliver", code_json("1"));
  city.tell("rider", "r1", "deliver", code_json("2"));
  city.kept = std::make_shared<memory_store>(); // All is read from the log again.
  city.start();
  city.tell("rider", "r1", "deliver", code_json("3"));
  city.tell("rider", "r1", "report_breakdown");
  city.start();
  go_to_door(city, "r2");
  city.tell("rider", "r2", "deliver", code_json("4"));
  city.tell("rider", "r2", "deliver", code_json("5"));
  CHECK(refusals_of(city, refusal::wrong_code) == 5);
  city.start();
  city.tell("rider", "r2", "deliver", code_json("4711"));
  CHECK(refusals_of(city, refusal::code_locked) == 1);
  CHECK(city.count_of("order.o1.wrong_code_counted") == 5);
  city.tell("rider", "r2", "deliver.jane", R"({"order":"o1"})");
  CHECK(city.count_of("order.o1.delivered") == 1);
  check_audit(city);
  check_decided_again(city);
}

TEST_CASE("the sender of a wrong code is told first that it is refused, and counted once") {
  virtual_city city;
  city.start();
  city.tell("order", "o1", "place", locked_order);
  go_to_door(city, "r1");
  const auto before = city.announced().size();
  for (int sent = 0; sent < 2; ++sent) {
    city.tell("rider", "r1", "deliver", code_json("1"), "app.7");
  }
  auto told = city.announced();
  told.erase(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(before));
  CHECK(told == std::vector<std::string>{"rider.r1.refused", "rider.r1.wrong_code_given",
                                         "order.o1.wrong_code_counted", "rider.r1.repeated"});
  const auto all = city.events();
  const auto& repeated = std::get<command_repeated>(all.back().body);
  CHECK(repeated.first_event == "refused");
  city.tell("rider", "r1", "deliver", code_json("4711"), "app.8");
  CHECK(city.count_of("order.o1.delivered") == 1);
  check_audit(city);
  check_decided_again(city);
}

TEST_CASE("what is written off leaves its rider, who can be received elsewhere, and stays so") {
  virtual_city city;
  city.start();
  city.tell("order", "o1", "place", locked_order);
  go_to_door(city, "r1");
  city.tell("order", "o1", "cancel", R"({"reason":"too late"})");
  city.tell("rider", "r1", "transfer", R"({"zone":"y"})");
  CHECK(refusals_of(city, refusal::has_route) == 1);
  city.tell("order", "o1", "write_off", R"({"reason":"gone"})");
  CHECK(refusals_of(city, refusal::not_permitted) == 1);
  city.tell("order", "o1", "write_off.jane", R"({"reason":"gone"})");
  CHECK(city.count_of("order.o1.written_off") == 1);
  CHECK(city.count_of("order.o1.refund_requested") == 1);
  CHECK(city.count_of("rider.r1.stops_released") == 1);
  city.start();
  city.tell("order", "o1", "write_off.jane");
  CHECK(refusals_of(city, refusal::final_status) == 1);
  check_audit(city);
  check_decided_again(city);
}
