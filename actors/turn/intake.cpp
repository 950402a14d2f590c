#include "actors/turn/intake.hpp"

#include "actors/domain/planning/planner.hpp"
#include "actors/support/local_time.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace dispatch {

namespace {

constexpr std::size_t trace_bytes_max = 64;

/// What the zone could not use of a policy, though it is one.
std::optional<std::string> fault_of(const policy& policy) {
  if (!is_time_zone(policy.time_zone)) {
    return "policy.time_zone: must be a name of the tz database, is " + policy.time_zone;
  }
  return domain::fault_of(policy);
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

/// From here on nobody can read the codes.
void seal_codes(command& c) {
  if (auto* of_order = std::get_if<order_command>(&c.body)) {
    if (auto* placed = std::get_if<place_order>(of_order)) {
      placed->delivery_code = wire::sealed_code(c.target.id, placed->delivery_code);
    }
  } else if (auto* of_rider = std::get_if<rider_command>(&c.body)) {
    if (auto* delivered = std::get_if<deliver_order>(of_rider)) {
      delivered->code = wire::sealed_code(delivered->order, delivered->code);
    }
  }
}

} // namespace

std::uint64_t hash_of_command(const stored_message& message) {
  return wire::fast_hash(message.body, wire::fast_hash(message.subject));
}

dead_letter bury(const stored_message& message, const std::string& root, timestamp at,
                 std::string reason, std::string detail) {
  std::string excerpt;
  const auto subject = wire::parse_command_subject(root, message.subject);
  const auto as = wire::encoding_of(message.content_type);
  if (subject && as) {
    excerpt = wire::excerpt_of(subject->target.kind, subject->verb, *as, message.body,
                               limits::dead_letter_excerpt_bytes);
  }
  return {message.sequence,
          at,
          message.subject.substr(0, limits::dead_letter_excerpt_bytes),
          std::move(reason),
          std::move(detail),
          wire::fast_hash(message.body),
          std::move(excerpt)};
}

std::variant<command, dead_letter> take_in(const stored_message& message, const std::string& root,
                                           const std::string& zone, const zone_clock& clock) {
  const auto at = clock.to_zone(message.stored_at);
  const auto reject = [&](std::string reason, std::string detail) {
    return bury(message, root, at, std::move(reason), std::move(detail));
  };

  auto subject = wire::parse_command_subject(root, message.subject);
  if (!subject) {
    return reject("bad_subject", subject.error().what);
  }
  if (subject->zone != zone) {
    return reject("bad_subject", "zone: must be " + zone + ", is " + subject->zone);
  }
  if (subject->target.kind == entity_kind::zone && subject->target.id != zone) {
    return reject("bad_subject", "id: a command to the zone names the zone itself, " + zone);
  }
  if (message.id.size() > limits::command_id_bytes_max || !is_printable(message.id)) {
    return reject("bad_id", "command id: must be at most 128 printable characters, no spaces");
  }
  const auto as = wire::encoding_of(message.content_type);
  if (!as) {
    return reject("bad_content_type", as.error().what);
  }
  auto decoded = wire::decode_command(subject->target.kind, subject->verb, *as, message.body);
  if (auto* rejected = std::get_if<wire::rejection>(&decoded)) {
    return reject(std::move(rejected->reason), std::move(rejected->detail));
  }

  if (const auto* body = std::get_if<zone_command>(&std::get<command_body>(decoded))) {
    if (const auto* set = std::get_if<set_policy>(body); set != nullptr && !subject->by.empty()) {
      if (auto fault = fault_of(*set->parsed)) {
        return reject("bad_field", "toml: " + *fault);
      }
    }
  }

  command c;
  c.source = command_source::input;
  c.target = std::move(subject->target);
  c.sequence = message.sequence;
  c.at = at;
  c.numbered = message.id.empty();
  c.id = c.numbered ? std::to_string(message.sequence) : message.id;
  c.by = std::move(subject->by);
  if (message.trace.size() <= trace_bytes_max && is_printable(message.trace)) {
    c.trace = message.trace;
  }
  c.body_hash = hash_of_command(message);
  c.body = std::move(std::get<command_body>(decoded));
  seal_codes(c);
  return c;
}

std::uint64_t fingerprint(const stored_message& message) {
  const auto seed = wire::fast_hash(
      message.id,
      message.sequence ^ static_cast<std::uint64_t>(message.stored_at.time_since_epoch().count()));
  return wire::fast_hash(message.body, seed);
}

} // namespace dispatch
