#include "messages/nats/connection/nkey.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>

namespace dispatch::nats {

namespace {

using bytes = std::basic_string<unsigned char>;
using key_pointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

constexpr std::string_view base32_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr unsigned bits_per_digit = 5;
constexpr unsigned char seed_prefix = 18U << 3U; // 'S'
constexpr unsigned char user_prefix = 20U << 3U; // 'U'
constexpr std::size_t key_bytes = 32;
constexpr std::size_t checksum_bytes = 2;
/// Two bytes say that it is a seed, and whose.
constexpr std::size_t seed_bytes = 2 + key_bytes + checksum_bytes;
constexpr std::size_t seed_characters = 58;

std::optional<bytes> decode_base32(std::string_view text) {
  bytes decoded;
  std::uint32_t kept = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const auto digit = base32_digits.find(c);
    if (digit == std::string_view::npos) {
      return std::nullopt;
    }
    kept = kept << bits_per_digit | static_cast<std::uint32_t>(digit);
    bits += bits_per_digit;
    if (bits >= 8) {
      bits -= 8;
      decoded.push_back(static_cast<unsigned char>(kept >> bits));
    }
  }
  return decoded;
}

std::string encode_base32(const bytes& raw) {
  std::string text;
  std::uint32_t kept = 0;
  unsigned bits = 0;
  for (const auto byte : raw) {
    kept = kept << 8U | byte;
    for (bits += 8; bits >= bits_per_digit;) {
      bits -= bits_per_digit;
      text += base32_digits[kept >> bits & 31U];
    }
  }
  if (bits > 0) {
    text += base32_digits[kept << (bits_per_digit - bits) & 31U];
  }
  return text;
}

/// CRC-16 as XMODEM has it.
std::uint16_t checksum(const bytes& of) {
  constexpr unsigned polynomial = 0x1021;
  unsigned sum = 0;
  for (const auto byte : of) {
    sum ^= static_cast<unsigned>(byte) << 8U;
    for (int bit = 0; bit < 8; ++bit) {
      sum = ((sum & 0x8000U) != 0 ? sum << 1U ^ polynomial : sum << 1U) & 0xFFFFU;
    }
  }
  return static_cast<std::uint16_t>(sum);
}

void add_checksum(bytes& to) {
  const auto sum = checksum(to);
  to.push_back(static_cast<unsigned char>(sum & 0xFFU));
  to.push_back(static_cast<unsigned char>(sum >> 8U));
}

/// The secret half of a user's key; nullopt when the text is something else.
std::optional<bytes> secret_of(std::string_view seed) {
  const auto raw = decode_base32(seed);
  if (!raw || raw->size() != seed_bytes || seed.size() != seed_characters) {
    return std::nullopt;
  }
  auto summed = raw->substr(0, seed_bytes - checksum_bytes);
  add_checksum(summed);
  const auto whose = static_cast<unsigned char>((*raw)[0] << 5U | (*raw)[1] >> 3U);
  const bool is_of_user = ((*raw)[0] & 0xF8U) == seed_prefix && whose == user_prefix;
  return summed == *raw && is_of_user ? std::optional{raw->substr(2, key_bytes)} : std::nullopt;
}

} // namespace

result<std::string> read_seed(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) {
    return failure{"cannot read " + file.string()};
  }
  for (std::string line; std::getline(stream, line);) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (secret_of(line)) {
      return line;
    }
  }
  return failure{file.string() + " holds no seed of a user, which is 58 characters and begins " +
                 "with SU"};
}

result<std::string> public_nkey(std::string_view seed) {
  const auto secret = secret_of(seed);
  if (!secret) {
    return failure{"not the seed of a user"};
  }
  const key_pointer key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret->data(), secret->size()),
      &EVP_PKEY_free);
  std::array<unsigned char, key_bytes> open{};
  auto size = open.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), open.data(), &size) != 1) {
    return failure{"OpenSSL does not take the seed"};
  }
  bytes named(1, user_prefix);
  named.append(open.data(), size);
  add_checksum(named);
  return encode_base32(named);
}

} // namespace dispatch::nats
