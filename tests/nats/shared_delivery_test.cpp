#include "tests/nats/fixture.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

/// Connections whose handlers share threads.
namespace {

using namespace dispatch;
using namespace dispatch::nats;
using namespace std::chrono_literals;

std::shared_ptr<connection> connect_shared(installation& to,
                                           std::function<void(std::string_view)> notice = {}) {
  connection_settings settings;
  settings.url = to.server().url();
  settings.shared_delivery = true;
  settings.notice = std::move(notice);
  return value_of(connection::open(settings));
}

std::size_t threads() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator{"/proc/self/task"}, {}));
}

TEST_CASE_FIXTURE(installation, "fifty subscriptions of two connections share two threads") {
  const auto first = connect_shared(*this);
  const auto second = connect_shared(*this);
  const auto before = threads();
  std::vector<subscription> kept;
  for (int i = 0; i < 25; ++i) {
    const auto subject = "shared." + std::to_string(i);
    for (const auto& on : {first, second}) {
      kept.push_back(value_of(on->serve(
          subject, [](const question& asked) { asked.answer("answer of " + asked.subject); })));
    }
  }
  CHECK(threads() <= before + 2);
  const auto client = connect();
  for (int i = 0; i < 25; ++i) {
    const auto subject = "shared." + std::to_string(i);
    CHECK(value_of(client->request(subject, "", patience)) == "answer of " + subject);
  }
}

TEST_CASE_FIXTURE(installation, "a handler on a shared thread that would wait is refused") {
  answer<std::string> told;
  const auto shared = connect_shared(
      *this, [tell = told.receiver()](std::string_view what) { tell(std::string(what)); });
  const auto other =
      value_of(on()->serve("other", [](const question& asked) { asked.answer("here"); }));
  const auto served = value_of(shared->serve("ask", [&](const question& asked) {
    const auto reply = shared->request("other", "", patience);
    asked.answer(reply ? *reply : reply.error().what);
  }));
  const auto client = connect();
  const auto reply = value_of(client->request("ask", "", patience));
  CHECK(reply == "request to other: a handler on a shared thread must not wait");
  CHECK(told.wait() == reply);
  CHECK(value_of(client->request("other", "", patience)) == "here");
}

} // namespace
