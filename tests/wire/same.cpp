#include "tests/wire/samples.hpp"

#include <algorithm>
#include <concepts>
#include <tuple>

namespace samples {

using namespace dispatch;

bool same(const command_body& a, const command_body& b) {
  if (a.index() != b.index()) {
    return false;
  }
  return std::visit(
      [&b](const auto& group) {
        const auto& other = std::get<std::decay_t<decltype(group)>>(b);
        return group.index() == other.index() &&
               std::visit(
                   [&other](const auto& plain) {
                     using type = std::decay_t<decltype(plain)>;
                     if constexpr (std::equality_comparable<type>) {
                       return plain == std::get<type>(other);
                     } else {
                       return std::is_empty_v<type>;
                     }
                   },
                   group);
      },
      a);
}

bool same(const command& a, const command& b) {
  const auto all = [](const command& c) {
    return std::tie(c.source, c.target, c.sequence, c.at, c.id, c.by, c.trace, c.body_hash,
                    c.refused_at_intake, c.retry_after_ms, c.numbered);
  };
  return all(a) == all(b) && same(a.body, b.body);
}

bool same(const event& a, const event& b) {
  const auto all = [](const event& e) {
    return std::tie(e.entity, e.at, e.command_id, e.trace, e.body);
  };
  return all(a) == all(b);
}

bool same(const record& a, const record& b) {
  const auto rest = [](const record& r) {
    return std::tie(r.format, r.kind, r.zone, r.epoch, r.number, r.previous, r.now,
                    r.input_position, r.input_fingerprint, r.digest, r.decisions, r.dead_letters,
                    r.local_offset_s);
  };
  constexpr auto equal = [](const auto& one, const auto& other) { return same(one, other); };
  return rest(a) == rest(b) && std::ranges::equal(a.commands, b.commands, equal) &&
         std::ranges::equal(a.events, b.events, equal);
}

} // namespace samples
