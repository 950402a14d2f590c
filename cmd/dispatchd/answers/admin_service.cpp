#include "cmd/dispatchd/answers/admin_service.hpp"

#include "cmd/dispatchd/answers/admin_requests.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace dispatch::daemon {

namespace {

using json = nlohmann::ordered_json;

/// A question without an answer; never leaves this file.
struct refused {
  std::string err_code; ///< of admin_errors()
  std::string description;
};

template <class T> T value_of(result<T> from) {
  if (!from) {
    throw refused{"store_failed", from.error().what};
  }
  return std::move(*from);
}

std::string text(const json& request, const char* field) {
  const auto found = request.find(field);
  if (found == request.end()) {
    return {};
  }
  if (!found->is_string()) {
    throw refused{"bad_request", std::string{field} + " must be a text"};
  }
  return found->get<std::string>();
}

std::size_t limit_of(const json& request, std::size_t otherwise, std::size_t highest) {
  const auto found = request.find("limit");
  if (found == request.end()) {
    return otherwise;
  }
  if (!found->is_number_unsigned() || found->get<std::uint64_t>() == 0) {
    throw refused{"bad_request", "limit must be a whole number above 0"};
  }
  return static_cast<std::size_t>(std::min<std::uint64_t>(found->get<std::uint64_t>(), highest));
}

/// Of the record that a page of a history ends before.
std::uint64_t end_of(const json& request) {
  const auto found = request.find("before");
  if (found == request.end()) {
    return std::numeric_limits<std::uint64_t>::max();
  }
  if (!found->is_number_unsigned()) {
    throw refused{"bad_request", "before must be the number of a record"};
  }
  return found->get<std::uint64_t>();
}

entity_kind kind_of(const json& request) {
  auto kind = entity_kind::order;
  if (!parse(text(request, "kind"), kind)) {
    throw refused{"bad_request", "kind must be order, rider, station or zone"};
  }
  return kind;
}

entity_ref entity_of(const json& request, entity_kind kind) {
  entity_ref who{kind, text(request, "id")};
  if (!valid_id(who.id)) {
    throw refused{"bad_request", "id must be 1 to 64 letters, digits, '-' or '_'"};
  }
  return who;
}

json waiting_json(const entity_row& row) {
  return row.waiting == waiting_reason::none ? json(nullptr) : json(to_string(row.waiting));
}

json summary(const entity_row& row) {
  const auto& s = row.snapshot;
  return {{"id", s.entity.id},
          {"status", s.status},
          {"cell", s.cell},
          {"load", s.load},
          {"deadline", s.deadline ? json(cli::to_text(*s.deadline)) : json(nullptr)},
          {"record", row.record},
          {"waiting", waiting_json(row)}};
}

entity_row known(store& from, const entity_ref& entity) {
  auto row = value_of(from.get(entity));
  if (!row) {
    const std::string kind{to_string(entity.kind)};
    throw refused{"unknown_" + kind, "there is no " + kind + " " + entity.id};
  }
  return std::move(*row);
}

json parsed(const result<std::string>& text_of_json) { return json::parse(value_of(text_of_json)); }

/// What is in an event's JSON beside what every event has.
json body_of(const std::string& encoded) {
  const auto whole = parsed(wire::event_to_json(encoded));
  for (const auto& field : whole.items()) {
    const auto& name = field.key();
    if (name != "entity" && name != "at" && name != "command_id" && name != "trace") {
      return field.value();
    }
  }
  return json::object();
}

struct kept_record {
  std::uint64_t number = 0;
  std::string bytes;
  record decoded;
};

/// Visits the newest records before `end` that touched an entity, newest first, until `visit`
/// returns false. Returns how many were asked for but are not kept any more.
std::uint64_t visit_newest(store& from, const admin_service::record_source& records,
                           const entity_ref& entity, std::uint64_t end,
                           const std::function<bool(const kept_record&)>& visit) {
  std::uint64_t missing = 0;
  const auto numbers = value_of(from.touched(entity));
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    if (*number >= end) {
      continue;
    }
    auto bytes = value_of(records(*number));
    if (!bytes) {
      ++missing;
      continue;
    }
    kept_record kept{*number, std::move(*bytes), {}};
    kept.decoded = value_of(wire::decode_record(kept.bytes));
    if (!visit(kept)) {
      break;
    }
  }
  return missing;
}

std::string shown(const json& reply) {
  return reply.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string text_of(const std::string& zone, const refused& r) {
  const auto known = std::ranges::find(admin_errors(), r.err_code, &admin_error::err_code);
  return shown({{"error",
                 {{"code", known != admin_errors().end() ? known->code : 500},
                  {"err_code", r.err_code},
                  {"description", "zone " + zone + ": " + r.description}}}});
}

/// Of an entity in a record, the newest first.
std::vector<json> entries_of(const kept_record& kept, const entity_ref& entity) {
  std::vector<json> entries;
  const auto encoded = value_of(wire::encoded_events_of(kept.bytes));
  const auto& events = kept.decoded.events;
  for (auto i = events.size(); i-- > 0;) {
    if (const auto& e = events[i]; e.entity == entity) {
      entries.push_back({{"record", kept.number},
                         {"at", cli::to_text(e.at)},
                         {"event", event_name(e.body)},
                         {"command_id", e.command_id},
                         {"body", body_of(encoded.at(i))}});
    }
  }
  return entries;
}

json as_array(std::vector<json> newest_first) {
  std::ranges::reverse(newest_first);
  return newest_first;
}

/// Short codes can be guessed from their hashes, which states and recorded events have.
void hide_codes(json& in) {
  if (in.is_object() && !in.value("delivery_code", "").empty()) {
    in["delivery_code"] = "***";
  }
  if (in.is_structured()) {
    std::ranges::for_each(in, hide_codes);
  }
}

} // namespace

admin_service::admin_service(store& remembered, std::string zone,
                             std::function<std::string()> status, record_source records)
    : store_(remembered), zone_(std::move(zone)), status_(std::move(status)),
      records_(std::move(records)) {}

std::string admin_service::busy() const {
  return text_of(zone_, {"busy", "too many questions wait; ask again in a moment"});
}

std::string admin_service::too_long() const {
  return text_of(zone_, {"too_long", "a question has at most " +
                                         std::to_string(question_bytes_max) + " bytes"});
}

std::string admin_service::answer(std::string_view verb, std::string_view body) const {
  try {
    const auto request = body.empty() ? json::object() : json::parse(body, nullptr, false);
    if (!request.is_object()) {
      throw refused{"bad_request", "the request must be a JSON object"};
    }
    if (verb == "record") {
      return record(request);
    }
    auto told = dispatch_verb(verb, request);
    hide_codes(told);
    auto reply = shown(told);
    if (reply.size() > answer_bytes_max) {
      throw refused{"too_large",
                    "the answer has " + std::to_string(reply.size()) + " bytes, of which at most " +
                        std::to_string(answer_bytes_max) + " can be sent; ask for fewer: `limit`"};
    }
    return reply;
  } catch (const refused& r) {
    return text_of(zone_, r);
  } catch (const json::exception& error) {
    return text_of(zone_, {"bad_request", error.what()});
  }
}

admin_service::json admin_service::dispatch_verb(std::string_view verb, const json& request) const {
  if (verb == "list") {
    return list(request);
  }
  if (verb == "get") {
    return get(request);
  }
  if (verb == "history") {
    return history(request);
  }
  if (verb == "explain") {
    return explain(request);
  }
  if (verb == "zone") {
    return json::parse(status_());
  }
  std::string known;
  for (const auto& one : admin_requests()) {
    known.append(known.empty() ? "" : ", ").append(one.verb);
  }
  throw refused{"unknown_verb", "verbs are " + known};
}

std::string admin_service::record(const json& request) const {
  const auto& asked = request.value("number", json{});
  if (!asked.is_number_unsigned()) {
    throw refused{"bad_request", "number must be a whole number above 0"};
  }
  const auto number = asked.get<std::uint64_t>();
  auto bytes = value_of(records_(number));
  if (!bytes) {
    throw refused{"unknown_record", "record " + std::to_string(number) + " is not kept here"};
  }
  return std::move(*bytes);
}

admin_service::json admin_service::list(const json& request) const {
  const auto rows =
      value_of(store_.list(kind_of(request), text(request, "status"), text(request, "after"),
                           limit_of(request, list_limit, list_limit_max)));
  auto listed = json::array();
  for (const auto& row : rows) {
    listed.push_back(summary(row));
  }
  return {{"rows", listed}};
}

admin_service::json admin_service::get(const json& request) const {
  const auto who = entity_of(request, kind_of(request));
  const auto row = known(store_, who);
  return {{"id", who.id},
          {"status", row.snapshot.status},
          {"record", row.record},
          {"waiting", waiting_json(row)},
          {"state", parsed(wire::state_to_json(who.kind, row.snapshot.state))}};
}

admin_service::json admin_service::history(const json& request) const {
  const auto who = entity_of(request, kind_of(request));
  const auto limit = limit_of(request, history_limit, history_limit_max);
  (void)known(store_, who);
  std::vector<json> entries;
  std::size_t bytes = 0;
  auto more = false;
  const auto missing =
      visit_newest(store_, records_, who, end_of(request), [&](const kept_record& kept) {
        const auto of_record = entries_of(kept, who);
        const auto size =
            json(of_record).dump(-1, ' ', false, json::error_handler_t::replace).size();
        more = !entries.empty() && bytes + size > page_bytes_max;
        if (more) {
          return false;
        }
        bytes += size;
        const auto count = std::min(of_record.size(), limit - entries.size());
        entries.insert(entries.end(), of_record.begin(),
                       of_record.begin() + static_cast<std::ptrdiff_t>(count));
        return entries.size() < limit;
      });
  return {{"records_missing", missing}, {"more", more}, {"entries", as_array(std::move(entries))}};
}

admin_service::json admin_service::explain(const json& request) const {
  const auto who = entity_of(request, entity_kind::order);
  const auto limit = limit_of(request, explain_limit, explain_limit_max);
  const auto row = known(store_, who);
  std::vector<json> decisions;
  const auto missing =
      visit_newest(store_, records_, who, end_of(json::object()), [&](const kept_record& kept) {
        const auto& made = kept.decoded.decisions;
        for (auto d = made.rbegin(); d != made.rend() && decisions.size() < limit; ++d) {
          if (d->order == who.id) {
            json shown = {{"record", kept.number}, {"at", cli::to_text(kept.decoded.now)}};
            shown.update(json::parse(wire::decision_to_json(*d)));
            decisions.push_back(std::move(shown));
          }
        }
        return decisions.size() < limit;
      });
  const auto state = parsed(wire::state_to_json(who.kind, row.snapshot.state));
  return {{"id", who.id},
          {"status", row.snapshot.status},
          {"waiting", waiting_json(row)},
          {"pause", state.value("pause", json())},
          {"rider", state.value("rider", "")},
          {"wrong_codes", state.value("wrong_codes", json(0))},
          {"end_reason", state.value("end_reason", "")},
          {"records_missing", missing},
          {"decisions", as_array(std::move(decisions))}};
}

} // namespace dispatch::daemon
