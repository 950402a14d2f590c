#include "cmd/shared/endpoint_file.hpp"
#include "tests/edge/edge.hpp"

#include <arpa/inet.h>
#include <array>
#include <string>
#include <string_view>
#include <sys/socket.h>

/// Strangers at the HTTP server, and strange questions to the zones.
namespace {

using namespace dispatch;
using namespace dispatch::edge;

/// So long a page may take.
constexpr std::chrono::seconds page_within{2};

/// A client that begins a request and never ends it.
class half_open_request {
public:
  half_open_request(const std::string& address, std::string_view begin)
      : socket_(connected_socket(address)) {
    REQUIRE(::send(socket_.number(), begin.data(), begin.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(begin.size()));
  }

private:
  nats::descriptor socket_;
};

TEST_CASE("requests that never end do not stop the pages") {
  town f;
  const auto address = value_of(cli::read_endpoint(f.where.data())).http;
  const half_open_request first{address, "GET /livez HTTP/1.1\r\n"};
  const half_open_request second{address, "GET /met"};
  for (const std::string page : {"/livez", "/metrics", "/readyz"}) {
    const auto answer = http_get(address, page, page_within);
    CHECK_MESSAGE(answer.starts_with("HTTP/1.1 200"), page, ": ", answer);
  }
  CHECK(f.answers());
}

TEST_CASE("questions that make no sense are answered with an error and end no node") {
  town f;
  const std::array<std::string, 7> verbs = {"list", "get",  "history",     "explain",
                                            "zone", "none", "no.such.verb"};
  const std::array<std::string, 12> questions = {
      "",
      "null",
      "[]",
      "{",
      "\xff\xfe",
      R"({"kind":5})",
      R"({"kind":"order","id":"\u0000"})",
      R"({"kind":"order","id":["o1"],"limit":1})",
      R"({"kind":"rider","id":"r1","limit":-1})",
      R"({"kind":"station","id":"s1","limit":1e300})",
      R"({"kind":"order","id":"o1","limit":99999999999999999999})",
      std::string(100'000, '[')};
  for (const auto& verb : verbs) {
    for (const auto& question : questions) {
      (void)f.where.on()->request("dispatch.admin.untouched." + verb, question, soon);
      REQUIRE_MESSAGE(!f.node->has_ended(), verb, ": ", question.substr(0, 80));
    }
  }
  f.check_untouched();
}

} // namespace
