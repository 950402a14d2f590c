#include "tests/contract/field_table.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace dispatch::contract {

namespace {

std::string referred(const json& schema) {
  if (schema.contains("allOf")) {
    return referred(schema["allOf"][0]);
  }
  const auto to = schema.value("$ref", "");
  return to.substr(to.rfind('/') + 1);
}

std::string type_of(const json& schema, message_names& mentioned) {
  if (const auto name = referred(schema); !name.empty()) {
    if (std::ranges::find(mentioned, name) == mentioned.end()) {
      mentioned.push_back(name);
    }
    return link(name, "", name);
  }
  if (schema.contains("oneOf")) {
    return type_of(schema["oneOf"][0], mentioned) + " or null";
  }
  const auto type = schema.value("type", "");
  const auto pattern = schema.value("pattern", "");
  if (type == "array") {
    return "list of " + type_of(schema["items"], mentioned);
  }
  if (type == "boolean") {
    return "true or false";
  }
  if (type != "string") {
    return type == "integer" ? "whole number" : type;
  }
  if (schema.contains("format")) {
    return schema["format"] == "date-time" ? "time" : "bytes, base64";
  }
  if (pattern == "^[0-9]+$" || pattern == "^-?[0-9]+$") {
    return "whole number, as text";
  }
  constexpr std::string_view id = "^[A-Za-z0-9_-]{"; // 0 or 1 to 64 of them
  return pattern.starts_with(id) && pattern.size() == id.size() + 6 ? "id" : "text";
}

std::string bounds_of(const json& schema) {
  const auto low = schema.contains("minimum") ? schema["minimum"].dump() : "";
  const auto high = schema.contains("maximum") ? schema["maximum"].dump() : "";
  if (!low.empty() && !high.empty()) {
    return low + " to " + high;
  }
  if (low == "0" && schema.value("type", "") == "integer") {
    return {}; // No whole number without a sign is below.
  }
  return low.empty() ? (high.empty() ? "" : "at most " + high) : "at least " + low;
}

std::string limits_of(const json& schema, bool required) {
  const auto most = [&](const char* key, const std::string& unit) {
    return schema.contains(key)
               ? "at most " + std::to_string(schema[key].get<std::uint64_t>()) + " " + unit
               : std::string{};
  };
  return joined({required ? "required" : "", bounds_of(schema), most("maxLength", "bytes"),
                 most("maxItems", "elements")},
                "; ");
}

} // namespace

std::string last_part(const std::string& name) { return name.substr(name.rfind('.') + 1); }

std::string shown_description(const json& schema) {
  auto text = schema.value("description", "");
  for (auto at = text.find("  "); at != text.npos; at = text.find("  ", at)) {
    text.erase(at, 1);
  }
  constexpr std::string_view mark = "Command: ";
  if (text.starts_with(mark)) {
    text.erase(0, mark.size());
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  }
  return text;
}

void add_fields(markdown_page& page, const json& message, message_names& mentioned) {
  const auto properties = message.value("properties", json::object());
  if (properties.empty()) {
    page.text("No fields.");
    return;
  }
  const auto required = message.value("required", json::array());
  std::vector<table_row> rows;
  for (const auto& [name, field] : properties.items()) {
    const auto is_required = std::ranges::find(required, json(name)) != required.end();
    rows.push_back({quoted(name), type_of(field, mentioned), limits_of(field, is_required),
                    shown_description(field)});
  }
  page.table({"field", "type", "limits", "meaning"}, rows);
}

void add_values(markdown_page& page, const google::protobuf::EnumDescriptor& type) {
  page.text(comment_on_enum(type));
  std::vector<table_row> rows;
  for (const auto& value : values_of(type)) {
    rows.push_back({quoted(value.name), value.meaning});
  }
  page.table({"value", "meaning"}, rows);
}

void add_messages(markdown_page& page, const contract_source& from, message_names names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto name = names[i];
    page.heading(3, name);
    if (const auto* type = from.types.FindEnumTypeByName("dispatch.v1." + name)) {
      add_values(page, *type);
      continue;
    }
    const auto& schema = from.document["components"]["schemas"][name];
    page.text(shown_description(schema));
    add_fields(page, schema, names);
  }
}

} // namespace dispatch::contract
