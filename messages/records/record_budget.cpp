#include "messages/records/record_budget.hpp"

#include "messages/limits.hpp"

#include <string>
#include <variant>
#include <vector>

namespace dispatch::record_budget {

namespace {

/// The tag and the length in front of a text in a list.
constexpr std::size_t list_entry_bytes = 2;

std::size_t names(const std::vector<std::string>& list) {
  std::size_t bytes = 0;
  for (const auto& name : list) {
    bytes += name.size() + list_entry_bytes;
  }
  return bytes;
}

/// A place with its kind, its order and two times.
constexpr std::size_t stop_bytes = 80;

// What comes on top of the sums: bodies, twice, of which one may go beyond the bound of a turn.
static_assert(limits::record_bytes_max +
                  2 * (limits::input_bytes_per_turn + limits::command_bytes_max) <=
              limits::record_bytes_hard_max);

} // namespace

std::size_t reserve(const command& c) {
  // The number, the signature and its key.
  constexpr std::size_t waybill_bytes = 128;
  const auto* of_order = std::get_if<order_command>(&c.body);
  const auto* paper = of_order != nullptr ? std::get_if<attach_waybill>(of_order) : nullptr;
  return command_bytes +
         (paper != nullptr ? waybill_copies * (paper->waybill.document.size() + waybill_bytes) : 0);
}

std::size_t reserve(const event& e) {
  constexpr std::size_t overhead_bytes = 96;
  return overhead_bytes + e.entity.id.size() + e.command_id.size() + e.trace.size();
}

std::size_t reserve(const dead_letter& letter) {
  constexpr std::size_t overhead_bytes = 256;
  return overhead_bytes + letter.subject.size() + letter.excerpt.size() + letter.detail.size();
}

std::size_t reserve(const travel_answer& told) {
  // The vehicle, two cells of 40 bits, and a number of 8 bytes.
  constexpr std::size_t time_bytes = 28;
  return told.order.size() + told.times.size() * time_bytes;
}

std::size_t reserve(const decision& d) {
  // Ids of the order, the rider and the offer, and the numbers of the search.
  constexpr std::size_t overhead_bytes = 128;
  // The rider who has the order, as one more candidate.
  constexpr std::size_t holder_bytes = 128;
  // Eight numbers of 9 bytes, and two ids.
  constexpr std::size_t candidate_bytes = 106;
  // An id and a code.
  constexpr std::size_t gated_bytes = 30;
  // Two small numbers.
  constexpr std::size_t count_bytes = 8;
  auto bytes = overhead_bytes + (d.swap_from ? holder_bytes : 0) +
               d.candidates.size() * candidate_bytes + d.gated.size() * gated_bytes +
               d.counts.size() * count_bytes + names(d.rules) + names(d.failed_rules);
  for (const auto& c : d.candidates) {
    bytes += names(c.rules);
  }
  for (const auto& g : d.gated) {
    bytes += g.rule.size();
  }
  return bytes;
}

std::size_t reserve_assignment() {
  // Four events: of the rider `offer_received` and `assigned`, of the order, of the station.
  constexpr std::size_t events_bytes = 1024;
  return events_bytes;
}

std::size_t reserve_offer(std::size_t stops) { return reserve_assignment() + stops * stop_bytes; }

std::size_t reserve_further_offer(std::size_t stops) {
  // Two events and two ids.
  constexpr std::size_t events_bytes = 640;
  return events_bytes + stops * stop_bytes;
}

} // namespace dispatch::record_budget
