#include "cmd/dispatch-bench/measures/sign.hpp"

#include "cmd/dispatch-bench/site.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/signing/key.hpp"
#include "messages/wire/codec.hpp"

#include <cstdint>
#include <string>

namespace dispatch::bench {

namespace {

using cli::exit_code;
using cli::value_or_stop;

std::string some_waybill() {
  return wire::encode_waybill({.number = "o123456-1",
                               .zone = "bench",
                               .order = "o123456",
                               .rider = "r123456",
                               .offer = "f123456-0",
                               .station = "kitchen",
                               .pick_up = {31.2304, 121.4737},
                               .drop_off = {31.2404, 121.4837},
                               .load = 1,
                               .reference = "shop/2026/123456",
                               .assigned_at = timestamp{std::chrono::hours{24 * 20'000}}});
}

/// How often a second something can be done.
template <class Work> double rate_of(std::chrono::seconds span, Work work) {
  const auto began = steady::now();
  std::uint64_t times = 0;
  for (; steady::now() < began + span; ++times) {
    stop_if_interrupted();
    work();
  }
  return static_cast<double>(times) / seconds_between(began, steady::now());
}

} // namespace

figures measure_signing(std::chrono::seconds each) {
  const auto paper = some_waybill();
  figures found{{"bytes", "bytes of a waybill", static_cast<double>(paper.size()), 0}};
  for (const auto which : {signing::algorithm::sm2_sm3, signing::algorithm::ecdsa_p256_sha256}) {
    const auto is_sm2 = which == signing::algorithm::sm2_sm3;
    const std::string key = is_sm2 ? "sm2" : "p256";
    const std::string title{to_string(which)};
    const auto own = value_or_stop(signing::private_key::generate(which), exit_code::failed);
    const auto signature = value_or_stop(own.sign(paper), exit_code::failed);
    const auto signs = rate_of(each, [&] { (void)own.sign(paper); });
    const auto verifies = rate_of(each, [&] {
      if (!own.verify(paper, signature)) {
        throw cli::stop(exit_code::failed, "a good signature is not found to be good");
      }
    });
    found.push_back({key + "_signed_per_s", title + " signed per s and thread", signs, 0});
    found.push_back({key + "_verified_per_s", title + " verified per s and thread", verifies, 0});
  }
  return found;
}

} // namespace dispatch::bench
