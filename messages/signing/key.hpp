#pragma once

#include "messages/result.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

/// Digital signatures. The only folder that makes or checks any.
namespace dispatch::signing {

enum class algorithm {
  sm2_sm3,           ///< GB/T 32918.2 with the default identity `1234567812345678`
  ecdsa_p256_sha256, ///< FIPS 186-4
};

/// The stable name, such as `SM2-SM3`.
std::string_view to_string(algorithm which);

/// The public half of a key: checks signatures.
class public_key {
public:
  /// From a PEM text, `BEGIN PUBLIC KEY`. Fails, naming the rule, for anything but a key of one of
  /// the algorithms.
  static result<public_key> from_pem(std::string_view pem);

  std::string to_pem() const;
  algorithm of() const { return algorithm_; }

  /// 16 hexadecimal digits that follow from the key.
  std::string id() const;

  /// Whether the signature, in DER, is this key's for these bytes.
  bool verify(std::string_view bytes, std::string_view signature) const;

protected:
  public_key(std::shared_ptr<void> handle, algorithm which)
      : handle_(std::move(handle)), algorithm_(which) {}

  std::shared_ptr<void> handle_; ///< EVP_PKEY
  algorithm algorithm_;
};

/// Both halves. May be used by any number of threads.
class private_key : public public_key {
public:
  static result<private_key> generate(algorithm which);

  /// From a PEM text, `BEGIN PRIVATE KEY`, without a passphrase.
  static result<private_key> from_pem(std::string_view pem);

  /// Reads a file that nobody but its owner may read, and makes it first, with a new key, when
  /// there is none.
  static result<private_key> from_file(const std::filesystem::path& file, algorithm if_new);

  std::string to_private_pem() const;

  /// A signature in DER. No two are the same.
  result<std::string> sign(std::string_view bytes) const;

private:
  using public_key::public_key;
};

/// Where the public half of a key file is kept: beside it, with `.pub` appended.
std::filesystem::path public_file(const std::filesystem::path& private_file);

/// Writes it there, unless there is one.
status write_public_file(const public_key& key, const std::filesystem::path& private_file);

} // namespace dispatch::signing
