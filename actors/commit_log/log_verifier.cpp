#include "actors/commit_log/log_verifier.hpp"

#include <chrono>

namespace dispatch {

namespace {

constexpr std::uint64_t records_between_forgetting = 256;

} // namespace

status log_verifier::verify(std::uint64_t log_sequence, std::string_view bytes) {
  if (auto folded = replay_.fold(log_sequence, bytes); !folded) {
    return folded;
  }
  if (++verified_ % records_between_forgetting == 0) {
    if (auto written = replay_.flush(); !written) {
      return written;
    }
    states_.sync();
    return states_.forget(timestamp::max(), replay_.position().number);
  }
  return nothing{};
}

} // namespace dispatch
