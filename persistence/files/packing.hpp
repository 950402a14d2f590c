#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dispatch::files {

/// Numbers as 8 bytes, little endian; text as its length and itself.
class packer {
public:
  packer& number(std::uint64_t value);
  packer& text(std::string_view value);
  std::string take() { return std::move(bytes_); }

private:
  std::string bytes_;
};

/// What is packed does not have the expected form.
struct bad_packing : std::runtime_error {
  bad_packing() : std::runtime_error("a frame is not understood") {}
};

/// Reads in the order of packing. Throws `bad_packing`. Texts are views of what is read.
class unpacker {
public:
  explicit unpacker(std::string_view bytes) : left_(bytes) {}

  std::uint64_t number();
  std::string_view text();
  bool done() const { return left_.empty(); }

private:
  std::string_view take(std::size_t size);

  std::string_view left_;
};

} // namespace dispatch::files
