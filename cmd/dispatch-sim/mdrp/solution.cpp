#include "cmd/dispatch-sim/mdrp/solution.hpp"

#include <charconv>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace dispatch::sim::mdrp {

namespace {

constexpr auto assignments_file = "solution_info_assignments.txt";
constexpr auto meals_file = "solution_info_orders.txt";
constexpr auto moves_file = "solution_info_couriers.txt";

/// The words of one line of a file behind its header.
class line_words {
public:
  line_words(std::string file, std::size_t line, const std::string& text)
      : file_(std::move(file)), line_(line) {
    std::istringstream words{text};
    for (std::string word; words >> word;) {
      words_.push_back(word);
    }
  }

  const std::string& text(std::size_t index) const {
    if (index >= words_.size()) {
      throw wrong("has " + std::to_string(words_.size()) + " words");
    }
    return words_[index];
  }

  int minute(std::size_t index) const {
    const auto& word = text(index);
    auto value = 0;
    const auto* end = word.data() + word.size();
    const auto read = std::from_chars(word.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end) {
      throw wrong("'" + word + "' is not a whole minute");
    }
    return value;
  }

  std::vector<std::string> from(std::size_t index) const {
    (void)text(index);
    return {words_.begin() + static_cast<std::ptrdiff_t>(index), words_.end()};
  }

private:
  std::runtime_error wrong(const std::string& complaint) const {
    return std::runtime_error(file_ + ", line " + std::to_string(line_) + ": " + complaint);
  }

  std::string file_;
  std::size_t line_;
  std::vector<std::string> words_;
};

template <class Take> void read_lines(const std::filesystem::path& path, const Take& take) {
  std::ifstream file{path};
  std::string text;
  if (!std::getline(file, text)) {
    throw std::runtime_error("cannot read " + path.string());
  }
  for (std::size_t line = 2; std::getline(file, text); ++line) {
    if (!text.empty()) {
      take(line_words{path.string(), line, text});
    }
  }
}

} // namespace

solution solution_of(const instance& of, const served_day& day) {
  solution made;
  for (const auto& bundle : day.bundles) {
    solution::assignment assignment{
        bundle.assigned, bundle.collected, of.couriers[bundle.courier].id, {}};
    for (const auto meal : bundle.meals) {
      assignment.meals.push_back(of.meals[meal].id);
    }
    made.assignments.push_back(std::move(assignment));
  }
  for (std::size_t i = 0; i < of.meals.size(); ++i) {
    const auto& served = day.meals[i];
    if (served.delivered) {
      made.meals.push_back({of.meals[i].id, of.meals[i].placed, of.meals[i].ready,
                            *served.collected, *served.delivered, of.couriers[served.courier].id});
    }
  }
  for (std::size_t i = 0; i < of.couriers.size(); ++i) {
    for (const auto& leg : day.legs[i]) {
      made.moves.push_back({of.couriers[i].id, leg.left, leg.from, leg.to});
    }
  }
  return made;
}

served_day served_by(const instance& of, const solution& solution) {
  std::map<std::string, std::size_t> meal_of;
  for (std::size_t i = 0; i < of.meals.size(); ++i) {
    meal_of.emplace(of.meals[i].id, i);
  }
  std::map<std::string, std::size_t> courier_of;
  for (std::size_t i = 0; i < of.couriers.size(); ++i) {
    courier_of.emplace(of.couriers[i].id, i);
  }
  served_day day;
  day.meals.resize(of.meals.size());
  for (const auto& each : solution.meals) {
    day.meals.at(meal_of.at(each.meal)) = {each.collected, each.delivered,
                                           courier_of.at(each.courier)};
  }
  for (const auto& each : solution.assignments) {
    day.bundles.push_back({each.assigned, each.collected, courier_of.at(each.courier), {}});
  }
  return day;
}

status write_solution(const std::filesystem::path& directory, const solution& written) {
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  std::ofstream assignments{directory / assignments_file};
  assignments << "assignment_time pickup_time courier orders\n";
  for (const auto& each : written.assignments) {
    assignments << each.assigned << ' ' << each.collected << ' ' << each.courier;
    for (const auto& meal : each.meals) {
      assignments << ' ' << meal;
    }
    assignments << '\n';
  }
  std::ofstream meals{directory / meals_file};
  meals << "order placement_time ready_time pickup_time dropoff_time courier\n";
  for (const auto& each : written.meals) {
    meals << each.meal << ' ' << each.placed << ' ' << each.ready << ' ' << each.collected << ' '
          << each.delivered << ' ' << each.courier << '\n';
  }
  std::ofstream moves{directory / moves_file};
  moves << "courier departure_time origin destination\n";
  for (const auto& each : written.moves) {
    moves << each.courier << ' ' << each.left << ' ' << each.from << ' ' << each.to << '\n';
  }
  assignments.close();
  meals.close();
  moves.close();
  if (!assignments || !meals || !moves) {
    return failure{"cannot write into " + directory.string()};
  }
  return nothing{};
}

result<solution> read_solution(const std::filesystem::path& directory) {
  solution read;
  try {
    read_lines(directory / assignments_file, [&](const line_words& words) {
      read.assignments.push_back({words.minute(0), words.minute(1), words.text(2), words.from(3)});
    });
    read_lines(directory / meals_file, [&](const line_words& words) {
      read.meals.push_back({words.text(0), words.minute(1), words.minute(2), words.minute(3),
                            words.minute(4), words.text(5)});
    });
    read_lines(directory / moves_file, [&](const line_words& words) {
      read.moves.push_back({words.text(0), words.minute(1), words.text(2), words.text(3)});
    });
  } catch (const std::runtime_error& error) {
    return failure{error.what()};
  }
  return read;
}

} // namespace dispatch::sim::mdrp
