#include "tests/contract/schema.hpp"

#include <stdexcept>
#include <string_view>

namespace dispatch::contract {

namespace {

namespace pb = google::protobuf;

constexpr auto id_pattern = "^[A-Za-z0-9_-]{1,64}$";
constexpr auto id_or_nothing_pattern = "^[A-Za-z0-9_-]{0,64}$";
constexpr auto whole_number_pattern = "^[0-9]+$";
constexpr auto signed_number_pattern = "^-?[0-9]+$";

/// The comment before a declaration, on one line.
template <class Descriptor> std::string comment_on(const Descriptor& what) {
  pb::SourceLocation at;
  if (!what.GetSourceLocation(&at)) {
    return {};
  }
  std::string text;
  for (const auto c : at.leading_comments) {
    if (c != '\n') {
      text += c;
    } else if (!text.empty()) {
      text += ' ';
    }
  }
  const auto first = text.find_first_not_of(' ');
  const auto last = text.find_last_not_of(' ');
  return first == std::string::npos ? std::string{} : text.substr(first, last - first + 1);
}

json described(json schema, const std::string& comment) {
  if (comment.empty()) {
    return schema;
  }
  if (schema.contains("$ref")) {
    schema = {{"allOf", json::array({schema})}};
  }
  schema["description"] = comment;
  return schema;
}

/// A number without a fraction where it has none.
json number(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? json(whole) : json(value);
}

void apply_rule(json& schema, const wire::field_rule& rule) {
  if (rule.is_id) {
    schema["pattern"] = rule.required ? id_pattern : id_or_nothing_pattern;
  }
  if (rule.bytes_max) {
    schema["maxLength"] = *rule.bytes_max;
  }
  if (rule.items_max) {
    schema["maxItems"] = *rule.items_max;
  }
  if (rule.lowest) {
    schema["minimum"] = number(*rule.lowest);
  }
  if (rule.highest) {
    schema["maximum"] = number(*rule.highest);
  }
}

/// Whether a sender who leaves the field out breaks the rule.
bool must_be_there(const wire::field_rule& rule, const pb::FieldDescriptor& field) {
  return rule.required ||
         (rule.lowest.value_or(0.0) > 0.0 && !field.has_presence() && !field.is_repeated());
}

/// Answers to questions have numbers where other JSON of protobuf has texts.
bool is_of_admin(const pb::FieldDescriptor& field) {
  return field.file()->name() == "dispatch/v1/admin.proto";
}

bool is_null_when_absent(const pb::FieldDescriptor& field) {
  return is_of_admin(field) && field.has_optional_keyword() &&
         !field.containing_type()->name().ends_with("Request");
}

} // namespace

std::string comment_on_enum(const pb::EnumDescriptor& type) { return comment_on(type); }

std::vector<described_value> values_of(const pb::EnumDescriptor& type) {
  std::vector<described_value> values;
  for (int i = 0; i < type.value_count(); ++i) {
    values.push_back({type.value(i)->name(), comment_on(*type.value(i))});
  }
  return values;
}

const pb::Descriptor& schema_book::message_named(const std::string& name) const {
  const auto* found = types_.FindMessageTypeByName(name);
  if (found == nullptr) {
    throw std::runtime_error("there is no message " + name);
  }
  return *found;
}

void schema_book::add_rules(const std::string& message,
                            const std::vector<wire::field_rule>& rules) {
  for (const auto& rule : rules) {
    const auto* type = &message_named(message);
    const pb::FieldDescriptor* field = nullptr;
    for (std::size_t begin = 0; begin <= rule.field.size();) {
      const auto end = std::min(rule.field.find('.', begin), rule.field.size());
      field = type->FindFieldByName(rule.field.substr(begin, end - begin));
      if (field == nullptr) {
        throw std::runtime_error(message + " has no field " + rule.field);
      }
      type = field->message_type();
      begin = end + 1;
    }
    rules_.insert_or_assign(field->full_name(), rule);
  }
}

void schema_book::require_all(const std::string& message) {
  const auto& type = message_named(message);
  for (int i = 0; i < type.field_count(); ++i) {
    rules_[type.field(i)->full_name()].required = true;
  }
}

json schema_book::single(const pb::FieldDescriptor& field) {
  using type = pb::FieldDescriptor;
  if (is_of_admin(field) && field.cpp_type() == type::CPPTYPE_UINT64) {
    return {{"type", "integer"}, {"minimum", 0}};
  }
  switch (field.cpp_type()) {
  case type::CPPTYPE_BOOL:
    return {{"type", "boolean"}};
  case type::CPPTYPE_DOUBLE:
  case type::CPPTYPE_FLOAT:
    return {{"type", "number"}};
  case type::CPPTYPE_UINT32:
    return {{"type", "integer"}, {"minimum", 0}};
  case type::CPPTYPE_INT32:
    return {{"type", "integer"}};
  case type::CPPTYPE_UINT64:
    return {{"type", "string"}, {"pattern", whole_number_pattern}};
  case type::CPPTYPE_INT64:
    return {{"type", "string"}, {"pattern", signed_number_pattern}};
  case type::CPPTYPE_STRING:
    return field.type() == type::TYPE_BYTES ? json{{"type", "string"}, {"format", "byte"}}
                                            : json{{"type", "string"}};
  case type::CPPTYPE_ENUM:
    return reference_to(*field.enum_type());
  case type::CPPTYPE_MESSAGE:
    break;
  }
  if (field.message_type()->full_name() == "google.protobuf.Timestamp") {
    return {{"type", "string"}, {"format", "date-time"}};
  }
  if (field.message_type()->full_name() == "google.protobuf.Struct") {
    return {{"type", "object"}, {"additionalProperties", true}};
  }
  return reference_to(*field.message_type());
}

json schema_book::schema_of(const pb::FieldDescriptor& field) {
  auto schema = single(field);
  if (field.is_repeated()) {
    schema = {{"type", "array"}, {"items", std::move(schema)}};
  }
  if (const auto rule = rules_.find(field.full_name()); rule != rules_.end()) {
    apply_rule(schema, rule->second);
  }
  if (is_null_when_absent(field)) {
    schema = {{"oneOf", json::array({std::move(schema), {{"type", "null"}}})}};
  }
  return described(std::move(schema), comment_on(field));
}

void schema_book::add_field(json& object, const pb::FieldDescriptor& field) {
  if (spread_.contains(field.full_name())) {
    for (int i = 0; i < field.message_type()->field_count(); ++i) {
      add_field(object, *field.message_type()->field(i));
    }
    return;
  }
  object["properties"][field.name()] = schema_of(field);
  const auto rule = rules_.find(field.full_name());
  if (rule != rules_.end() && must_be_there(rule->second, field)) {
    object["required"].push_back(field.name());
  }
}

json schema_book::reference_to(const pb::Descriptor& message) {
  json reference = {{"$ref", "#/components/schemas/" + message.name()}};
  if (schemas_.contains(message.name())) {
    return reference;
  }
  schemas_[message.name()] = nullptr; // A message may refer to itself.
  auto schema = described({{"type", "object"}}, comment_on(message));
  schema["properties"] = json::object();
  for (int i = 0; i < message.field_count(); ++i) {
    add_field(schema, *message.field(i));
  }
  schemas_[message.name()] = std::move(schema);
  return reference;
}

json schema_book::reference_to(const pb::EnumDescriptor& type) {
  json reference = {{"$ref", "#/components/schemas/" + type.name()}};
  if (schemas_.contains(type.name())) {
    return reference;
  }
  auto text = comment_on_enum(type);
  auto values = json::array();
  for (const auto& value : values_of(type)) {
    values.push_back(value.name);
    text += " " + value.name + ": " + value.meaning;
  }
  schemas_[type.name()] = described({{"type", "string"}, {"enum", std::move(values)}}, text);
  return reference;
}

json schema_book::reference_to(const std::string& message) {
  return reference_to(message_named(message));
}

json schema_book::event_schema(const std::string& name, const std::string& field) {
  const auto& type = message_named("dispatch.v1.Event");
  auto schema = described({{"type", "object"}}, comment_on_event(field));
  schema["required"] = {"entity", "at", field};
  schema["properties"] = json::object();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& one = *type.field(i);
    if (one.real_containing_oneof() == nullptr || one.name() == field) {
      schema["properties"][one.name()] = schema_of(one);
    }
  }
  schemas_[name] = std::move(schema);
  return {{"$ref", "#/components/schemas/" + name}};
}

json schema_book::schemas() const {
  auto all = json::object();
  for (const auto& [name, schema] : schemas_) {
    all[name] = schema;
  }
  return all;
}

std::string schema_book::comment_on_message(const std::string& message) const {
  return comment_on(message_named(message));
}

std::string schema_book::comment_on_event(const std::string& field) const {
  return comment_on(*message_named("dispatch.v1.Event").FindFieldByName(field));
}

} // namespace dispatch::contract
