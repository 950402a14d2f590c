#include "tests/edge/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>

namespace dispatch::edge {

namespace {

using namespace std::chrono_literals;

constexpr long valid_s = std::chrono::seconds{24h}.count();

void require(bool so) {
  if (!so) {
    throw std::runtime_error("no certificate can be made");
  }
}

void add_names(X509* to) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, to, to, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> names(
      X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1"),
      &X509_EXTENSION_free);
  require(names != nullptr && X509_add_ext(to, names.get(), -1) == 1);
}

void write(const std::filesystem::path& to, const std::function<bool(std::FILE*)>& content) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(to.c_str(), "w"),
                                                                &std::fclose);
  require(file != nullptr && content(file.get()));
}

} // namespace

certificate::certificate(const std::filesystem::path& directory)
    : file_(directory / "certificate.pem"), key_file_(directory / "certificate-key.pem") {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), &X509_free);
  require(key != nullptr && made != nullptr);
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), valid_s);
  auto* name = X509_get_subject_name(made.get());
  const auto* text = reinterpret_cast<const unsigned char*>("localhost");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  X509_set_pubkey(made.get(), key.get());
  add_names(made.get());
  require(X509_sign(made.get(), key.get(), EVP_sha256()) > 0);
  write(file_, [&](std::FILE* file) { return PEM_write_X509(file, made.get()) == 1; });
  write(key_file_, [&](std::FILE* file) {
    return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  });
}

} // namespace dispatch::edge
