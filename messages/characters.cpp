#include "messages/characters.hpp"

#include <array>

namespace dispatch {

namespace {

bool is_control(char32_t code) { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

/// Whether it has what follows read in another direction.
bool turns(char32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

} // namespace

/// The first character of a text that is not empty.
character first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(0);
  if (lead < 0x80) {
    return {lead, 1, true};
  }
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) {
    return {};
  }
  auto code = static_cast<char32_t>(lead & (0xFFU >> (bytes + 1)));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) {
      return {};
    }
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < least.at(bytes) || code > 0x10FFFF || surrogate) {
    return {};
  }
  return {code, bytes, true};
}

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const auto next = first_of(text);
    if (!next.valid) {
      shown += '?';
    } else if (is_control(next.code) || turns(next.code)) {
      shown += ' ';
    } else {
      shown += text.substr(0, next.bytes);
    }
    text.remove_prefix(next.bytes);
  }
  return shown;
}

std::string printable_json(std::string_view json) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string shown;
  shown.reserve(json.size());
  while (!json.empty()) {
    const auto next = first_of(json);
    if (next.code >= 0x7F && (is_control(next.code) || turns(next.code))) {
      shown += "\\u";
      for (const auto shift : {12U, 8U, 4U, 0U}) {
        shown += digits[(next.code >> shift) & 15U];
      }
    } else {
      shown += json.substr(0, next.bytes);
    }
    json.remove_prefix(next.bytes);
  }
  return shown;
}

} // namespace dispatch
