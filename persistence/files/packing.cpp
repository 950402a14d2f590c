#include "persistence/files/packing.hpp"

namespace dispatch::files {

namespace {

constexpr std::size_t number_bytes = 8;

} // namespace

packer& packer::number(std::uint64_t value) {
  for (std::size_t i = 0; i < number_bytes; ++i) {
    bytes_.push_back(static_cast<char>(value >> (8 * i) & 0xffU));
  }
  return *this;
}

packer& packer::text(std::string_view value) {
  number(value.size());
  bytes_ += value;
  return *this;
}

std::string_view unpacker::take(std::size_t size) {
  if (size > left_.size()) {
    throw bad_packing{};
  }
  const auto taken = left_.substr(0, size);
  left_.remove_prefix(size);
  return taken;
}

std::uint64_t unpacker::number() {
  const auto bytes = take(number_bytes);
  std::uint64_t value = 0;
  for (auto i = number_bytes; i-- > 0;) {
    value = value << 8U | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

std::string_view unpacker::text() { return take(static_cast<std::size_t>(number())); }

} // namespace dispatch::files
