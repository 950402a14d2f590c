#include "tests/nemesis/ledger.hpp"

#include "messages/nats/ports/commit_log.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/harness.hpp"

#include <cstdint>
#include <string_view>

namespace dispatch::nemesis {

std::set<std::string> lost_commands(const std::shared_ptr<nats::connection>& on,
                                    const std::string& zone, std::set<std::string> announced) {
  const auto subject = wire::subjects{}.log(zone);
  nats::nats_commit_log log{on, wire::log_stream(wire::default_root, zone), subject};
  const auto kept = integration::value_of(log.state());
  integration::value_of(
      log.scan(kept.first_sequence, kept.last_sequence, [&](std::uint64_t, std::string_view bytes) {
        if (const auto record = wire::decode_record(bytes)) {
          for (const auto& event : record->events) {
            announced.erase(event.command_id);
          }
        }
        return true;
      }));
  return announced;
}

} // namespace dispatch::nemesis
