#pragma once

#include "messages/wire/contract.hpp"

#include <google/protobuf/descriptor.h>
#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace dispatch::contract {

using json = nlohmann::ordered_json;

/// A value of an enumeration, with its comment.
struct described_value {
  std::string name;
  std::string meaning;
};

/// The comment before an enumeration, on one line.
std::string comment_on_enum(const google::protobuf::EnumDescriptor& type);
std::vector<described_value> values_of(const google::protobuf::EnumDescriptor& type);

/// JSON schemas of protobuf messages, as their JSON form has them (proto3 JSON with the names of
/// the .proto files), with the comments of the .proto files and the rules of the codec. Each
/// message or enumeration that is referred to becomes one schema of the book.
class schema_book {
public:
  explicit schema_book(const google::protobuf::DescriptorPool& types) : types_(types) {}

  /// Notes what senders have to keep to. Before anything refers to it.
  void add_rules(const std::string& message, const std::vector<wire::field_rule>& rules);

  /// Every field of a message is always there. Before anything refers to it.
  void require_all(const std::string& message);

  /// The fields of this field's message stand beside it instead, in JSON. Before anything refers to
  /// its message.
  void spread(const std::string& field) { spread_.insert(field); }

  /// A reference to the schema of a message.
  json reference_to(const std::string& message);

  /// An event: what every event has, and the one field of `dispatch.v1.Event` that it is about.
  /// Becomes a schema of this name; returns the reference to it.
  json event_schema(const std::string& name, const std::string& field);

  /// By name.
  json schemas() const;

  std::string comment_on_message(const std::string& message) const;
  std::string comment_on_event(const std::string& field) const;

private:
  const google::protobuf::Descriptor& message_named(const std::string& name) const;
  json schema_of(const google::protobuf::FieldDescriptor& field);
  json single(const google::protobuf::FieldDescriptor& field);
  json reference_to(const google::protobuf::Descriptor& message);
  json reference_to(const google::protobuf::EnumDescriptor& type);
  void add_field(json& object, const google::protobuf::FieldDescriptor& field);

  const google::protobuf::DescriptorPool& types_;
  std::map<std::string, wire::field_rule> rules_; ///< by the full name of the field
  std::set<std::string> spread_;
  std::map<std::string, json> schemas_;
};

/// A value that fits the schema, with every property or those that are required.
json example_of(const json& schema, const json& document, bool only_required,
                const std::string& name = "value");

/// Why the value does not fit, with its path; empty when it does. A property that the schema does
/// not name does not fit. Knows the keywords that a schema_book uses.
std::string misfit(const json& value, const json& schema, const json& document,
                   const std::string& path = "");

/// What a reference such as #/components/schemas/Place points to; nullptr: nothing.
const json* resolved(const std::string& reference, const json& document);

} // namespace dispatch::contract
