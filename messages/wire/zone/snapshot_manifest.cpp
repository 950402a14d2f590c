#include "messages/wire/zone/snapshot_manifest.hpp"

#include <nlohmann/json.hpp>

namespace dispatch::wire {

namespace {

using nlohmann::json;

constexpr std::uint32_t manifest_format = 1;
constexpr std::string_view digits = "0123456789abcdef";

std::string hex(const record_hash& hash) {
  std::string text;
  for (const auto byte : hash) {
    const auto value = std::to_integer<unsigned>(byte);
    text += digits[value >> 4U];
    text += digits[value & 0xfU];
  }
  return text;
}

record_hash from_hex(const std::string& text) {
  record_hash hash{};
  if (text.size() != 2 * hash.size() || text.find_first_not_of(digits) != std::string::npos) {
    throw std::invalid_argument("no hash");
  }
  for (std::size_t i = 0; i < hash.size(); ++i) {
    hash.at(i) =
        static_cast<std::byte>(digits.find(text[2 * i]) << 4U | digits.find(text[2 * i + 1]));
  }
  return hash;
}

} // namespace

std::string encode_manifest(const snapshot_manifest& manifest) {
  return json{{"format", manifest_format},
              {"zone", manifest.zone},
              {"number", manifest.number},
              {"log_sequence", manifest.log_sequence},
              {"hash", hex(manifest.hash)},
              {"input_position", manifest.input_position},
              {"digest", manifest.digest},
              {"made_at_us", manifest.made_at.time_since_epoch().count()},
              {"bytes", manifest.bytes},
              {"chunks", manifest.chunks},
              {"content", hex(manifest.content)}}
      .dump();
}

result<snapshot_manifest> decode_manifest(std::string_view text) {
  try {
    const auto from = json::parse(text);
    if (const auto format = from.at("format").get<std::uint32_t>(); format > manifest_format) {
      return failure{"the manifest of a snapshot has format " + std::to_string(format) +
                     ", this build knows up to " + std::to_string(manifest_format)};
    }
    snapshot_manifest manifest;
    from.at("zone").get_to(manifest.zone);
    from.at("number").get_to(manifest.number);
    from.at("log_sequence").get_to(manifest.log_sequence);
    manifest.hash = from_hex(from.at("hash"));
    from.at("input_position").get_to(manifest.input_position);
    from.at("digest").get_to(manifest.digest);
    manifest.made_at = timestamp{duration{from.at("made_at_us").get<duration::rep>()}};
    from.at("bytes").get_to(manifest.bytes);
    from.at("chunks").get_to(manifest.chunks);
    manifest.content = from_hex(from.at("content"));
    return manifest;
  } catch (const std::exception&) {
    return failure{"the manifest of a snapshot is not understood"};
  }
}

} // namespace dispatch::wire
