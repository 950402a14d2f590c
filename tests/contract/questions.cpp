#include "tests/contract/questions.hpp"

#include "cmd/dispatchd/answers/admin_requests.hpp"
#include "messages/wire/subjects.hpp"

#include <utility>

namespace dispatch::contract {

namespace {

const std::string package = "dispatch.v1.";

json reference(const std::string& to) { return {{"$ref", to}}; }

json message(const std::string& name, const std::string& title, const std::string& summary,
             const json& payload) {
  return {{"title", title},     {"summary", summary},          {"contentType", "application/json"},
          {"payload", payload}, {"x-protobuf-message", title}, {"name", name}};
}

json references(const std::string& channel, const std::vector<std::string>& messages) {
  auto all = json::array();
  for (const auto& name : messages) {
    all.push_back(reference("#/channels/" + channel + "/messages/" + name));
  }
  return all;
}

/// Composes the part question by question.
class composer {
public:
  explicit composer(schema_book& book) : book_(book) {}

  questions_part compose();

private:
  void add(const daemon::admin_request& one);
  void add_message(const std::string& name, const std::string& type);
  void add_record(const std::string& name);

  schema_book& book_;
  questions_part part_;
};

void composer::add_message(const std::string& name, const std::string& type) {
  const auto full = package + type;
  part_.messages[name] =
      message(name, full, book_.comment_on_message(full), book_.reference_to(full));
}

/// The one answer that is not JSON.
void composer::add_record(const std::string& name) {
  part_.messages[name] = message(name, package + "Record", "Answer: the record as it is committed.",
                                 {{"type", "string"}, {"format", "binary"}});
  part_.messages[name]["contentType"] = "application/protobuf";
}

void composer::add(const daemon::admin_request& one) {
  const auto key = "admin." + std::string{one.verb};
  const auto asked = key + ".request";
  const auto answered = key + ".answer";
  const std::string request{one.request};
  std::vector<wire::field_rule> rules;
  for (const auto field : one.required) {
    rules.push_back({.field = std::string{field}, .required = true, .is_id = field == "id"});
  }
  if (one.limit > 0) {
    rules.push_back({.field = "limit", .lowest = 1});
  }
  book_.add_rules(package + request, rules);
  add_message(asked, request);
  if (one.answer.empty()) {
    add_record(answered);
  } else {
    add_message(answered, std::string{one.answer});
  }
  const auto& comment = part_.messages[asked]["summary"];
  part_.channels[key] = {{"address", wire::subjects{}.admin("{zone}", one.verb)},
                         {"description", comment},
                         {"parameters", {{"zone", {{"description", "Name of the zone."}}}}},
                         {"messages", {{asked, reference("#/components/messages/" + asked)}}}};
  part_.channels[answered] = {
      {"address", nullptr},
      {"description", "Where the asker waits for the answer: an inbox, which the request names."},
      {"messages",
       {{answered, reference("#/components/messages/" + answered)},
        {"admin.error", reference("#/components/messages/admin.error")}}}};
  part_.operations[key] = {{"action", "receive"},
                           {"channel", reference("#/channels/" + key)},
                           {"messages", references(key, {asked})},
                           {"reply",
                            {{"channel", reference("#/channels/" + answered)},
                             {"messages", references(answered, {answered, "admin.error"})}}}};
}

questions_part composer::compose() {
  book_.spread(package + "RecordedDecision.decision");
  for (const auto* type : {"ListAnswer", "EntityRow", "GetAnswer", "HistoryAnswer", "HistoryEntry",
                           "ExplainAnswer", "ZoneAnswer", "AdminError", "AdminErrorAnswer"}) {
    book_.require_all(package + type);
  }
  book_.add_rules(package + "RecordedDecision",
                  {{.field = "record", .required = true}, {.field = "at", .required = true}});
  add_message("admin.error", "AdminErrorAnswer");
  for (const auto& one : daemon::admin_requests()) {
    add(one);
  }
  return std::move(part_);
}

} // namespace

questions_part questions_to_zones(schema_book& book) { return composer{book}.compose(); }

void describe_limits(json& schemas) {
  for (const auto& one : daemon::admin_requests()) {
    if (one.limit > 0) {
      auto& field = schemas[std::string{one.request}]["properties"]["limit"];
      field["default"] = one.limit;
      field["description"] = field["description"].get<std::string>() + " More than " +
                             std::to_string(one.limit_max) + " count as " +
                             std::to_string(one.limit_max) +
                             "; absent: " + std::to_string(one.limit) + ".";
    }
  }
}

} // namespace dispatch::contract
