#include "cmd/audit/lives/waybills.hpp"

#include "messages/wire/codec.hpp"

#include <utility>

namespace dispatch::audit {

void waybill_check::apply(const record& r, const event& e) {
  if (const auto* of_order = std::get_if<order_event>(&e.body)) {
    apply_order(r.number, e.entity.id, *of_order);
  } else if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
    if (const auto* received = std::get_if<waybill_received>(of_rider)) {
      check_received(r.number, e.entity.id, *received);
    }
  }
}

void waybill_check::apply_order(std::uint64_t number, const std::string& id,
                                const order_event& body) {
  if (const auto* placed = std::get_if<order_placed>(&body)) {
    const auto& details = placed->order;
    auto& expected = orders_[id].expected;
    expected = {{},
                zone_,
                id,
                {},
                {},
                details.station,
                details.pick_up,
                details.drop_off,
                details.load,
                details.reference,
                {},
                details.items};
  } else if (const auto* sourced = std::get_if<order_sourced>(&body)) {
    orders_[id].expected.station = sourced->station;
    orders_[id].expected.pick_up = sourced->pick_up;
  } else if (const auto* assigned = std::get_if<order_assigned>(&body)) {
    auto& known = orders_[id];
    if (assigned->assignment > 0 && assigned->assignment != known.count + 1) {
      found_.add(check::waybill, number,
                 "Assignment " + std::to_string(assigned->assignment) + " of order " + id +
                     " follows assignment " + std::to_string(known.count) + ".");
    }
    known.count = assigned->assignment;
    known.expected.rider = assigned->rider;
    known.expected.offer = assigned->offer;
    known.expected.assigned_at = assigned->at;
    known.bound = true;
    known.issued = false;
    known.is_signed = false;
  } else if (std::holds_alternative<order_unassigned>(body)) {
    orders_[id].bound = false;
  } else if (const auto* stranded = std::get_if<order_stranded>(&body)) {
    orders_[id].bound = false;
    orders_[id].expected.pick_up = stranded->at;
  } else if (std::holds_alternative<order_cancelled>(body) ||
             std::holds_alternative<order_undeliverable>(body)) {
    orders_.erase(id);
  } else if (std::holds_alternative<order_returned>(body) ||
             std::holds_alternative<order_written_off>(body) ||
             std::holds_alternative<order_delivered>(body)) {
    const auto known = orders_.find(id);
    if (known != orders_.end() && (!known->second.issued || known->second.is_signed)) {
      orders_.erase(known);
    }
  } else if (const auto* issued = std::get_if<waybill_issued>(&body)) {
    check_issued(number, id, *issued);
  }
}

void waybill_check::check_issued(std::uint64_t number, const std::string& id,
                                 const waybill_issued& body) {
  const auto& paper = body.waybill;
  const auto add = [&](const std::string& what) {
    found_.add(check::waybill, number, "Waybill " + paper.number + " of order " + id + " " + what);
  };
  ++(paper.is_signed() ? report_.waybills_signed : report_.waybills_unsigned);
  untold_.emplace(id, body);
  const auto known = orders_.find(id);
  if (known == orders_.end() || !known->second.bound) {
    add("is issued while no rider has the order.");
    return;
  }
  auto& life = known->second;
  if (life.is_signed || (life.issued && !paper.is_signed())) {
    add("is issued a second time.");
  }
  life.issued = true;
  life.is_signed = life.is_signed || paper.is_signed();

  auto expected = life.expected;
  expected.number = id + "-" + std::to_string(life.count);
  const auto said = wire::decode_waybill(paper.document);
  if (!said) {
    add("cannot be read: " + said.error().what + ".");
  } else if (!(*said == expected) || paper.number != expected.number) {
    add("does not say what was assigned as number " + expected.number + " to rider " +
        expected.rider + ".");
  }
  if (body.rider != expected.rider) {
    add("is given to rider " + body.rider + " while rider " + expected.rider + " has the order.");
  }
  if (paper.is_signed() != !paper.key.empty() || paper.is_signed() != !paper.algorithm.empty()) {
    add("names a key without a signature, or the other way round.");
  }
  if (paper.is_signed() && check_) {
    const auto worth = check_(paper);
    if (worth == signature_state::bad) {
      add("has a signature that is not good.");
    } else if (worth == signature_state::of_another_key) {
      ++report_.waybills_of_other_keys[paper.key];
    }
  }
}

void waybill_check::check_received(std::uint64_t number, const std::string& rider,
                                   const waybill_received& body) {
  auto [from, to] = untold_.equal_range(body.order);
  for (; from != to; ++from) {
    if (from->second.rider == rider && from->second.waybill == body.waybill) {
      untold_.erase(from);
      return;
    }
  }
  found_.add(check::waybill, number,
             "Rider " + rider + " gets waybill " + body.waybill.number + " of order " + body.order +
                 ", which was not issued like that.");
}

void waybill_check::finish_record(std::uint64_t number) {
  for (const auto& [id, issued] : std::exchange(untold_, {})) {
    found_.add(check::waybill, number,
               "Waybill " + issued.waybill.number + " of order " + id + " does not reach rider " +
                   issued.rider + ".");
  }
}

} // namespace dispatch::audit
