#include "cmd/dispatch-bench/usage.hpp"

#include "cmd/shared/exit_code.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <unistd.h>

namespace dispatch::bench {

usage usage_of(pid_t id) {
  std::ifstream file{"/proc/" + std::to_string(id) + "/stat"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  // The name of the program is in brackets and may contain anything. Behind it: state (field 3).
  std::istringstream fields{text.substr(std::min(text.size(), text.rfind(')') + 1))};
  std::string skipped;
  for (int field = 3; field < 14; ++field) {
    fields >> skipped;
  }
  double user = 0.0;
  double system = 0.0;
  double threads = 0.0;
  double pages = 0.0;
  fields >> user >> system;                                      // 14, 15
  fields >> skipped >> skipped >> skipped >> skipped >> threads; // 20
  fields >> skipped >> skipped >> skipped >> pages;              // 24
  if (!fields) {
    throw cli::stop(cli::exit_code::failed,
                    "cannot read what process " + std::to_string(id) + " takes");
  }
  return {.resident_bytes = pages * static_cast<double>(::sysconf(_SC_PAGESIZE)),
          .threads = threads,
          .processor_s = (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK))};
}

} // namespace dispatch::bench
