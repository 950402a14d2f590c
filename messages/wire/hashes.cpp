#include "messages/wire/archive.hpp"

#include <openssl/evp.h>
#include <xxhash.h>

namespace dispatch::wire {

record_hash hash_of(std::string_view bytes) {
  record_hash hash{};
  unsigned size = 0;
  // openssl counts in unsigned char, the hash in std::byte.
  auto* to = reinterpret_cast<unsigned char*>(hash.data());
  if (EVP_Digest(bytes.data(), bytes.size(), to, &size, EVP_sha256(), nullptr) != 1 ||
      size != hash.size()) {
    broken_invariant("hash_of: OpenSSL has no SHA-256");
  }
  return hash;
}

std::uint64_t fast_hash(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

} // namespace dispatch::wire
