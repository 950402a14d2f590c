#include "messages/signing/key.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace {

using namespace dispatch::signing;

// Made by `openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:1234567812345678`.
constexpr auto foreign_key = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEjvxfV72QgPGGPPKyzpcWLdFWH+0A
2LogGSi20uAKZgqnnjOqBmA9fpO3dz9UOj6Fey7R/8NxDxKodBL4cd2cuA==
-----END PUBLIC KEY-----
)";
const std::string foreign_signature{
    "\x30\x45\x02\x20\x5b\x39\x3c\x0d\x51\x1a\xcd\x57\x88\xa4\x52\xa7\x59\x26\xf6\x18"
    "\xb6\x69\xd1\x4b\x58\x5c\x29\x42\x22\x62\x3e\xc3\x43\xc2\x30\x1b\x02\x21\x00\xd7"
    "\x2b\x11\xc9\x33\x7a\x5a\xb3\xff\x9b\xb0\x41\x27\x80\x35\xc0\xc6\x36\x19\x62\x5a"
    "\xdd\xa5\x4c\xe5\x45\x69\xe2\x0d\x11\xbd\xab",
    71};

TEST_CASE("a signature that another program has made is verified") {
  const auto key = public_key::from_pem(foreign_key);
  REQUIRE(key);
  CHECK(key->of() == algorithm::sm2_sm3);
  CHECK(key->verify("a waybill", foreign_signature));
  CHECK_FALSE(key->verify("a waybill.", foreign_signature));
}

TEST_CASE("what a key has signed, it verifies, and nothing else") {
  for (const auto which : {algorithm::sm2_sm3, algorithm::ecdsa_p256_sha256}) {
    CAPTURE(to_string(which));
    const auto key = private_key::generate(which);
    REQUIRE(key);
    const auto signature = key->sign("a waybill");
    REQUIRE(signature);
    CHECK(key->verify("a waybill", *signature));
    CHECK_FALSE(key->verify("another waybill", *signature));
    CHECK_FALSE(key->verify("a waybill", ""));
    for (std::size_t i = 0; i < signature->size(); ++i) {
      auto changed = *signature;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      CHECK_FALSE(key->verify("a waybill", changed));
    }
    const auto other = private_key::generate(which);
    CHECK_FALSE(other->verify("a waybill", *signature));
    CHECK(other->id() != key->id());
  }
}

TEST_CASE("the public half is enough to verify") {
  for (const auto which : {algorithm::sm2_sm3, algorithm::ecdsa_p256_sha256}) {
    const auto key = private_key::generate(which);
    const auto half = public_key::from_pem(key->to_pem());
    REQUIRE(half);
    CHECK(half->of() == which);
    CHECK(half->id() == key->id());
    CHECK(half->verify("bytes", *key->sign("bytes")));
    CHECK_FALSE(private_key::from_pem(key->to_pem()));
  }
}

TEST_CASE("a key file is made once, and belongs to its owner alone") {
  const dispatch::testing::temporary_directory directory;
  const auto file = directory.path() / "waybill.pem";
  const auto made = private_key::from_file(file, algorithm::sm2_sm3);
  REQUIRE(made);
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::group_all) ==
        std::filesystem::perms::none);
  const auto again = private_key::from_file(file, algorithm::ecdsa_p256_sha256);
  REQUIRE(again);
  CHECK(again->of() == algorithm::sm2_sm3);
  CHECK(again->id() == made->id());
  std::filesystem::permissions(file, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  const auto exposed = private_key::from_file(file, algorithm::sm2_sm3);
  REQUIRE_FALSE(exposed);
  CHECK(exposed.error().what.find("can be read by others") != std::string::npos);
}

TEST_CASE("what is no key of the two curves is refused") {
  CHECK_FALSE(public_key::from_pem("no key"));
  CHECK_FALSE(private_key::from_pem(""));
}

} // namespace
