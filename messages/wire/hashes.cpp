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

void running_hash::context::operator()(evp_md_ctx_st* of) const { EVP_MD_CTX_free(of); }

running_hash::running_hash() : context_{EVP_MD_CTX_new()} {
  if (EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) {
    broken_invariant("running_hash: OpenSSL has no SHA-256");
  }
}

void running_hash::add(std::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

record_hash running_hash::so_far() const {
  const std::unique_ptr<evp_md_ctx_st, context> copy{EVP_MD_CTX_new()};
  EVP_MD_CTX_copy_ex(copy.get(), context_.get());
  record_hash hash{};
  unsigned size = 0;
  EVP_DigestFinal_ex(copy.get(), reinterpret_cast<unsigned char*>(hash.data()), &size);
  return hash;
}

std::string sealed_code(std::string_view order, std::string_view code) {
  if (code.empty()) {
    return {};
  }
  const auto hash = hash_of(std::string{order} + ":" + std::string{code});
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < hash.size() / 2; ++i) {
    const auto byte = std::to_integer<unsigned>(hash.at(i));
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

std::uint64_t fast_hash(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

} // namespace dispatch::wire
