#pragma once

#include "tests/support/virtual_city.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace dispatch::testing {

/// Watches what owners may never do, from the streams alone and with the names of the senders: who
/// opened the newest epoch is the only one who appends, and what is announced is in the log, in its
/// order, but for seals of delivery codes.
class stream_watch {
public:
  explicit stream_watch(city_streams streams) : streams_(std::move(streams)) {}

  /// Judges what has come since the last look.
  void look();

  /// The first; empty: none.
  const std::string& violation() const { return violation_; }

  /// Name of who appended the newest OPEN.
  const std::string& opener() const { return opener_; }

  /// Number of the last record of which something is announced.
  std::uint64_t last_announced() const { return last_number_; }

  /// Announcements by a former owner, after a newer one had opened the zone. Each was the very next
  /// event of the log.
  std::uint64_t late_announcements() const { return late_announcements_; }

private:
  void look_at_record(const memory::fenced_stream::message& stored);
  void look_at_announcement(const memory::fenced_stream::message& stored);
  void violated(const std::string& what);

  city_streams streams_;
  std::string opener_;
  std::vector<std::uint64_t> epochs_; ///< of the records seen
  std::uint64_t announced_ = 0;       ///< messages of OUT seen
  std::uint64_t last_number_ = 0;     ///< of the last of them
  std::uint64_t last_index_ = 0;
  std::uint64_t late_announcements_ = 0;
  std::string violation_;
};

} // namespace dispatch::testing
