// Waybills that no zone may hand out, in logs whose chain is sound.

#include "cmd/audit/auditor.hpp"
#include "messages/wire/codec.hpp"
#include "tests/audit/script.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <utility>

using namespace dispatch;
using namespace script;
using audit::check;

namespace {

/// The first order of the good day, as its waybill has to say.
waybill expected_paper() {
  order_placed placed;
  const auto day = good_day();
  for (const auto& e : day[2].r.events) {
    if (const auto* of_order = std::get_if<order_event>(&e.body)) {
      if (const auto* found = std::get_if<order_placed>(of_order)) {
        placed = *found;
      }
    }
  }
  return {.number = "o1-1",
          .zone = "z",
          .order = "o1",
          .rider = "r1",
          .offer = "f4-0",
          .station = placed.order.station,
          .pick_up = placed.order.pick_up,
          .drop_off = placed.order.drop_off,
          .load = placed.order.load,
          .reference = placed.order.reference,
          .assigned_at = time_of(accept_turn),
          .items = placed.order.items};
}

signed_waybill paper(bool with_signature, const waybill& what = expected_paper()) {
  return {what.number, wire::encode_waybill(what), with_signature ? "SM2-SM3" : "",
          with_signature ? "key" : "", with_signature ? "good" : ""};
}

/// A turn in which the order's waybill reaches the rider.
turn handing_out(const signed_waybill& what, const std::string& rider = "r1") {
  turn t;
  t.order("o1", waybill_issued{rider, what}).rider(rider, waybill_received{"o1", what});
  return t;
}

/// The good day with these turns behind the acceptance, whose assignment has a number.
story day_with(const std::vector<turn>& more, std::size_t place = accept_turn + 1) {
  auto day = good_day();
  for (auto& e : day[accept_turn].r.events) {
    if (auto* of_order = std::get_if<order_event>(&e.body)) {
      if (auto* assigned = std::get_if<order_assigned>(of_order)) {
        assigned->assignment = 1;
        assigned->at = time_of(accept_turn);
      }
    }
  }
  day.insert(day.begin() + static_cast<std::ptrdiff_t>(place), more.begin(), more.end());
  return day;
}

audit::audit_report report_on(const story& day, const audit::audit_options& options) {
  audit::auditor auditor{"dispatch", "z", options};
  const auto written = write(day);
  for (std::size_t i = 0; i < written.log.size(); ++i) {
    auditor.add_record(i + 1, written.log[i]);
  }
  return auditor.finish();
}

std::uint64_t waybill_complaints(const audit::audit_report& report) {
  return report.violations_by_check.at(static_cast<std::size_t>(check::waybill));
}

std::uint64_t complaints(const story& day, bool signatures_checked = true) {
  audit::audit_options options;
  if (signatures_checked) {
    options.signature_of = [](const signed_waybill& what) {
      return what.signature == "good" ? audit::signature_state::good : audit::signature_state::bad;
    };
  }
  return waybill_complaints(report_on(day, options));
}

} // namespace

TEST_CASE("a waybill is issued unsigned, then signed, and reaches the rider each time") {
  CHECK(complaints(day_with({})) == 0);
  CHECK(complaints(day_with({handing_out(paper(true))})) == 0);
  CHECK(complaints(day_with({handing_out(paper(false)), handing_out(paper(true))})) == 0);
}

TEST_CASE("a waybill is signed after the delivery only when it was issued before") {
  auto day = day_with({handing_out(paper(false))});
  const auto late = [&](const std::vector<turn>& more) {
    auto with = day;
    with.insert(with.begin() + static_cast<std::ptrdiff_t>(deliver_turn) + 2, more.begin(),
                more.end());
    return complaints(with);
  };
  CHECK(late({handing_out(paper(true))}) == 0);
  CHECK(late({handing_out(paper(false))}) == 1);
  CHECK(late({handing_out(paper(true)), handing_out(paper(true))}) == 1);
  day = day_with({handing_out(paper(true))});
  CHECK(late({handing_out(paper(true))}) == 1);
}

TEST_CASE("a waybill issued too often") {
  CHECK(complaints(day_with({handing_out(paper(true)), handing_out(paper(true))})) == 1);
  CHECK(complaints(day_with({handing_out(paper(false)), handing_out(paper(false))})) == 1);
  CHECK(complaints(day_with({handing_out(paper(true)), handing_out(paper(false))})) == 1);
}

TEST_CASE("a waybill of an order that no rider has") {
  CHECK(complaints(day_with({handing_out(paper(true))}, offer_turn + 1)) == 1);
  CHECK(complaints(day_with({handing_out(paper(true))}, deliver_turn + 1)) == 1);
}

TEST_CASE("a waybill that says anything else than the log") {
  const auto complaints_about = [](const std::function<void(waybill&)>& change) {
    auto what = expected_paper();
    change(what);
    return complaints(day_with({handing_out(paper(true, what))}));
  };
  CHECK(complaints_about([](waybill&) {}) == 0);
  CHECK(complaints_about([](waybill& w) { w.number = "o1-2"; }) == 1);
  CHECK(complaints_about([](waybill& w) { w.zone = "y"; }) == 1);
  CHECK(complaints_about([](waybill& w) { w.order = "o3"; }) == 1);
  CHECK(complaints_about([](waybill& w) { w.rider = "r2"; }) == 1);
  CHECK(complaints_about([](waybill& w) { w.offer = "f0-0"; }) == 1);
  CHECK(complaints_about([](waybill& w) { w.station += "x"; }) == 1);
  CHECK(complaints_about([](waybill& w) { w.pick_up.latitude += 1e-9; }) == 1);
  CHECK(complaints_about([](waybill& w) { w.drop_off.longitude += 1e-9; }) == 1);
  CHECK(complaints_about([](waybill& w) { ++w.load; }) == 1);
  CHECK(complaints_about([](waybill& w) { w.items.push_back({"gas", 1}); }) == 1);
  CHECK(complaints_about([](waybill& w) { w.reference += "x"; }) == 1);
  CHECK(complaints_about([](waybill& w) { w.assigned_at += duration{1}; }) == 1);
  auto unreadable = paper(true);
  unreadable.document = "\xFF";
  CHECK(complaints(day_with({handing_out(unreadable)})) == 1);
}

TEST_CASE("a waybill that the rider does not get, or another one") {
  turn nobody_told;
  nobody_told.order("o1", waybill_issued{"r1", paper(true)});
  CHECK(complaints(day_with({nobody_told})) == 1);
  turn nothing_issued;
  nothing_issued.rider("r1", waybill_received{"o1", paper(true)});
  CHECK(complaints(day_with({nothing_issued})) == 1);
  turn changed;
  changed.order("o1", waybill_issued{"r1", paper(true)})
      .rider("r1", waybill_received{"o1", paper(false)});
  CHECK(complaints(day_with({changed})) == 2);
  CHECK(complaints(day_with({handing_out(paper(true), "r2")})) == 1);
}

TEST_CASE("a signature that is not good, or half of one") {
  auto forged = paper(true);
  forged.signature = "forged";
  CHECK(complaints(day_with({handing_out(forged)})) == 1);
  CHECK(complaints(day_with({handing_out(forged)}), false) == 0);
  auto half = paper(true);
  half.signature.clear();
  CHECK(complaints(day_with({handing_out(half)})) == 1);
}

TEST_CASE("a signature of a key that is not there to check with is told, and is no violation") {
  audit::audit_options options;
  options.signature_of = [](const signed_waybill&) {
    return audit::signature_state::of_another_key;
  };
  const auto report = report_on(day_with({handing_out(paper(true))}), options);
  CHECK(waybill_complaints(report) == 0);
  CHECK(report.waybills_of_other_keys == std::map<std::string, std::uint64_t>{{"key", 1}});
  CHECK(audit::to_text(report).find("1 not checked: signed with key key") != std::string::npos);
}

TEST_CASE("assignments are numbered without gaps") {
  auto day = day_with({});
  for (auto& e : day[accept_turn].r.events) {
    if (auto* of_order = std::get_if<order_event>(&e.body)) {
      if (auto* assigned = std::get_if<order_assigned>(of_order)) {
        assigned->assignment = 2;
      }
    }
  }
  CHECK(complaints(day) == 1);
}
