#include "messages/nats/stream_admin.hpp"
#include "messages/wire/contract.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/contract/field_table.hpp"
#include "tests/contract/limits_text.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace dispatch::contract {

namespace {

constexpr auto root = wire::default_root;

void add_headers(markdown_page& page, const json& document, const char* schema) {
  message_names none;
  add_fields(page, document["components"]["schemas"][schema], none);
}

void add_others(markdown_page& page) {
  const wire::subjects names;
  page.table(
      {"subject", "meaning"},
      {{quoted(names.admin("{zone}", "{verb}")),
        "questions to a zone: [admin requests](admin-requests.md)"},
       {quoted(names.log("{zone}")), "records of the zone, written by its owner alone"},
       {quoted(names.given_up("{consumer}", "{zone}")), "events that a consumer gave up on; JSON"},
       {quoted(names.snapshots_of_zone("{zone}")), "snapshots of the zone, in parts"}});
}

std::string bytes_or_none(std::int64_t most) { return most == 0 ? "" : shown_bytes(most); }

std::string shown_age(std::chrono::seconds age) {
  using std::chrono::days;
  return age.count() == 0              ? ""
         : age % days{1} == age.zero() ? std::to_string(age / days{1}) + " days"
                                       : std::to_string(age / std::chrono::minutes{1}) + " min";
}

void add_streams(markdown_page& page) {
  std::vector<table_row> rows;
  for (const auto& one : nats::all_streams(root, "{zone}", {})) {
    rows.push_back({quoted(one.name), quoted(one.subjects.front()),
                    one.kept_in == nats::storage::file ? "file" : "memory",
                    bytes_or_none(one.bytes_max), shown_age(one.age_max),
                    bytes_or_none(one.message_bytes_max),
                    one.when_full == nats::discard::new_messages ? "refuses new messages"
                                                                 : "drops old messages"});
  }
  page.table({"stream", "subjects", "kept in", "bytes at most", "age at most",
              "bytes of a message at most", "when full"},
             rows);
}

void add_buckets(markdown_page& page) {
  page.table(
      {"bucket", "meaning"},
      {{quoted(wire::zones_bucket(root)), "definitions of zones, by name"},
       {quoted(wire::leases_bucket(root)),
        "heartbeats of nodes, claims of zones, wishes that a node runs nothing"},
       {quoted(wire::notes_bucket(root)),
        "what customers have to say to the rider, by zone and order"},
       {quoted(wire::dead_bucket(root)), "which dead letters were dealt with, and by whom"}});
}

/// Of the section that speaks of a channel: `order place`, or the name alone of an event that
/// happens to entities of all kinds. An operator's form of a command has no section of its own.
std::string heading_of(const std::string& key) {
  static const auto events = wire::event_contracts();
  const auto kind_and_name = key.substr(key.find('.') + 1);
  const auto point = kind_and_name.find('.');
  const auto rest = kind_and_name.substr(point + 1);
  const auto name = rest.substr(0, rest.find('.'));
  const auto is_shared =
      key.starts_with("out.") && std::ranges::any_of(events, [&](const auto& one) {
        return one.name == name && one.kinds.size() > 1;
      });
  return is_shared ? name : kind_and_name.substr(0, point) + " " + name;
}

} // namespace

std::string subjects_page(const contract_source& from) {
  markdown_page page{"Subjects"};
  page.text("Everything is below the root token `dispatch`; `--root` names another one. "
            "[asyncapi.json](../../asyncapi.json) has the same for programs.");
  const auto add = [&](const std::string& title, const std::string& about,
                       const std::string& prefix, const std::string& other_page) {
    page.heading(2, title);
    page.text(about);
    std::vector<table_row> rows;
    for (const auto& [key, channel] : from.document["channels"].items()) {
      if (key.starts_with(prefix)) {
        const auto& message =
            from.document["components"]["messages"][channel["messages"].begin().key()];
        const auto title_of = last_part(message["title"].get<std::string>());
        rows.push_back({quoted(channel["address"].get<std::string>()),
                        other_page.empty() ? title_of : link(title_of, other_page, heading_of(key)),
                        shown_description(channel)});
      }
    }
    page.table({"subject", "message", "meaning"}, rows);
  };
  add("Commands", "Published by senders, stored in the stream `IN_zone`.", "in.", "commands.md");
  add("Positions", "Published by riders, kept in the stream `POS`: the newest of each.", "pos", "");
  add("Events", "Published by the zone, stored in the stream `OUT_zone`.", "out.", "events.md");
  add("Dead letters", "Inputs that are no commands, in the stream `OUT_zone`.", "dead", "");
  page.heading(2, "Headers of commands and positions");
  add_headers(page, from.document, "CommandHeaders");
  page.heading(2, "Headers of events and dead letters");
  add_headers(page, from.document, "EventHeaders");
  page.heading(2, "Others");
  add_others(page);
  page.heading(2, "Streams");
  page.text("As `dispatchctl zone create` makes them, if it is told no other sizes.");
  add_streams(page);
  page.heading(2, "Buckets");
  add_buckets(page);
  return page.take();
}

} // namespace dispatch::contract
