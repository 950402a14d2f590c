#pragma once

#include "cmd/dispatch-sim/city/rider_agent.hpp"
#include "cmd/dispatch-sim/city/scenario.hpp"
#include "cmd/dispatch-sim/city/synthetic_city.hpp"
#include "messages/policy.hpp"

#include <array>
#include <string_view>

/// Cities in which something goes wrong, each under a name and from a seed.
namespace dispatch::sim {

/// The names, with what happens in words.
struct named_city {
  std::string_view name;
  std::string_view description;
};
inline constexpr std::array<named_city, 5> named_cities = {{
    {"gas-city", "an evening, a night and a morning of orders for gas cylinders of any station: "
                 "stock runs out, some need a skilled rider, and none of those goes out at night"},
    {"gas-city-trouble",
     "the same with late stations, sensors that count beside riders at the shelf, operators who "
     "hold, pause, assign and unassign, and riders who work in a neighbouring zone for a while"},
    {"rider-strike", "riders do not answer 70 % of the offers"},
    {"station-outage", "a third of the stations close in the middle, half of them for good"},
    {"payment-storm", "20 % of the payments come too late, 5 % twice, 3 % never"},
}};

/// The city of that name. Changes what riders do and what the zone's policy says where the name
/// asks for it.
scenario city_of_name(std::string_view name, const synthetic_settings& settings,
                      rider_habits& habits, policy& policy);

} // namespace dispatch::sim
