#include "messages/wire/text.hpp"

#include "messages/wire/codec.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace dispatch::wire {

namespace {

constexpr std::size_t quoted_bytes_max = 64;

bool continues(std::string_view text, std::size_t at, unsigned char lowest = 0x80,
               unsigned char highest = 0xBF) {
  if (at >= text.size()) {
    return false;
  }
  const auto c = static_cast<unsigned char>(text[at]);
  return c >= lowest && c <= highest;
}

/// Bytes of the well-formed character at `at` (the Unicode Standard, table 3-7); 0: ill-formed.
std::size_t character_bytes(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xC2 && first <= 0xDF) {
    return continues(text, at + 1) ? 2 : 0;
  }
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned char lowest = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned char highest = first == 0xED ? 0x9F : 0xBF;
    return continues(text, at + 1, lowest, highest) && continues(text, at + 2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned char lowest = first == 0xF0 ? 0x90 : 0x80;
    const unsigned char highest = first == 0xF4 ? 0x8F : 0xBF;
    return continues(text, at + 1, lowest, highest) && continues(text, at + 2) &&
                   continues(text, at + 3)
               ? 4
               : 0;
  }
  return 0;
}

/// Bytes of the ASCII run at the beginning, in whole words.
std::size_t ascii_words(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & high_bits) != 0) {
      break;
    }
  }
  return at;
}

} // namespace

bool valid_utf8(std::string_view text) {
  for (auto at = ascii_words(text); at < text.size();) {
    const auto bytes = character_bytes(text, at);
    if (bytes == 0) {
      return false;
    }
    at += bytes;
  }
  return true;
}

std::string repaired_utf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto bytes = character_bytes(text, at);
    if (bytes == 0) {
      repaired += '?';
      ++at;
    } else {
      repaired += text.substr(at, bytes);
      at += bytes;
    }
  }
  return repaired;
}

std::string quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string all = "'";
  for (const auto c : text.substr(0, quoted_bytes_max)) {
    if (c >= ' ' && c <= '~') {
      all += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      all.append("\\x").append({digits[byte >> 4U], digits[byte & 15U]});
    }
  }
  return all += text.size() > quoted_bytes_max ? "'..." : "'";
}

std::string shown(double value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

} // namespace dispatch::wire
