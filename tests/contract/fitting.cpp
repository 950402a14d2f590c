#include "tests/contract/schema.hpp"

#include <algorithm>
#include <regex>
#include <stdexcept>

namespace dispatch::contract {

namespace {

std::string type_of(const json& value) {
  if (value.is_number_integer()) {
    return "integer";
  }
  return value.type_name();
}

bool is_type(const json& value, const std::string& type) {
  return type_of(value) == type || (type == "number" && value.is_number());
}

std::string misfit_of_text(const json& value, const json& schema, const std::string& path) {
  const auto& text = value.get_ref<const std::string&>();
  if (schema.contains("pattern") &&
      !std::regex_search(text, std::regex{schema["pattern"].get<std::string>()})) {
    return path + ": " + text + " does not match " + schema["pattern"].get<std::string>();
  }
  if (schema.contains("maxLength") && text.size() > schema["maxLength"].get<std::size_t>()) {
    return path + " is too long";
  }
  static const std::regex time{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z)"};
  if (schema.value("format", "") == "date-time" && !std::regex_match(text, time)) {
    return path + ": " + text + " is no time";
  }
  return {};
}

std::string misfit_of_number(const json& value, const json& schema, const std::string& path) {
  if (schema.contains("minimum") && value.get<double>() < schema["minimum"].get<double>()) {
    return path + " is too small";
  }
  if (schema.contains("maximum") && value.get<double>() > schema["maximum"].get<double>()) {
    return path + " is too large";
  }
  return {};
}

std::string misfit_of_list(const json& value, const json& schema, const json& document,
                           const std::string& path) {
  if (schema.contains("maxItems") && value.size() > schema["maxItems"].get<std::size_t>()) {
    return path + " has too many elements";
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto why = misfit(value[i], schema.at("items"), document, path + "[" + std::to_string(i) + "]");
    if (!why.empty()) {
      return why;
    }
  }
  return {};
}

std::string misfit_of_object(const json& value, const json& schema, const json& document,
                             const std::string& path) {
  for (const auto& name : schema.value("required", json::array())) {
    if (!value.contains(name.get<std::string>())) {
      return path + "." + name.get<std::string>() + " is missing";
    }
  }
  const auto properties = schema.value("properties", json::object());
  for (const auto& [name, one] : value.items()) {
    const auto known = properties.find(name);
    if (known == properties.end()) {
      if (schema.value("additionalProperties", false)) {
        continue;
      }
      return path + "." + name + " is not described";
    }
    if (auto why = misfit(one, *known, document, path + "." + name); !why.empty()) {
      return why;
    }
  }
  return {};
}

/// Empty when one of the schemas fits.
std::string misfit_of_all(const json& value, const json& schemas, const json& document,
                          const std::string& path) {
  std::string why;
  for (const auto& one : schemas) {
    why = misfit(value, one, document, path);
    if (why.empty()) {
      break;
    }
  }
  return why;
}

} // namespace

const json* resolved(const std::string& reference, const json& document) {
  if (!reference.starts_with("#/")) {
    return nullptr;
  }
  try {
    return &document.at(json::json_pointer{reference.substr(1)});
  } catch (const json::exception&) {
    return nullptr;
  }
}

std::string misfit(const json& value, const json& schema, const json& document,
                   const std::string& path) {
  if (schema.contains("$ref")) {
    const auto* other = resolved(schema["$ref"].get<std::string>(), document);
    return other == nullptr ? path + ": dangling " + schema["$ref"].dump()
                            : misfit(value, *other, document, path);
  }
  for (const auto& part : schema.value("allOf", json::array())) {
    if (auto why = misfit(value, part, document, path); !why.empty()) {
      return why;
    }
  }
  if (schema.contains("oneOf")) {
    return misfit_of_all(value, schema["oneOf"], document, path);
  }
  if (schema.contains("type") && !is_type(value, schema["type"].get<std::string>())) {
    return path + " is of type " + type_of(value) + ", not " + schema["type"].get<std::string>();
  }
  if (schema.contains("enum") && std::ranges::find(schema["enum"], value) == schema["enum"].end()) {
    return path + ": " + value.dump() + " is none of " + schema["enum"].dump();
  }
  if (value.is_string()) {
    return misfit_of_text(value, schema, path);
  }
  if (value.is_number()) {
    return misfit_of_number(value, schema, path);
  }
  if (value.is_array()) {
    return misfit_of_list(value, schema, document, path);
  }
  return value.is_object() && schema.contains("type")
             ? misfit_of_object(value, schema, document, path)
             : std::string{};
}

namespace {

json example_number(const json& schema) {
  if (schema["type"] == "integer") {
    return std::max<std::int64_t>(schema.value("minimum", std::int64_t{0}), 1);
  }
  return std::clamp(7.125, schema.value("minimum", -1e9), schema.value("maximum", 1e9));
}

std::string example_text(const json& schema, const std::string& name) {
  const auto format = schema.value("format", "");
  if (format == "date-time") {
    return "2026-01-31T08:00:00Z";
  }
  if (format == "byte") {
    return "e30=";
  }
  return schema.value("pattern", "").ends_with("[0-9]+$") ? "17" : name + "-1";
}

json example_object(const json& schema, const json& document, bool only_required) {
  auto value = json::object();
  const auto properties = schema.value("properties", json::object());
  const auto required = schema.value("required", json::array());
  for (const auto& [key, property] : properties.items()) {
    if (!only_required || std::ranges::find(required, json(key)) != required.end()) {
      value[key] = example_of(property, document, only_required, key);
    }
  }
  return value;
}

} // namespace

json example_of(const json& schema, const json& document, bool only_required,
                const std::string& name) {
  if (schema.contains("$ref")) {
    return example_of(*resolved(schema["$ref"].get<std::string>(), document), document,
                      only_required, name);
  }
  if (schema.contains("allOf")) {
    return example_of(schema["allOf"][0], document, only_required, name);
  }
  if (schema.contains("oneOf")) {
    return example_of(schema["oneOf"][0], document, only_required, name);
  }
  if (schema.contains("enum")) {
    return schema["enum"].back();
  }
  const auto type = schema.value("type", "");
  if (type == "object") {
    return example_object(schema, document, only_required);
  }
  if (type == "array") {
    return json::array({example_of(schema.at("items"), document, only_required, name)});
  }
  if (type == "boolean") {
    return true;
  }
  return type == "string" ? json(example_text(schema, name)) : example_number(schema);
}

} // namespace dispatch::contract
