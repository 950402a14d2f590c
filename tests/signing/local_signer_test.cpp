#include "messages/signing/local_signer.hpp"

#include <doctest/doctest.h>

#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace {

using namespace dispatch;
using namespace dispatch::signing;

TEST_CASE("what many threads ask for is signed on another one") {
  const auto key = *private_key::generate(algorithm::sm2_sm3);
  local_signer signer{key};
  std::vector<std::future<std::optional<signature>>> answers;
  const auto here = std::this_thread::get_id();
  for (int i = 0; i < 20; ++i) {
    const auto promise = std::make_shared<std::promise<std::optional<signature>>>();
    answers.push_back(promise->get_future());
    signer.sign("document " + std::to_string(i), [promise, here](std::optional<signature> with) {
      promise->set_value(std::this_thread::get_id() == here ? std::nullopt : std::move(with));
    });
  }
  for (int i = 0; i < 20; ++i) {
    const auto with = answers[static_cast<std::size_t>(i)].get();
    REQUIRE(with);
    CHECK(with->algorithm == "SM2-SM3");
    CHECK(with->key == key.id());
    CHECK(key.verify("document " + std::to_string(i), with->bytes));
    CHECK_FALSE(key.verify("document " + std::to_string(i + 1), with->bytes));
  }
}

TEST_CASE("a signer that is stopped answers nothing more, and ends") {
  local_signer signer{*private_key::generate(algorithm::ecdsa_p256_sha256)};
  signer.stop();
  bool answered = false;
  signer.sign("document", [&](const std::optional<signature>&) { answered = true; });
  signer.stop();
  CHECK_FALSE(answered);
}

} // namespace
