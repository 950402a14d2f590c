#include "cmd/audit/streams/journal.hpp"

namespace dispatch::audit {

void journal_check::add(const journal& against, std::uint64_t number, std::string_view bytes) {
  if (forked_ || number > against.last) {
    return;
  }
  const auto own = against.bytes_of(number);
  if (!own) {
    return;
  }
  if (*own != bytes) {
    forked_ = true;
    found_.add(check::journal, number,
               "The log forked: the record is not the one that the journal has. Up to the record "
               "before they are the same.");
    return;
  }
  auto& range = report_.journalled;
  range = {range.empty() ? number : range.first, number};
}

void journal_check::finish(const journal& against, std::uint64_t last) {
  if (!forked_ && against.last > last) {
    found_.add(check::journal, last + 1,
               "The log has lost records " + std::to_string(last + 1) + " to " +
                   std::to_string(against.last) +
                   ", which the journal holds: a node that opens the zone on it restores them.");
  }
}

} // namespace dispatch::audit
