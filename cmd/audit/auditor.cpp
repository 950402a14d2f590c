#include "cmd/audit/auditor.hpp"

#include "messages/wire/codec.hpp"

#include <utility>

namespace dispatch::audit {

namespace {

/// By which the epoch is decided that begins with the record; nullopt: none begins.
std::optional<std::uint32_t> edition_opened(const record& r) {
  for (const auto& e : r.events) {
    const auto* of_zone = std::get_if<zone_event>(&e.body);
    const auto* opened = of_zone != nullptr ? std::get_if<zone_opened>(of_zone) : nullptr;
    if (opened != nullptr) {
      return opened->edition;
    }
  }
  return std::nullopt;
}

} // namespace

auditor::auditor(const std::string& root, const std::string& zone, audit_options options)
    : zone_(zone), options_(std::move(options)), found_(report_, options_.violations_kept),
      chain_(found_), clock_(found_, options_.clock), inputs_(found_, report_, root),
      journal_(found_, report_), outputs_(found_, report_, zone, root), orders_(found_),
      riders_(found_, orders_), hand_overs_(found_), stations_(found_, orders_, hand_overs_),
      waybills_(found_, report_, zone, options_.signature_of), policies_(found_),
      idle_turns_(found_), refusals_(found_), attempts_(found_), handed_out_(found_),
      traces_(found_), waiting_(found_), deadlines_(found_, options_.late_by_max),
      wishes_(found_, options_.late_by_max) {
  report_.zone = zone;
}

void auditor::add_record(std::uint64_t log_sequence, std::string_view bytes,
                         std::optional<timestamp> stored_at) {
  report_.log = {report_.log.empty() ? log_sequence : report_.log.first, log_sequence};
  const auto decoded = wire::decode_record(bytes);
  const auto encoded_events = wire::encoded_events_of(bytes);
  if (!decoded || !encoded_events) {
    chain_.add(log_sequence, bytes, nullptr);
    found_.add(check::record_decodes, report_.numbers.last + 1,
               "The bytes at log sequence " + std::to_string(log_sequence) +
                   " are no record: " + (decoded ? encoded_events.error() : decoded.error()).what);
    return;
  }
  const auto& r = *decoded;
  if (r.zone != zone_) {
    found_.add(check::record_zone, r.number, "It is a record of zone " + r.zone + ".");
  }
  if (report_.records == 0) {
    report_.numbers.first = r.number;
    report_.lives_judged = r.number == 1;
  }
  report_.numbers.last = r.number;
  if (const auto edition = edition_opened(r)) {
    found_.take_for_known(broken_by_edition(*edition));
  }
  chain_.add(log_sequence, bytes, &r);
  clock_.add(r, stored_at);
  check_digest(log_sequence, bytes, r);
  if (options_.against) {
    journal_.add(*options_.against, r.number, bytes);
  }
  inputs_.add(r);
  outputs_.add_record(r, *encoded_events);
  if (report_.lives_judged) {
    judge_lives(r);
  }
  count(r);
}

void auditor::check_digest(std::uint64_t log_sequence, std::string_view bytes, const record& r) {
  folding_ = folding_ && options_.fold && report_.lives_judged && chain_.sound();
  if (!folding_) {
    return;
  }
  if (const auto folded = options_.fold(log_sequence, bytes); !folded) {
    folding_ = false;
    found_.add(check::state_digest, r.number, folded.error().what + ".");
    return;
  }
  ++report_.digests;
}

void auditor::judge_lives(const record& r) {
  const auto* policy = policies_.in_force();
  deadlines_.begin_record(r);
  wishes_.begin_record(r);
  for (const auto& e : r.events) {
    waybills_.apply(r, e);
    deadlines_.apply(r, e, policy);
    wishes_.apply(r, e);
    hand_overs_.apply(r.number, e);
    attempts_.apply(r.number, e, policy);
    handed_out_.apply(r.number, e);
    if (const auto* of_order = std::get_if<order_event>(&e.body)) {
      orders_.apply(r, e, *of_order);
    } else if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
      riders_.apply(r.number, e, *of_rider);
    } else if (const auto* of_station = std::get_if<station_event>(&e.body)) {
      stations_.apply(r.number, e, *of_station);
    }
  }
  orders_.finish_record(r.number);
  handed_out_.finish_record(r.number);
  waybills_.finish_record(r.number);
  deadlines_.finish_record(r);
  wishes_.finish_record(r, policy);
  refusals_.apply(r);
  traces_.apply(r);
  idle_turns_.apply(r, policy);
  waiting_.apply(r, policy);
  policies_.apply(r);
}

void auditor::count(const record& r) {
  ++report_.records;
  report_.epochs += r.kind == record_kind::open ? 1U : 0U;
  for (const auto& c : r.commands) {
    switch (c.source) {
    case command_source::input:
      ++report_.commands;
      break;
    case command_source::position:
      ++report_.positions;
      break;
    case command_source::deadline:
      ++report_.deadlines;
      break;
    case command_source::signer:
      ++report_.waybill_answers;
      break;
    }
  }
  report_.events += r.events.size();
  report_.dead_letters += r.dead_letters.size();
  for (const auto& e : r.events) {
    if (const auto* refused = std::get_if<command_refused>(&e.body)) {
      ++report_.refusals[refused->code];
    }
    report_.repeats += std::holds_alternative<command_repeated>(e.body) ? 1U : 0U;
  }
}

void auditor::outputs_begin_at(std::uint64_t sequence) { outputs_.begin_at(sequence); }

void auditor::add_output(std::uint64_t sequence, std::string_view id, std::string_view subject,
                         std::string_view body) {
  outputs_.add_message(sequence, id, subject, body);
}

void auditor::add_input(const stored_message& message) { inputs_.add_message(message); }

void auditor::add_hole_in_inputs(std::uint64_t first, std::uint64_t last) {
  inputs_.add_hole(first, last);
}

audit_report auditor::finish() {
  inputs_.finish();
  if (options_.against) {
    journal_.finish(*options_.against, report_.numbers.last);
  }
  outputs_.finish(options_.at_rest);
  orders_.count(report_);
  riders_.count(report_);
  return std::move(report_);
}

} // namespace dispatch::audit
