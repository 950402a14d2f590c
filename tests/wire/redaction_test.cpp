#include "messages/wire/codec.hpp"

#include <doctest/doctest.h>

#include <string>

/// What dead letters show of bodies that nobody understands.
namespace {

using namespace dispatch;
using wire::encoding;

constexpr std::size_t much = 10'000;

std::string shown(const std::string& verb, const std::string& body, std::size_t bytes_max = much) {
  const auto kind = verb == "deliver" ? entity_kind::rider : entity_kind::order;
  return wire::excerpt_of(kind, verb, encoding::json, body, bytes_max);
}

std::string detail_of(const std::string& body) {
  const auto read = wire::decode_command(entity_kind::order, "place", encoding::json, body);
  const auto* why_not = std::get_if<wire::rejection>(&read);
  return why_not == nullptr ? "" : why_not->detail;
}

TEST_CASE("what is known to be no secret is shown as it was written") {
  for (const auto* body : {R"({"reason": "kill"})", "{", "{}   ", R"({"reason":)", "", "[[",
                           " { \"reason\" : \"\" }"}) {
    CHECK(shown("cancel", body) == body);
  }
  const std::string order = R"({"prepaid":true,"pickUp":{"latitude":7.1},"skills":["a","b"],)"
                            R"("items":[{"item":"gas","quantity":2}],"ready_at":null})";
  CHECK(shown("place", order) == order);
  CHECK(shown("place", order, 9) == order.substr(0, 9));
}

TEST_CASE("codes, and what nobody knows, are hidden") {
  CHECK(shown("place", R"({"load":1,"delivery_code":"4711","x":4711})") ==
        R"({"load":1,"delivery_code":"***","***":***})");
  CHECK(shown("place", R"({"deliveryCode":4711,"load":"1"})") ==
        R"({"deliveryCode":***,"load":"1"})");
  CHECK(shown("place", R"({"delivery_code":{"load":4711},"items":[{"code":"4711"}]})") ==
        R"({"delivery_code":{"load":***},"items":[{"***":"***"}]})");
  CHECK(shown("deliver", R"({"order":"o1","code":["4711"]})") ==
        R"({"order":"o1","code":["***"]})");
  CHECK(shown("cancel", R"({"delivery_code":"4711"})") == R"({"***":"***"})");
  CHECK(shown("place", "4711") == "***");
  CHECK(shown("place", R"(["4711"])") == R"(["***"])");
  CHECK(shown("no_such_verb", R"({"load":1})").empty());
  CHECK(wire::excerpt_of(entity_kind::order, "place", encoding::protobuf, "4711", much).empty());
}

/// Wherever one byte is wrong, or missing with all behind it.
TEST_CASE("no single mistake shows a code, neither in the excerpt nor in the reason") {
  const std::string code = "canary-4711";
  for (const std::string body : {R"({"reference":"abc","delivery_code":"canary-4711"})",
                                 R"({"delivery_code" : "canary-4711" , "reference" : "abc"})",
                                 R"({"delivery_code":"canary-4711","load":1,"nope":2})"}) {
    for (std::size_t at = 0; at < body.size(); ++at) {
      for (const auto c : {'"', '\\', ':', ',', '{', '}', '[', ']', 'x', ' ', '1', '\0', '\xff'}) {
        auto wrong = body;
        wrong[at] = c;
        if (wrong.find(code) == std::string::npos) {
          continue;
        }
        CHECK_MESSAGE(shown("place", wrong).find("4711") == std::string::npos, wrong);
        CHECK_MESSAGE(detail_of(wrong).find("4711") == std::string::npos, wrong);
      }
      CHECK(shown("place", body.substr(0, at)).find("4711") == std::string::npos);
      CHECK(detail_of(body.substr(0, at)).find("4711") == std::string::npos);
    }
  }
  CHECK(detail_of(R"({"delivery_code":["4711"]})").find("4711") == std::string::npos);
  CHECK(detail_of(R"({"delivery_code":4711.5})").find("4711") == std::string::npos);
  CHECK(detail_of(R"({"delivery_code":true})") != "");
}

} // namespace
