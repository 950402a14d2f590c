#include "messages/nats/connection/api.hpp"
#include "tests/nats/fixture.hpp"

#include <doctest/doctest.h>

#include <string>

/// Who is answered, and what is said of an answer that does not leave.
namespace {

using namespace dispatch;
using namespace dispatch::nats;
using namespace dispatch::nats::testing;

std::shared_ptr<connection> connect_telling(installation& to,
                                            std::function<void(std::string_view)> notice) {
  connection_settings settings;
  settings.url = to.server().url();
  settings.notice = std::move(notice);
  return value_of(connection::open(settings));
}

TEST_CASE_FIXTURE(installation, "an answer goes to an inbox and nowhere else") {
  create("KEPT", "kept");
  answer<std::string> told;
  const auto node = connect_telling(
      *this, [tell = told.receiver()](std::string_view what) { tell(std::string(what)); });
  const auto served =
      value_of(node->serve("ask", [](const question& asked) { asked.answer("an answer"); }));
  for (const auto* reply :
       {"kept", "kept.more", "_INBOX", "_INBOXES.kept", "$JS.API.STREAM.INFO.K"}) {
    check_ok(on()->publish("ask", reply, {}, "a question"));
  }
  CHECK(value_of(on()->request("ask", "", patience)) == "an answer");
  // Answers leave in the order of the questions, so none is on its way any more.
  fill("kept", 1, 1);
  CHECK(value_of(api::state_of(*on(), "KEPT")).last_sequence == 1);
  CHECK(told.wait().find("kept, which is no inbox") != std::string::npos);
}

TEST_CASE_FIXTURE(installation, "an answer that the server would not take is told") {
  answer<std::string> told;
  const auto node = connect_telling(
      *this, [tell = told.receiver()](std::string_view what) { tell(std::string(what)); });
  const auto served = value_of(node->serve(
      "ask", [](const question& asked) { asked.answer(std::string(std::size_t{2} << 20, 'x')); }));
  check_ok(on()->publish("ask", on()->new_inbox().c_str(), {}, ""));
  CHECK(told.wait().find("an answer of 2097152 bytes was not sent") == 0);
}

} // namespace
