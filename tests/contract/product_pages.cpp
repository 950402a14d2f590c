#include "cmd/dispatchd/answers/admin_requests.hpp"
#include "cmd/dispatchd/answers/metric_list.hpp"
#include "messages/wire/contract.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/contract/field_table.hpp"
#include "tests/contract/limits_text.hpp"
#include "tests/contract/markdown.hpp"
#include "tests/contract/reference.hpp"

namespace dispatch::contract {

namespace {

void add_keys(markdown_page& page, const std::vector<wire::key_contract>& keys) {
  std::vector<table_row> rows;
  for (const auto& key : keys) {
    rows.push_back({quoted(key.key), key.type, quoted(key.standard),
                    key.lowest.empty() ? "" : key.lowest + " to " + key.highest, key.meaning});
  }
  page.table({"key", "type", "default", "limits", "meaning"}, rows);
}

} // namespace

std::string policy_keys_page() {
  markdown_page page{"Policy keys"};
  page.text("`dispatchctl zone policy show` prints a zone's policy in TOML, `set` puts another one "
            "in force. A key that is missing takes its default. A name that ends in `_s` is in "
            "seconds, in `_ms` in milliseconds, in `_m` in metres.");
  add_keys(page, wire::policy_key_contracts());
  page.text("A key with `[]` stands in each of the tables `[[policy.rules]]`; of `forbid`, "
            "`cost_s` and `weight` a rule has exactly one.");
  page.heading(2, "The zone's definition");
  page.text("`dispatchctl zone create` writes the definition, `dispatchctl zone get` prints it. "
            "The policy with which the zone begins is its table `[policy]`.");
  add_keys(page, wire::zone_key_contracts());
  return page.take();
}

std::string limits_page(const std::string& header) {
  markdown_page page{"Limits"};
  page.text("What is fixed in the code, from "
            "[messages/limits.hpp](../../../messages/limits.hpp). What an operator can tune is in "
            "the [policy](policy-keys.md).");
  std::vector<table_row> rows;
  for (const auto& group : limits_in(header)) {
    std::vector<std::string> names;
    for (const auto& name : group.names) {
      names.push_back(quoted(name));
    }
    rows.push_back({joined(names, ", "), joined(group.values, ", "), group.reason});
  }
  page.table({"limit", "value", "reason"}, rows);
  return page.take();
}

std::string metrics_page() {
  markdown_page page{"Metrics"};
  page.text("A node serves metrics at `/metrics`, in Prometheus' text format, with the label "
            "`zone`. `dispatchctl zone get ZONE -o json` has the status fields below "
            "`runtime.metrics`. What ends in `_total` only grows while a node has the zone.");
  std::vector<table_row> rows;
  for (const auto& one : daemon::metric_list()) {
    rows.push_back(
        {quoted(std::string{one.name}), quoted(std::string{one.field}), std::string{one.help}});
  }
  page.table({"metric", "status field", "meaning"}, rows);
  page.text("Without a zone:");
  page.table({"metric", "meaning"},
             {{quoted(std::string{daemon::followed_name}), std::string{daemon::followed_help}}});
  return page.take();
}

std::string admin_requests_page(const contract_source& from) {
  markdown_page page{"Admin requests"};
  page.text("A question to a zone is a NATS request on " +
            quoted(wire::subjects{}.admin("{zone}", "{verb}")) +
            ". Request and answer are JSON of the messages in "
            "[admin.proto](../../../messages/wire/dispatch/v1/admin.proto), in which whole numbers "
            "are numbers and what is absent is null. A request may be empty, and has at most " +
            std::to_string(daemon::question_bytes_max) +
            " bytes. Answers say what is committed; nothing is changed.");
  message_names mentioned;
  const auto& schemas = from.document["components"]["schemas"];
  for (const auto& one : daemon::admin_requests()) {
    page.heading(2, std::string{one.verb});
    const auto& request = schemas[std::string{one.request}];
    page.text(shown_description(request));
    if (!request["properties"].empty()) {
      add_fields(page, request, mentioned);
    }
    if (!one.answer.empty()) {
      page.text("Answer:");
      add_fields(page, schemas[std::string{one.answer}], mentioned);
    }
  }
  page.heading(2, "Messages within");
  add_messages(page, from, mentioned);
  page.heading(2, "Errors");
  page.text("A question that has no answer is answered "
            "`{\"error\": {\"code\", \"err_code\", \"description\"}}`.");
  std::vector<table_row> rows;
  for (const auto& one : daemon::admin_errors()) {
    rows.push_back(
        {quoted(std::string{one.err_code}), std::to_string(one.code), std::string{one.meaning}});
  }
  page.table({"err_code", "code", "meaning"}, rows);
  return page.take();
}

} // namespace dispatch::contract
