#include "messages/wire/codec.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace dispatch;

namespace {

std::string hexadecimal(const record_hash& hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto byte : hash) {
    text += digits[std::to_integer<unsigned>(byte) >> 4U];
    text += digits[std::to_integer<unsigned>(byte) & 15U];
  }
  return text;
}

} // namespace

TEST_CASE("SHA-256 of the examples of FIPS 180-4") {
  CHECK(hexadecimal(wire::hash_of("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hexadecimal(wire::hash_of("")) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("XXH3-64 of the empty input, and by seed") {
  CHECK(wire::fast_hash("") == 0x2D06800538D394C2);
  CHECK(wire::fast_hash("abc") == 0x78AF5F94892F3950);
  CHECK(wire::fast_hash("abc", 1) != wire::fast_hash("abc"));
}

TEST_CASE("UTF-8 is told from other bytes") {
  for (const auto* good :
       {"", "plain text of some length", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x9B\xB5",
        "12345678\xC3\xA9", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"}) {
    CHECK(wire::valid_utf8(good));
  }
  for (const auto* bad :
       {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
        "\xF4\x90\x80\x80", "\xFF", "12345678\xC3", "\xE2\x82"}) {
    CHECK_FALSE(wire::valid_utf8(bad));
  }
}
