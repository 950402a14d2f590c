#include "cmd/shared/json_output.hpp"
#include "cmd/shared/progress_line.hpp"
#include "cmd/shared/table.hpp"
#include "cmd/shared/time_text.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <sstream>

using namespace dispatch;
using namespace dispatch::cli;
using namespace std::chrono_literals;

namespace {

std::string printed(const table& t, bool titles = true, std::string_view indent = {}) {
  std::ostringstream out;
  t.print(out, titles, indent);
  return out.str();
}

} // namespace

TEST_CASE("Columns are as wide as their widest cell, and numbers stand at the right") {
  table t{{"ID"}, {"LOAD", align::right}, {"STATUS"}};
  t.add_row({"order-1", "2", "waiting"});
  t.add_row({"o", "12345", ""});
  CHECK(printed(t) == "ID        LOAD  STATUS\n"
                      "order-1      2  waiting\n"
                      "o        12345  -\n");
  CHECK(printed(t, false, "> ") == "> order-1      2  waiting\n"
                                   "> o        12345  -\n");
}

TEST_CASE("Width counts what a terminal shows, not bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("caf\u00e9") == 4);
  CHECK(display_width("cafe\u0301") == 4);
  CHECK(display_width("\u676d\u5dde") == 4);
  CHECK(display_width("\U0001F6F5") == 2);
  table t{{"STATION"}, {"CELL"}};
  t.add_row({"\u676d\u5dde", "wtmk"});
  t.add_row({"abcdef", "wtmm"});
  CHECK(printed(t, false) == "\u676d\u5dde    wtmk\n"
                             "abcdef  wtmm\n");
}

TEST_CASE("What a sender wrote cannot steer the terminal") {
  CHECK(printable("a\x1b[2Jb\nc\x7f") == "a [2Jb c ");
  CHECK(printable("a\u009bb") == "a b"); // CSI in one character
  CHECK(printable("\xff\xc3,") == "??,");
  CHECK(printable("\xc0\xaf") == "??");      // overlong
  CHECK(printable("\xed\xa0\x80") == "???"); // surrogate
  CHECK(printable("\u676d") == "\u676d");
  CHECK(printable("a\u202eb\u2066c") == "a b c"); // read backwards
  std::ostringstream json;
  print_json_line(json, "a\x1b\u009bb\u202e\u676d");
  CHECK(json.str() == "\"a\\u001b\\u009bb\\u202e\u676d\"\n");
}

TEST_CASE("Progress rewrites its line on a terminal and is sparse elsewhere") {
  const progress_line::clock::time_point start{};
  std::ostringstream plain;
  {
    progress_line line(plain, false);
    line.show("1 %", start);
    line.show("2 %", start + 4s);
    line.show("3 %", start + 5s);
  }
  CHECK(plain.str() == "1 %\n3 %\n");
  std::ostringstream terminal;
  {
    progress_line line(terminal, true);
    line.show("1 %", start);
    line.show("2 %", start + 50ms);
    line.show("3 %", start + 100ms);
  }
  CHECK(terminal.str() == "\r\x1b[K1 %\r\x1b[K3 %\r\x1b[K");
}

TEST_CASE("Times and spans read well") {
  constexpr timestamp at = std::chrono::sys_days{std::chrono::year{2026} / 1 / 31} + 8h + 5s;
  CHECK(to_text(at) == "2026-01-31T08:00:05Z");
  CHECK(to_text(at + 250ms) == "2026-01-31T08:00:05.250000Z");
  CHECK(to_text(at - 1us) == "2026-01-31T08:00:04.999999Z");
  CHECK(to_text(350ms) == "350 ms");
  CHECK(to_text(12'500ms) == "12.5 s");
  CHECK(to_text(std::chrono::milliseconds{245s}) == "4 min 5 s");
  CHECK(to_text(std::chrono::milliseconds{2h}) == "2 h");
  CHECK(to_text(std::chrono::milliseconds{49h}) == "2 d 1 h");
}
