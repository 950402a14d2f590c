#include "tests/integration/sender_ledger.hpp"

#include "messages/nats/connection/api.hpp"
#include "tests/integration/harness.hpp"

#include <functional>
#include <utility>

namespace dispatch::integration {

namespace {

std::size_t hash_of(std::string_view body) { return std::hash<std::string_view>{}(body); }

} // namespace

void sender_ledger::note(std::string subject, std::string id, std::string_view body,
                         const nats::publish_ack& answer) {
  if (answer.error_code == 0) {
    entries_.push_back({answer.sequence, std::move(subject), std::move(id), hash_of(body)});
  }
}

std::vector<std::string> sender_ledger::suppressed(nats::connection& on,
                                                   const std::string& stream) const {
  std::vector<std::string> found;
  for (const auto& own : entries_) {
    const auto stored = value_of(nats::api::message_at(on, stream, own.sequence));
    if (stored && (stored->subject != own.subject || stored->id != own.id ||
                   hash_of(stored->body) != own.body_hash)) {
      found.push_back(own.subject + " with id " + own.id + " was acknowledged as sequence " +
                      std::to_string(own.sequence) + ", which holds " + stored->subject);
    }
  }
  return found;
}

} // namespace dispatch::integration
