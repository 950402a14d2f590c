#include "actors/commit_log/committed_record.hpp"

namespace dispatch {

result<std::optional<std::string>> committed_record(store& kept, commit_log& log,
                                                    std::uint64_t number) {
  auto bytes = kept.journal(number);
  if (!bytes || *bytes) {
    return bytes;
  }
  const auto position = kept.position();
  if (!position) {
    return position.error();
  }
  const auto back = position->number - number;
  if (number > position->number || back >= position->log_sequence) {
    return std::optional<std::string>{};
  }
  return log.read(position->log_sequence - back);
}

} // namespace dispatch
