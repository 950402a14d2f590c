#pragma once

#include "cmd/audit/report.hpp"
#include "messages/records/record.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch::audit {

/// Judges riders over several zones of one root: nobody is on shift in two of them, and who is on a
/// break gets no offer from any zone before the break has ended. Each log alone is the auditor's.
class neighbour_auditor {
public:
  /// How long two shifts may overlap: the clocks of zones, and of the servers that gave the stamps,
  /// are not the same.
  static constexpr std::chrono::seconds tolerance{2};

  /// A record of this zone, in the order of its log; the zones in any order. `at`: on a clock that
  /// all zones share, such as the server's stamp.
  void add(const std::string& zone, timestamp at, const record& r);

  /// The verdict; only its violations say something. Nothing may be added afterwards.
  audit_report finish();

private:
  struct step {
    timestamp at;
    std::string zone;
    std::uint64_t record = 0;
    std::string rider;
    rider_event what;
  };
  struct whereabouts {
    std::map<std::string, timestamp> on_shift; ///< since, by zone
    bool on_break = false;
  };

  static bool counts(const rider_event& event);
  void judge(const step& s);
  void begin_shift(const step& s);
  void end_shift(const step& s);
  void check_overlap(const step& s, const std::string& other, timestamp from, timestamp until);
  void add_violation(const step& s, const std::string& sentence);

  std::vector<step> steps_;
  std::unordered_map<std::string, whereabouts> riders_;
  audit_report report_;
};

} // namespace dispatch::audit
