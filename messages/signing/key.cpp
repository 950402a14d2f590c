#include "messages/signing/key.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace dispatch::signing {

namespace {

namespace fs = std::filesystem;

/// GB/T 35276 names it as the identity to use where none was agreed upon.
constexpr std::string_view sm2_identity = "1234567812345678";
constexpr std::size_t id_bytes = 8;

template <auto Free> struct freed_by {
  template <class T> void operator()(T* what) const { Free(what); }
};
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free>>;
using context_ptr = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;
using key_context_ptr = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;

EVP_PKEY* raw(const std::shared_ptr<void>& handle) { return static_cast<EVP_PKEY*>(handle.get()); }

std::shared_ptr<void> owned(EVP_PKEY* key) {
  return {key, [](EVP_PKEY* k) { EVP_PKEY_free(k); }};
}

failure openssl_failure(const std::string& doing) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return {"cannot " + doing + ": " + text.data()};
}

result<algorithm> algorithm_of(EVP_PKEY* key) {
  std::array<char, 64> group{};
  std::size_t size = 0;
  if (EVP_PKEY_is_a(key, "SM2") == 1) {
    return algorithm::sm2_sm3;
  }
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1) {
    const std::string_view name{group.data(), size};
    if (name == "SM2") {
      return algorithm::sm2_sm3;
    }
    if (name == "prime256v1") {
      return algorithm::ecdsa_p256_sha256;
    }
  }
  return failure{"the key must be on the curve SM2 or P-256"};
}

bio_ptr reading(std::string_view text) {
  return bio_ptr{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

/// A context for one signature or one check; null when OpenSSL refuses.
std::pair<context_ptr, key_context_ptr> make_context(EVP_PKEY* key, algorithm which, bool sign) {
  context_ptr context{EVP_MD_CTX_new()};
  key_context_ptr of_key{EVP_PKEY_CTX_new(key, nullptr)};
  if (!context || !of_key) {
    return {};
  }
  const auto sm2 = which == algorithm::sm2_sm3;
  if (sm2 && EVP_PKEY_CTX_set1_id(of_key.get(), sm2_identity.data(), sm2_identity.size()) != 1) {
    return {};
  }
  EVP_MD_CTX_set_pkey_ctx(context.get(), of_key.get());
  const auto* digest = sm2 ? EVP_sm3() : EVP_sha256();
  const auto begun = sign ? EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key)
                          : EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key);
  return begun == 1 ? std::pair{std::move(context), std::move(of_key)}
                    : std::pair<context_ptr, key_context_ptr>{};
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data()); // How OpenSSL counts bytes.
}

/// Creates the file for its owner alone; false when it exists.
result<bool> create_private(const std::filesystem::path& file, const std::string& text) {
  const auto descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return errno == EEXIST ? result<bool>{false}
                           : failure{"cannot create " + file.string() + ": " +
                                     std::system_category().message(errno)};
  }
  const auto written = ::write(descriptor, text.data(), text.size());
  const auto synced = ::fsync(descriptor);
  ::close(descriptor);
  if (written != static_cast<ssize_t>(text.size()) || synced != 0) {
    return failure{"cannot write " + file.string() + ": " + std::system_category().message(errno)};
  }
  return true;
}

} // namespace

std::string_view to_string(algorithm which) {
  return which == algorithm::sm2_sm3 ? "SM2-SM3" : "ECDSA-P256-SHA256";
}

result<public_key> public_key::from_pem(std::string_view pem) {
  auto* key = PEM_read_bio_PUBKEY(reading(pem).get(), nullptr, nullptr, nullptr);
  if (key == nullptr) {
    return openssl_failure("read the public key");
  }
  auto handle = owned(key);
  const auto which = algorithm_of(key);
  return which ? result<public_key>{public_key{std::move(handle), *which}} : which.error();
}

std::string public_key::to_pem() const {
  const bio_ptr bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_PUBKEY(bio.get(), raw(handle_));
  return text_of(bio.get());
}

std::string public_key::id() const {
  unsigned char* der = nullptr;
  const auto size = i2d_PUBKEY(raw(handle_), &der);
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  EVP_Digest(der, static_cast<std::size_t>(size), hash.data(), nullptr, EVP_sha256(), nullptr);
  OPENSSL_free(der);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < id_bytes; ++i) {
    text += digits[hash.at(i) >> 4U];
    text += digits[hash.at(i) & 15U];
  }
  return text;
}

bool public_key::verify(std::string_view bytes, std::string_view signature) const {
  const auto [context, of_key] = make_context(raw(handle_), algorithm_, false);
  const auto good =
      context && EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(),
                                  bytes_of(bytes), bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

result<private_key> private_key::generate(algorithm which) {
  // An SM2 key is a type of its own; on the same curve as type EC it would sign with ECDSA.
  auto* key = which == algorithm::sm2_sm3 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2")
                                          : EVP_EC_gen("P-256");
  if (key == nullptr) {
    return openssl_failure("make a key");
  }
  return private_key{owned(key), which};
}

result<private_key> private_key::from_pem(std::string_view pem) {
  auto* key = PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, nullptr, nullptr);
  if (key == nullptr) {
    return openssl_failure("read the private key");
  }
  auto handle = owned(key);
  const auto which = algorithm_of(key);
  return which ? result<private_key>{private_key{std::move(handle), *which}} : which.error();
}

result<private_key> private_key::from_file(const std::filesystem::path& file, algorithm if_new) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) {
    auto made = generate(if_new);
    if (!made) {
      return made;
    }
    const auto created = create_private(file, made->to_private_pem());
    if (!created || *created) {
      return created ? made : created.error();
    }
    ::stat(file.c_str(), &found); // Another process was faster.
  }
  std::ifstream stream{file};
  if (!stream) {
    return failure{"cannot read " + file.string() + ": " + std::system_category().message(errno)};
  }
  const std::string text{std::istreambuf_iterator<char>{stream}, {}};
  if (text.find("BEGIN PUBLIC KEY") != std::string::npos) {
    return failure{
        file.string() + " holds the public key: give the file of the private one" +
        (file.extension() == ".pub" ? ", " + fs::path{file}.replace_extension().string() : "")};
  }
  if ((found.st_mode & 077U) != 0) {
    return failure{"the key " + file.string() +
                   " can be read by others: `chmod 600` it, and make a new one"};
  }
  auto key = from_pem(text);
  return key ? key : failure{file.string() + ": " + key.error().what};
}

std::string private_key::to_private_pem() const {
  const bio_ptr bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_PKCS8PrivateKey(bio.get(), raw(handle_), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

result<std::string> private_key::sign(std::string_view bytes) const {
  const auto [context, of_key] = make_context(raw(handle_), algorithm_, true);
  std::size_t size = 0;
  if (!context ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(bytes), bytes.size()) != 1) {
    return openssl_failure("sign");
  }
  std::string signature(size, '\0');
  auto* to = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), to, &size, bytes_of(bytes), bytes.size()) != 1) {
    return openssl_failure("sign");
  }
  signature.resize(size);
  return signature;
}

std::filesystem::path public_file(const std::filesystem::path& private_file) {
  auto file = private_file;
  file += ".pub";
  return file;
}

status write_public_file(const public_key& key, const std::filesystem::path& private_file) {
  const auto file = public_file(private_file);
  std::error_code no_file;
  if (std::filesystem::exists(file, no_file)) {
    return nothing{};
  }
  if (!(std::ofstream{file} << key.to_pem() << std::flush)) {
    return failure{"cannot write " + file.string()};
  }
  return nothing{};
}

} // namespace dispatch::signing
