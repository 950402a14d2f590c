#include "actors/domain/waybill.hpp"

namespace dispatch::domain {

std::string waybill_number(std::string_view order, std::uint32_t assignment) {
  return std::string{order} + "-" + std::to_string(assignment);
}

bool wants_waybill(const order& state) {
  const auto has_rider = state.status == order_status::assigned ||
                         state.status == order_status::picked_up ||
                         state.status == order_status::returning;
  const auto was_carried = state.status == order_status::delivered ||
                           state.status == order_status::returned ||
                           state.status == order_status::written_off;
  // What was assigned before there were waybills has no number.
  return (has_rider || (was_carried && state.waybill_issued)) && state.assignments > 0 &&
         !state.waybill_signed;
}

waybill waybill_of(std::string_view zone, std::string_view id, const order& state) {
  return {.number = waybill_number(id, state.assignments),
          .zone = std::string{zone},
          .order = std::string{id},
          .rider = state.rider,
          .offer = state.offer,
          .station = state.details.station,
          .pick_up = state.details.pick_up,
          .drop_off = state.details.drop_off,
          .load = state.details.load,
          .reference = state.details.reference,
          .assigned_at = state.assigned_at,
          .items = state.details.items};
}

} // namespace dispatch::domain
