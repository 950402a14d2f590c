#include "cmd/client/announced.hpp"

#include "messages/wire/codec.hpp"

#include <algorithm>
#include <utility>

namespace dispatch::client {

namespace {

/// root.out.zone.dead.reason has five tokens, an event has six.
bool is_dead_letter(std::string_view subject) {
  return std::count(subject.begin(), subject.end(), '.') == 4;
}

} // namespace

result<announced> as_announced(stored_message message) {
  announced read{
      message.sequence, message.stored_at, std::move(message.subject), std::move(message.body), {}};
  if (is_dead_letter(read.subject)) {
    auto letter = wire::decode_dead_letter(read.body);
    if (!letter) {
      return letter.error();
    }
    read.what = std::move(*letter);
  } else {
    auto decoded = wire::decode_event(read.body);
    if (!decoded) {
      return decoded.error();
    }
    read.what = std::move(*decoded);
  }
  return read;
}

bool names(const announced& message, std::string_view id, std::uint64_t input) {
  if (const auto* letter = std::get_if<dead_letter>(&message.what)) {
    return letter->sequence == input;
  }
  return std::get<event>(message.what).command_id == id;
}

} // namespace dispatch::client
