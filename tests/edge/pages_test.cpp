#include "cmd/shared/endpoint_file.hpp"
#include "tests/edge/edge.hpp"

#include <nlohmann/json.hpp>

#include <arpa/inet.h>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <vector>

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

/// What is answered to a request that names no more than this.
std::string answer_to(const std::string& address, const std::string& first_line) {
  const auto socket = connected_socket(address);
  const auto request = first_line + " HTTP/1.1\r\nHost: " + address + "\r\n\r\n";
  REQUIRE(::send(socket.number(), request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size()));
  std::string answer;
  std::array<char, 4096> part{};
  for (ssize_t size = 0; (size = ::recv(socket.number(), part.data(), part.size(), 0)) > 0;) {
    answer.append(part.data(), static_cast<std::size_t>(size));
  }
  return answer;
}

TEST_CASE("pages have exact names, and are only read") {
  town f;
  const auto address = value_of(cli::read_endpoint(f.where.data())).http;
  const auto code_of = [&](const std::string& first_line) {
    const auto answer = answer_to(address, first_line);
    return answer.substr(0, answer.find(' ', answer.find(' ') + 1));
  };
  for (const std::string page : {"/livez", "/metrics", "/readyz"}) {
    CHECK(code_of("GET " + page) == "HTTP/1.1 200");
    CHECK(code_of("GET " + page + "?verbose") == "HTTP/1.1 200");
    CHECK(code_of("HEAD " + page) == "HTTP/1.1 200");
    const std::vector<std::string> unlike = {page + "/", page + "/more", "/" + page,
                                             page + "z", page + ".",     page.substr(0, 4)};
    for (const auto& no_page : unlike) {
      CHECK_MESSAGE(code_of("GET " + no_page) == "HTTP/1.1 404", no_page);
    }
    for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
      const auto answer = answer_to(address, method + " " + page);
      CHECK_MESSAGE(answer.starts_with("HTTP/1.1 405"), method, ": ", answer);
      CHECK(answer.find("Allow: GET, HEAD\r\n") != std::string::npos);
    }
  }
  const auto head = answer_to(address, "HEAD /livez");
  CHECK(head.ends_with("\r\n\r\n"));
  CHECK(head.find("Content-Length: 6\r\n") != std::string::npos);
  CHECK(code_of("GET /") == "HTTP/1.1 404");
  CHECK(f.answers());
}

TEST_CASE("many requests that never end are dropped") {
  town f;
  const auto address = value_of(cli::read_endpoint(f.where.data())).http;
  std::vector<std::unique_ptr<half_open_request>> strangers;
  for (int i = 0; i < 40; ++i) {
    strangers.push_back(std::make_unique<half_open_request>(address, "GET /livez HTTP/1.1\r\n"));
  }
  CHECK(http_get(address, "/livez", 2 * soon).starts_with("HTTP/1.1 200"));
  CHECK(http_get(address, "/livez", page_within).starts_with("HTTP/1.1 200"));
}

TEST_CASE("a hundred requests that never end keep no page waiting") {
  town f;
  const auto address = value_of(cli::read_endpoint(f.where.data())).http;
  std::vector<std::unique_ptr<half_open_request>> strangers;
  for (int i = 0; i < 100; ++i) {
    strangers.push_back(std::make_unique<half_open_request>(address, "GET /livez HTTP/1.1\r\n"));
  }
  CHECK(http_get(address, "/livez", page_within).starts_with("HTTP/1.1 200"));
}

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
  const std::array<std::string, 6> verbs = {"list", "get", "history", "explain", "zone", "none"};
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
      INFO(verb, ": ", question.substr(0, 80));
      const auto answer = f.where.on()->request("dispatch.admin.untouched." + verb, question, soon);
      REQUIRE(!f.node->has_ended());
      REQUIRE(answer);
      const auto told = nlohmann::json::parse(*answer);
      const auto code = "/error/code"_json_pointer;
      CHECK((question.size() > 4096) == (told.contains(code) && told[code] == 413));
    }
  }
  f.check_untouched();
}

} // namespace
