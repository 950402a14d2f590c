#include "messages/records/event.hpp"
#include "messages/wire/contract.hpp"
#include "tests/contract/field_table.hpp"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace dispatch::contract {

namespace {

constexpr std::array kinds = {entity_kind::order, entity_kind::rider, entity_kind::station,
                              entity_kind::zone};

/// A kind of entities as a heading.
std::string heading_of(entity_kind kind) {
  std::string name{to_string(kind)};
  name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  return name + "s";
}

std::string heading_of(entity_kind kind, const std::string& verb_or_event) {
  return std::string{to_string(kind)} + " " + verb_or_event;
}

const json& channel_of(const json& document, const std::string& key) {
  return document["channels"][key];
}

std::string channel_key(const wire::command_contract& one) {
  return one.verb == "record_position" ? "pos"
                                       : "in." + std::string{to_string(one.kind)} + "." + one.verb;
}

const json& schema_named(const json& document, const std::string& message) {
  return document["components"]["schemas"][last_part(message)];
}

bool is_operators(const json& channel) { return channel["parameters"].contains("operator"); }

void add_command(markdown_page& page, const contract_source& from,
                 const wire::command_contract& one, message_names& mentioned) {
  const auto key = channel_key(one);
  const auto& channel = channel_of(from.document, key);
  page.heading(3, heading_of(one.kind, one.verb));
  page.text(quoted(channel["address"].get<std::string>()) +
            (is_operators(channel) ? ", an operator's" : ""));
  const auto& schema = schema_named(from.document, one.message);
  page.text(shown_description(schema));
  add_fields(page, schema, mentioned);
  const auto& all = from.document["components"]["messages"];
  for (const auto& example : all[channel["messages"].begin().key()]["examples"]) {
    if (!example["payload"].empty()) {
      page.code("json", example["payload"].dump());
    }
  }
}

void add_event(markdown_page& page, const contract_source& from, const wire::event_contract& one,
               entity_kind kind, message_names& mentioned) {
  const auto key = "out." + std::string{to_string(kind)} + "." + one.name;
  const auto& channel = channel_of(from.document, key);
  page.heading(3, heading_of(kind, one.name));
  page.text(quoted(channel["address"].get<std::string>()) + ", field " + quoted(one.field));
  page.text(shown_description(channel));
  add_fields(page, schema_named(from.document, one.message), mentioned);
}

bool is_shared(const wire::event_contract& one) { return one.kinds.size() > 1; }

} // namespace

std::string commands_page(const contract_source& from) {
  markdown_page page{"Commands"};
  page.text("A body is JSON, or protobuf with `Content-Type: application/protobuf`. A field that "
            "is not listed is refused in JSON. The headers are in "
            "[subjects](subjects.md#headers-of-commands-and-positions).");
  const auto commands = wire::command_contracts();
  std::vector<table_row> rows;
  for (const auto& one : commands) {
    const auto& channel = channel_of(from.document, channel_key(one));
    const auto heading = heading_of(one.kind, one.verb);
    rows.push_back({link(heading, "", heading), is_operators(channel) ? "operators" : "",
                    shown_description(channel)});
  }
  page.table({"command", "only for", "meaning"}, rows);
  message_names mentioned;
  for (const auto kind : kinds) {
    page.heading(2, heading_of(kind));
    for (const auto& one : commands) {
      if (one.kind == kind) {
        add_command(page, from, one, mentioned);
      }
    }
  }
  page.heading(2, "Messages within");
  add_messages(page, from, mentioned);
  return page.take();
}

std::string events_page(const contract_source& from) {
  markdown_page page{"Events"};
  page.text("An event is a protobuf `dispatch.v1.Event`: what every event has, and one field more. "
            "`dispatchctl events tail -o json` prints events as JSON. More fields and more events "
            "may come. The headers are in "
            "[subjects](subjects.md#headers-of-events-and-dead-letters).");
  const auto events = wire::event_contracts();
  message_names mentioned;
  const auto& any = from.document["components"]["schemas"]["Event." + events.front().field];
  auto common = any;
  common["properties"].erase(events.front().field);
  page.heading(2, "What every event has");
  add_fields(page, common, mentioned);
  page.text("`refused` and `repeated` answer a command of any entity.");
  for (const auto& one : events) {
    if (is_shared(one)) {
      page.heading(3, one.name);
      const auto& schema = schema_named(from.document, one.message);
      page.text(shown_description(schema));
      add_fields(page, schema, mentioned);
    }
  }
  for (const auto kind : kinds) {
    page.heading(2, heading_of(kind));
    std::vector<const wire::event_contract*> of_kind;
    std::vector<table_row> rows;
    for (const auto& one : events) {
      if (one.announced && !is_shared(one) && one.kinds.front() == kind) {
        of_kind.push_back(&one);
        const auto key = "out." + std::string{to_string(kind)} + "." + one.name;
        rows.push_back({link(one.name, "", heading_of(kind, one.name)),
                        shown_description(channel_of(from.document, key))});
      }
    }
    page.table({"event", "meaning"}, rows);
    for (const auto* one : of_kind) {
      add_event(page, from, *one, kind, mentioned);
    }
  }
  page.heading(2, "Messages within");
  add_messages(page, from, mentioned);
  return page.take();
}

std::string refusals_page(const contract_source& from) {
  markdown_page page{"Refusals"};
  page.text("A command that comes to nothing is answered with the event "
            "[refused](events.md#refused), whose `code` says why. A command that was not decided "
            "may be sent again, and its id is still good.");
  const auto& type = *from.types.FindEnumTypeByName("dispatch.v1.Refusal");
  const auto values = values_of(type);
  std::vector<table_row> rows;
  for (int i = 1; i < type.value_count(); ++i) {
    const auto code = static_cast<refusal>(type.value(i)->number());
    const auto at = static_cast<std::size_t>(i);
    rows.push_back({quoted(std::string{to_string(code)}), quoted(values[at].name),
                    comes_again(code) ? "yes" : "", values[at].meaning});
  }
  page.table({"name", "in messages", "send again", "meaning"}, rows);
  page.heading(2, "Why a rider is passed over");
  add_values(page, *from.types.FindEnumTypeByName("dispatch.v1.Gate"));
  page.heading(2, "What an order waits for");
  add_values(page, *from.types.FindEnumTypeByName("dispatch.v1.WaitingReason"));
  page.heading(2, "Dead letters");
  message_names none;
  const auto& letter = from.document["components"]["schemas"]["DeadLetter"];
  page.text(shown_description(letter));
  add_fields(page, letter, none);
  return page.take();
}

} // namespace dispatch::contract
