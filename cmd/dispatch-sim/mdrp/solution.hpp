#pragma once

#include "cmd/dispatch-sim/mdrp/day.hpp"
#include "cmd/dispatch-sim/mdrp/instance.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace dispatch::sim::mdrp {

/// What a solution's files say, line by line.
struct solution {
  struct assignment {
    int assigned = 0;
    int collected = 0;
    std::string courier;
    std::vector<std::string> meals; ///< in the sequence of delivery
  };
  struct meal_times {
    std::string meal;
    int placed = 0;
    int ready = 0;
    int collected = 0;
    int delivered = 0;
    std::string courier;
  };
  struct move {
    std::string courier;
    int left = 0;
    std::string from; ///< `0`: where the courier started
    std::string to;
  };

  std::vector<assignment> assignments;
  std::vector<meal_times> meals; ///< delivered ones alone
  std::vector<move> moves;       ///< of one courier after the other, ascending
};

solution solution_of(const instance& of, const served_day& day);

/// What a solution without violations says that happened.
served_day served_by(const instance& of, const solution& solution);

/// Writes the three files that the public evaluator reads into a directory, which is made.
status write_solution(const std::filesystem::path& directory, const solution& written);

/// Reads them. A failure names the file, the line and what is wrong.
result<solution> read_solution(const std::filesystem::path& directory);

} // namespace dispatch::sim::mdrp
