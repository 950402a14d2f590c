#pragma once

#include "messages/result.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

/// Instances of the public Meal Delivery Routing Problem (Reyes et al. 2018), as the repository
/// grubhub/mdrplib has them. Times are whole minutes of the day, places metres in a plane.
namespace dispatch::sim::mdrp {

struct spot {
  double x_m = 0.0;
  double y_m = 0.0;
};

struct meal {
  std::string id;
  spot customer;
  int placed = 0;
  std::size_t restaurant = 0; ///< index
  int ready = 0;
};

struct courier {
  std::string id;
  spot start;
  int on = 0;
  int off = 0;
};

struct restaurant {
  std::string id;
  spot at;
};

struct instance {
  std::string name;
  std::vector<restaurant> restaurants;
  std::vector<meal> meals; ///< in the sequence of placing
  std::vector<courier> couriers;
  double metres_per_minute = 0.0;
  int pick_up_service = 0;
  int drop_off_service = 0;
  int target = 0; ///< click to door
  double pay_per_order = 0.0;
  double pay_per_hour = 0.0; ///< guaranteed
};

/// Reads the files of a directory. A failure names the file, the line and what is wrong.
result<instance> read_instance(const std::filesystem::path& directory);

/// Whole minutes, rounded up, as the problem's rules say.
int travel_minutes(const instance& of, const spot& from, const spot& to);

} // namespace dispatch::sim::mdrp
